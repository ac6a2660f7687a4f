"""What is said about words before they are put in use."""

from decimal import Decimal

import pytest

from messaging import health, kinds
from messaging.lint import Around, Draft, Severity, findings, media_of

from .factories import make_kind

GOOD = "{hospital}: your visit is on {when}. Reply 1 to confirm, 2 to cancel."


def in_both_languages(medium, **changes):
    return Around(own=frozenset({("en", medium), ("zh-hans", medium)}), **changes)


def codes(text=GOOD, medium="sms", *, around=None, severity=None, **changes):
    said = {"kind": make_kind(), "language": "en", "subject": "Your visit", **changes}
    found = findings(Draft(medium=medium, text=text, **said), around or in_both_languages(medium))
    return [one.code for one in found if severity in (None, one.severity)]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_good_words_have_no_finding(language):
    subject, text = make_kind().texts[language, ""]
    around = Around(own=frozenset({("en", ""), ("zh-hans", "")}))
    assert codes(text, "", subject=subject, language=language, around=around) == []


def test_the_words_of_the_program_have_no_errors():
    wrong = [
        (kind.code, language, medium, one.code, one.sentence)
        for kind in kinds.all_kinds()
        for (language, medium), (subject, text) in kind.texts.items()
        for one in findings(Draft(kind, language, medium, subject, text), Around(own=frozenset(kind.texts)))
        if one.severity == Severity.ERROR
    ]
    assert not wrong


@pytest.mark.parametrize(
    "attack", ["{settings.SECRET_KEY}", "{0.__class__}", "{x!r}", "{x:>1000000}", "{%debug%}", "{hospital", "when}"]
)
def test_what_is_no_field_is_an_error(attack):
    assert codes(f"{GOOD} {attack}") == ["bad_syntax"]


def test_the_sentence_says_where_the_brace_is():
    [finding] = findings(Draft(make_kind(), "en", "sms", "", "ab {x!r}"))
    assert (finding.code, "4" in finding.sentence, finding.field) == ("bad_syntax", True, "text")


def test_a_field_in_two_more_braces_is_still_a_field():
    assert codes("{{{x}}}") == ["unknown_field"]
    assert codes(subject="{diagnosis}") == ["unknown_field"]


def test_no_words_and_too_many_are_errors():
    assert codes("  ") == ["empty_text"]
    assert codes(GOOD + "a" * 4000) == ["too_long"]
    assert codes(subject="a" * 121) == ["too_long"]


@pytest.mark.parametrize("medium", ["sms", "wechat", "push"])
@pytest.mark.parametrize(
    ("start", "wrong"), [("{hospital}", 0), ("【{hospital}】", 0), ("Dear {hospital}", 1), ("Hi", 1)]
)
def test_who_writes_comes_first(medium, start, wrong):
    assert ("hospital_not_first" in codes(f"{start} 1 2", medium, severity=Severity.ERROR)) == bool(wrong)


@pytest.mark.parametrize("medium", ["email", "voice"])
def test_a_mail_and_a_call_may_greet_first(medium):
    assert "hospital_not_first" not in codes("Good morning. 1 2", medium)


def test_words_for_all_media_are_held_to_what_the_remaining_media_ask():
    own = frozenset(("en", medium) for medium in ("sms", "wechat", "push"))
    assert "hospital_not_first" in codes("Good morning. 1 2", "")
    assert "hospital_not_first" not in codes("Good morning. 1 2", "", around=Around(own=own))
    assert media_of(Draft(make_kind(), "en", "", "", ""), Around(own=own)) == ["voice", "email"]


def test_an_email_without_subject_is_an_error_and_for_all_media_a_warning():
    assert "no_subject" in codes(medium="email", subject="", severity=Severity.ERROR)
    assert "no_subject" in codes(medium="", subject="", severity=Severity.WARNING)
    assert "no_subject" not in codes(medium="sms", subject="")


@pytest.mark.parametrize("text", ["{hospital}: {when}. Reply 1.", "{hospital}: 12 {when} 1", "{hospital} 1 {place}"])
def test_a_choice_that_is_not_offered_is_an_error(text):
    assert codes(text, severity=Severity.ERROR) == ["choice_missing"]


