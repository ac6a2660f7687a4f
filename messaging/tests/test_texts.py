"""Which words are said, and how others are put in use."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.tests.factories import UserFactory
from common import clock
from messaging.errors import TextChanged, TextRefused
from messaging.models import MessageTemplate
from messaging.services import texts

from .factories import FACTS, MessageTemplateFactory, make_kind

pytestmark = pytest.mark.django_db
WORDS = "{hospital}: see you on {when}. 1 confirms, 2 cancels."


def put_in_use(kind, **changes):
    said = {"language": "en", "medium": "", "subject": "Visit", "text": WORDS, "by": UserFactory(), "seen": 1}
    return texts.publish(kind=kind, **{**said, **changes})


def test_the_first_use_makes_version_one_of_the_words_of_the_program(kind):
    found = texts.find(kind, "en", "sms")
    assert (found.version, found.text, found.by.username) == (1, kind.texts["en", ""][1], "system")
    assert texts.find(kind, "en", "sms") == found


def test_words_for_exactly_this_medium_come_first(kind):
    MessageTemplateFactory(medium="sms", text="short")
    assert texts.find(kind, "en", "sms").text == "short"
    assert texts.find(kind, "en", "email").text != "short"


def test_without_words_in_a_language_those_of_the_hospital_are_said(known, settings):
    settings.LANGUAGE_CODE = "zh-hans"
    kind = known(make_kind(texts={("zh-hans", ""): ("", "您好")}))
    assert texts.find(kind, "en", "sms").language == "zh-hans"


def test_words_of_the_language_come_before_words_for_the_medium(kind, settings):
    settings.LANGUAGE_CODE = "zh-hans"
    MessageTemplateFactory(language="zh-hans", medium="sms")
    assert texts.find(kind, "en", "sms").language == "en"


def test_a_kind_without_words_has_none(known):
    assert texts.find(known(make_kind(texts={})), "en", "sms") is None


def test_a_run_asks_for_each_text_once(kind, django_assert_num_queries):
    texts.find(kind, "en", "sms")
    run = texts.Words()
    with django_assert_num_queries(1):
        assert run.find(kind, "en", "sms") == run.find(kind, "en", "sms")


def test_a_run_remembers_that_there_are_no_words(known, django_assert_num_queries):
    kind, run = known(make_kind(texts={})), texts.Words()
    with django_assert_num_queries(1):
        assert run.find(kind, "en", "sms") is run.find(kind, "en", "sms") is None


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_first_version(kind, monkeypatch):
    """All have seen that there is none before the first of them writes."""
    system, together = UserFactory(username="system"), threading.Barrier(4, timeout=20)

    def author():
        together.wait()
        return system

    def work(_n):
        try:
            return texts.find(kind, "en", "sms").pk
        finally:
            connection.close()

    monkeypatch.setattr(texts, "system_user", author)
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(work, range(4)))
    assert len(found) == MessageTemplate.objects.count() == 1


def test_prepare_makes_what_is_missing_and_nothing_twice(kind, django_assert_num_queries):
    MessageTemplateFactory(text="ours")
    texts.ensure_all()
    with django_assert_num_queries(1):
        texts.ensure_all()
    rows = MessageTemplate.objects.values_list("language", "version")
    assert sorted(rows) == [("en", 1), ("zh-hans", 1)]
    assert texts.find(kind, "en", "sms").text == "ours"


def test_words_are_written_with_their_facts_and_counted(kind):
    template = MessageTemplateFactory(text="{hospital} – {when} {{1}}", subject="{when}")
    said = texts.write(template, "sms", {**FACTS, "when": "a\nb"})
    assert (said.subject, said.text, said.parts) == ("a b", "Riverside Hospital - a b {1}", 1)


def test_new_words_end_those_before(kind):
    before = texts.find(kind, "en", "sms")
    after = put_in_use(kind)
    before.refresh_from_db()
    assert (after.version, after.ended_at, before.ended_at) == (2, None, after.live_since)
    assert texts.find(kind, "en", "sms") == after


def test_a_medium_gets_words_of_its_own(kind):
    texts.ensure_all()
    assert put_in_use(kind, medium="sms", seen=0).version == 1
    assert MessageTemplate.objects.live().filter(language="en").count() == 2


def test_who_saw_older_words_is_told(kind):
    texts.ensure_all()
    put_in_use(kind)
    with pytest.raises(TextChanged) as refusal:
        put_in_use(kind, text=WORDS + " Bye.")
    assert (refusal.value.code, refusal.value.status) == ("text_changed", 409)


def test_the_same_words_twice_are_one_version(kind):
    texts.ensure_all()
    assert put_in_use(kind) == put_in_use(kind)


def test_the_first_words_are_not_written_twice(kind):
    put_in_use(kind, medium="sms", seen=0)
    with pytest.raises(TextChanged):
        put_in_use(kind, medium="sms", seen=0, text=WORDS + " Bye.")


def test_a_version_that_is_not_there_cannot_have_been_seen(kind):
    texts.ensure_all()
    with pytest.raises(TextChanged):
        put_in_use(kind, seen=7)


def test_a_version_is_never_written_over(kind):
    """As for two first versions at once: both saw none, the database lets one through."""
    MessageTemplateFactory(medium="sms", ended_at=clock.now() + dt.timedelta(minutes=1))
    with pytest.raises(TextChanged):
        put_in_use(kind, medium="sms", seen=0)


@pytest.mark.django_db(transaction=True)
def test_of_two_writers_at_once_one_is_told(kind):
    texts.ensure_all()
    writers = [UserFactory(), UserFactory(), UserFactory(), UserFactory()]

    def work(writer):
        try:
            return put_in_use(kind, text=f"{WORDS} {writer.name}", by=writer).version
        except TextChanged:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        versions = list(pool.map(work, writers))
    assert sorted(versions, key=str) == [2, None, None, None]
    assert MessageTemplate.objects.live().filter(language="en").count() == 1


def test_the_database_itself_keeps_one_text_in_use():
    MessageTemplateFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        MessageTemplateFactory(version=2)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": "{settings.SECRET_KEY}"}, "bad_syntax"),
        ({"text": "{diagnosis}"}, "unknown_field"),
        ({"subject": "{x!r}"}, "bad_syntax"),
        ({"text": " \n"}, "empty_text"),
    ],
)
def test_words_with_an_error_are_not_put_in_use(kind, changes, code):
    texts.ensure_all()
    with pytest.raises(TextRefused) as refusal:
        put_in_use(kind, **changes)
    assert refusal.value.code == code
    assert MessageTemplate.objects.filter(version=2).count() == 0
