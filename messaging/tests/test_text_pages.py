"""The pages on which words are read, tried and put in use."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import ROLES
from accounts.tests.factories import UserFactory
from messaging import comparing
from messaging.kinds import Example
from messaging.models import MessageTemplate
from messaging.services import texts

from .factories import FACTS, ChannelFactory, MessageTemplateFactory, make_kind

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
LIST = reverse("admin:messaging_messagetemplate_changelist")
WORDS = "{hospital}: see you on {when}. 1 confirms, 2 cancels."
READERS = {"supervisor", "administrator", "auditor", "campaign_editor"}
WRITERS = READERS - {"auditor"}


def address(template, act="change"):
    return f"{LIST}{template.pk}/{act}/"


@pytest.fixture
def as_role(client):
    def sign_in(role="campaign_editor", **facts):
        client.force_login(UserFactory(role=role, **facts), backend=BACKEND)
        return client

    return sign_in


@pytest.fixture
def english(kind):
    texts.ensure_all()
    return MessageTemplate.objects.get(language="en")


def typed(**changes):
    return {"subject": "Your visit", "text": WORDS, "provider_code": "", "example": "en", **changes}


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_may_read_and_who_may_write(as_role, english, role):
    client = as_role(role)
    assert client.get(LIST).status_code == (200 if role in READERS else 403)
    assert client.get(address(english)).status_code == (200 if role in READERS else 403)
    for act in ("edit", "own", "back"):
        assert client.get(address(english, act)).status_code == (200 if role in WRITERS else 403)


def test_nobody_adds_changes_or_deletes_by_the_plain_form(as_role, english):
    client = as_role("administrator", is_superuser=True)
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(address(english), {"text": "evil"}).status_code == 403
    assert client.post(address(english, "delete"), {"post": "yes"}).status_code == 403
    english.refresh_from_db()
    assert english.text != "evil"


def test_the_list_opens_on_what_is_in_use_and_says_what_it_is_called(as_role, english):
    texts.publish(kind=make_kind(), language="en", medium="", subject="New", text=WORDS, by=UserFactory(), seen=1)
    client = as_role()
    page = client.get(LIST)
    assert page.text.count("Reminder of a visit") >= 2
    assert "visit_reminder" not in page.text.replace("?kind=visit_reminder", "").replace('value="visit_reminder"', "")
    assert page.context["cl"].result_count == 2
    assert client.get(LIST, {"use": "no"}).context["cl"].result_count == 1
    assert client.get(LIST, {"use": "all", "kind": "visit_reminder"}).context["cl"].result_count == 3


def test_the_list_costs_the_same_for_few_rows_and_for_many(as_role, english):
    client = as_role()
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for medium in ("sms", "voice", "email", "push", "wechat"):
        MessageTemplateFactory(medium=medium)
    with CaptureQueriesContext(connection) as many:
        client.get(LIST)
    assert len(many) <= len(few)


def test_the_list_counts_the_parts_of_an_sms(as_role, kind):
    MessageTemplateFactory(text="{hospital} " + "very " * 200)
    MessageTemplateFactory(medium="email", text="{hospital} " + "very " * 200)
    page = as_role().get(LIST).text
    assert page.count(">7</span>") == 1
    assert "–" in page


def test_words_of_a_message_that_no_app_sends_any_more_can_still_be_read(as_role, known):
    client, old = as_role(), MessageTemplateFactory(kind="old_survey", text="{gone} {x!r}")
    assert "old survey" in client.get(address(old)).text
    assert "old survey" in client.get(LIST).text
    assert client.get(address(old, "edit")).status_code == 404


def test_the_page_of_a_text_shows_its_looks_and_what_changed(as_role, english):
    texts.publish(kind=make_kind(), language="en", medium="", subject="New", text=WORDS, by=UserFactory(), seen=1)
    page = as_role().get(address(MessageTemplate.objects.get(version=2))).text
    assert "Riverside Hospital: see you on 1 Dec, 09:00. 1 confirms, 2 cancels." in page
    assert "<ins>" in page
    assert "<del>" in page
    assert "Version 1" in page


def test_only_words_in_use_can_be_changed(as_role, english):
    client = as_role()
    assert "edit/" in client.get(address(english)).text
    texts.publish(kind=make_kind(), language="en", medium="", subject="New", text=WORDS, by=UserFactory(), seen=1)
    page = client.get(address(english)).text
    assert f"{english.pk}/edit/" not in page
    assert f"{english.pk}/back/" not in page


def test_a_preview_shows_every_medium_and_changes_nothing(as_role, english):
    ChannelFactory(medium="sms", price_amount="0.045")
    page = as_role().post(address(english, "edit"), typed(preview="1", text=WORDS + " Bye."))
    assert page.status_code == 200
    assert page.text.count("2 cancels. Bye.") >= 5
    assert "1 part · 72 characters · ¥0.045" in page.text
    assert MessageTemplate.objects.count() == 2


def test_while_one_types_only_the_preview_is_sent(as_role, english):
    page = as_role().post(address(english, "edit"), typed(text="Hi {x!r}"), headers={"HX-Request": "true"})
    assert page.text.lstrip().startswith('<div id="tried">')
    assert "The brace at character 4" in page.text
    assert MessageTemplate.objects.count() == 2


def test_typing_never_puts_words_in_use(as_role, english):
    as_role().post(address(english, "edit"), typed(publish="1"), headers={"HX-Request": "true"})
    assert MessageTemplate.objects.count() == 2


def test_words_are_put_in_use_as_a_new_version(as_role, english):
    page = as_role(name="Edith").post(address(english, "edit"), typed(publish="1"), follow=True)
    new = MessageTemplate.objects.live().get(language="en")
    assert (new.version, new.text, new.by.name) == (2, WORDS, "Edith")
    assert page.redirect_chain[-1][0] == address(new)


def test_words_with_an_error_stay_in_the_editor(as_role, english):
    page = as_role().post(address(english, "edit"), typed(publish="1", text="Hello {settings.SECRET_KEY}"))
    assert page.status_code == 422
    assert "Hello {settings.SECRET_KEY}" in page.text
    assert MessageTemplate.objects.count() == 2


def test_who_was_slower_sees_what_they_typed_and_the_way_to_the_words_in_use(as_role, english):
    new = texts.publish(kind=make_kind(), language="en", medium="", subject="N", text=WORDS, by=UserFactory(), seen=1)
    page = as_role().post(address(english, "edit"), typed(publish="1", text=WORDS + " Mine."))
    assert page.status_code == 409
    assert address(new) in page.text
    assert "Mine." in page.text


def test_a_medium_gets_words_of_its_own(as_role, english):
    client = as_role()
    client.post(address(english, "own"), typed(publish="1", medium="sms", text="{hospital}: {when} 1 2"))
    own = MessageTemplate.objects.get(medium="sms")
    assert (own.version, own.language) == (1, "en")
    assert 'value="sms"' not in client.get(address(english, "own")).text
    assert client.get(address(own, "own")).status_code == 404


def test_no_other_medium_can_be_slipped_in(as_role, english):
    MessageTemplateFactory(medium="sms", text="ours")
    page = as_role().post(address(english, "own"), typed(publish="1", medium="sms"))
    assert page.status_code == 422
    assert MessageTemplate.objects.live().get(medium="sms").text == "ours"


def test_an_sms_has_no_subject_to_type(as_role, kind):
    own = MessageTemplateFactory(medium="sms", subject="kept")
    client = as_role()
    assert 'name="subject"' not in client.get(address(own, "edit")).text
    client.post(address(own, "edit"), typed(publish="1", subject="other"))
    assert MessageTemplate.objects.live().get(medium="sms").subject == "kept"


def test_the_words_of_the_program_come_back_as_a_new_version(as_role, kind, english):
    client = as_role()
    assert f"{english.pk}/back/" not in client.get(address(english)).text
    changed = texts.publish(kind=kind, language="en", medium="", subject="N", text=WORDS, by=UserFactory(), seen=1)
    assert f"{changed.pk}/back/" in client.get(address(changed)).text
    client.post(address(changed, "back"))
    now = MessageTemplate.objects.live().get(language="en")
    assert (now.version, now.subject, now.text) == (3, *kind.texts["en", ""])


def test_real_examples_are_offered_and_their_content_is_only_text(as_role, known):
    seen_by = []

    def examples(by):
        seen_by.append(by.name)
        return [Example("Zhang", {"en": {**FACTS, "place": "<script>alert(1)</script> \u202e{when}"}})]

    known(make_kind(examples=examples))
    texts.ensure_all()
    english = MessageTemplate.objects.get(language="en")
    client = as_role(name="Edith")
    assert ">Zhang</option>" in client.get(address(english, "edit")).text
    words = "{hospital}: {place} 1 2"
    page = client.post(address(english, "edit"), typed(example="row:0", text=words, subject="{place}")).text
    assert "<script>alert(1)" not in page
    assert "Riverside Hospital: &lt;script&gt;alert(1)&lt;/script&gt; {when} 1 2" in page
    assert set(seen_by) == {"Edith"}


def test_both_built_in_examples_are_always_offered(as_role, english):
    client = as_role()
    page = client.get(address(english, "edit")).text
    assert page.index("Example in English") < page.index("Example in Chinese")
    assert "江滨医院: see you" in client.post(address(english, "edit"), typed(example="zh-hans")).text


def test_an_example_that_is_gone_or_lacks_a_field_breaks_nothing(as_role, known):
    known(make_kind(examples=lambda by: [Example("Zhang", {"zh-hans": {"hospital": "江滨医院"}})]))
    texts.ensure_all()
    english = MessageTemplate.objects.get(language="en")
    client = as_role()
    assert "This example has no {when}." in client.post(address(english, "edit"), typed(example="row:0")).text
    assert client.post(address(english, "edit"), typed(example="row:9")).status_code == 200


@pytest.mark.parametrize("attack", ["{{% debug %}}", "{{{{ settings.SECRET_KEY }}}}", "<img src=x onerror=alert(1)>"])
def test_words_are_never_run_as_a_page(as_role, english, attack, settings):
    page = as_role().post(address(english, "edit"), typed(text=f"{WORDS} {attack}"))
    assert page.status_code == 200
    assert settings.SECRET_KEY not in page.text
    assert "<img src=x" not in page.text


def test_what_changed_is_told_word_by_word_and_sign_by_sign():
    assert list(comparing.changes("see you on {when}", "see her on {when}")) == [
        ("same", "see "), ("out", "you"), ("in", "her"), ("same", " on {when}"),
    ]  # fmt: skip
    assert list(comparing.changes("请到场", "请准时到场")) == [("same", "请"), ("in", "准时"), ("same", "到场")]
    assert list(comparing.changes("", "")) == []


def test_very_long_words_are_compared_as_a_whole():
    assert [what for what, _words in comparing.changes("好" * 2000, "不" * 2000)] == ["out", "in"]


def test_the_editor_is_used_by_keyboard_and_shows_the_looks_at_once(page, sign_in, transactional_db, known):
    known(make_kind())
    texts.ensure_all()
    english = MessageTemplate.objects.get(language="en")
    sign_in(UserFactory(is_superuser=True))
    page.goto(address(english, "edit"))
    page.focus("textarea[name=text]")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("Dear you")
    page.get_by_text("Begin with {hospital}").wait_for()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the first field
    page.keyboard.type(": 1 or 2")
    page.get_by_text("Nothing to object to").wait_for()
    assert page.locator(".text-look.is-sms .text-words").inner_text() == "Riverside Hospital: 1 or 2"
    page.get_by_role("button", name="Put in use").press("Enter")
    page.get_by_text("These words are in use from now on.").wait_for()
    assert MessageTemplate.objects.live().get(language="en").text == "{hospital}: 1 or 2"