def test_a_mail_need_not_name_digits():
    assert "choice_missing" not in codes("{hospital}: {when}", "email")


@pytest.mark.parametrize(
    "more", ["Call {phone}.", "Call 010-5555-0100.", "See https://example.org/x", "www.example.org"]
)
def test_more_than_one_thing_to_do_is_doubtful(more):
    assert codes(f"{GOOD} {more}") == ["many_actions"]


def test_the_choices_of_a_message_are_one_thing_to_do():
    assert "many_actions" not in codes()


def test_a_single_link_is_one_thing_to_do():
    kind = make_kind(choices=())
    assert codes("{hospital}: see https://example.org/x", kind=kind) == []
    assert codes("{hospital}: see https://example.org/x. Reply 1.", kind=kind) == ["many_actions"]


@pytest.mark.parametrize(
    "word", ["cancer", "Oncology", "HIV", "hepatitis B", "pregnant", "psychiatry", "肿瘤科", "糖尿病", "精神科", "确诊"]
)
def test_an_illness_is_not_told(word):
    assert codes(f"{GOOD} {word}", severity=Severity.ERROR) == ["health_detail"]
    assert codes(subject=f"About {word}", severity=Severity.ERROR) == ["health_detail"]


@pytest.mark.parametrize("text", ["hearing aids", "He stdin", "请按时就诊", "精神饱满"])
def test_harmless_words_are_let_through(text):
    assert health.told(text) == []


def test_an_english_word_between_chinese_ones_is_found():
    assert health.told("您的HIV检查") == ["HIV"]


def test_what_is_filled_in_is_not_looked_through():
    """A hospital may have an illness in its name, and fields may be called after one."""
    kind = make_kind(fields=(*make_kind().fields, kinds.Field("cancer", "x", "x", "x")))
    assert codes(GOOD + " {cancer}", kind=kind) == []


@pytest.mark.parametrize(("medium", "found"), [("sms", True), ("push", True), ("voice", True), ("email", False)])
def test_a_department_is_doubtful_where_others_read(medium, found):
    kind = make_kind(fields=(*make_kind().fields, kinds.Field("department", "department", "Surgery", "外科")))
    assert ("telling_field" in codes(GOOD + " {department}", medium, kind=kind)) == found


def test_a_dear_sms_is_doubtful_and_its_price_is_told():
    around = in_both_languages("sms", price=Decimal("0.045"))
    found = findings(Draft(make_kind(), "en", "sms", "", GOOD + " very" * 100), around)
    assert [(one.code, "¥0.18" in one.sentence) for one in found] == [("many_parts", True)]
    assert "many_parts" not in codes(GOOD + " very" * 100, "email")


def test_a_carrier_of_approved_texts_asks_for_the_code_and_no_link():
    around = in_both_languages("sms", approved=frozenset({"sms"}))
    kind = make_kind(choices=())
    assert codes("{hospital} https://a.cn/1", around=around, kind=kind) == ["not_approved", "link_refused"]
    assert codes("{hospital}", around=around, kind=kind, provider_code="SMS_1") == []
    assert codes("{hospital} https://a.cn/1", "push", around=around, kind=kind) == ["no_translation"]


def test_words_that_only_one_language_has_are_doubtful():
    assert "no_translation" in codes(around=Around(own=frozenset({("zh-hans", "")})))
    assert "no_translation" not in codes(medium="", around=Around(own=frozenset({("zh-hans", "")})))
    assert "no_translation" not in codes(around=Around(own=frozenset({("zh-hans", "sms")})))
    assert "no_translation" in codes(medium="", around=Around(own=frozenset({("zh-hans", "sms"), ("zh-hans", "")})))


def test_errors_come_first():
    found = findings(Draft(make_kind(), "en", "sms", "", "Hi https://a.cn/1 cancer 1 2"), in_both_languages("sms"))
    assert [one.severity for one in found] == sorted((one.severity for one in found), key=lambda one: one != "error")
    assert {"hospital_not_first", "health_detail", "many_actions"} == {one.code for one in found}
