"""Codes in the outbox: readable by staff until they are over, and only where nobody real could be impersonated."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory
from common import clock
from messaging.errors import CodesUnavailable
from messaging.models import CodeMessage, InboundMessage, MessageChannel
from messaging.services import code_messages, outbox, planning
from messaging.services.code_sending import drain
from messaging.tests.factories import ChannelFactory
from patients.tests.factories import PatientFactory

ALICE = "+8613800138000"
PAGE, FRESH, ANSWER = (reverse(f"admin:outbox:{name}") for name in ("page", "fresh", "answer"))

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    client.force_login(UserFactory(role="supervisor"), backend="django.contrib.auth.backends.ModelBackend")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def row(noon, monkeypatch):
    """A code that lies in the outbox."""
    monkeypatch.setattr(code_messages, "wake", lambda: None)
    return said()


def said(code="480215", **more):
    expires_at = clock.now() + dt.timedelta(minutes=10)
    row = code_messages.say(phone=ALICE, code=code, expires_at=expires_at, language="en", **more)
    drain()
    row.refresh_from_db()
    return row


def page(client, row):
    return client.get(f"{PAGE}?to={row.uuid}").content.decode()


def test_it_reads_like_a_conversation_with_that_phone(staff, row):
    shown = page(staff, row)
    assert "your code is 480215, valid for 10 minutes" in shown
    assert "Somebody who wants to sign in" in shown
    assert "138****8000" in shown
    assert ALICE not in shown
    assert "Code to sign in" in shown


def test_a_call_shows_its_own_words(staff, row):
    assert "Once more: 4, 8, 0, 2, 1, 5" in page(staff, said(by_voice=True))


def test_when_it_is_over_the_words_are_gone(staff, row, noon):
    noon.later(minutes=10)
    shown = page(staff, row)
    assert "480215" not in shown
    assert "The code is over and is not shown any more." in shown
    assert CodeMessage.objects.get().sealed is not None
    drain()
    assert CodeMessage.objects.get().sealed is None
    assert "not shown any more" in page(staff, row)


def test_the_page_hears_that_it_is_over(staff, row, noon):
    have = staff.get(f"{PAGE}?to={row.uuid}").context["shown"].version
    fresh = {"HTTP_HX_REQUEST": "true"}
    assert staff.get(f"{FRESH}?to={row.uuid}&have={have}", **fresh).status_code == 204
    noon.later(minutes=10)
    assert "not shown any more" in staff.get(f"{FRESH}?to={row.uuid}&have={have}", **fresh).content.decode()


def test_of_two_codes_at_the_same_moment_the_later_one_stands_last(staff, row):
    said("111111")
    texts = [bubble.text for bubble in outbox.bubbles(ALICE, outbox.own_channels())]
    assert ["480215" in texts[0], "111111" in texts[1]] == [True, True]
    [talk] = outbox.recent(outbox.own_channels())
    assert "111111" in talk.words


def test_it_can_be_answered_like_any_message(staff, row, monkeypatch):
    monkeypatch.setattr(planning, "wake_answers", lambda: None)
    answer = staff.post(f"{ANSWER}?to={row.uuid}", {"text": "who is this?"})
    assert answer.status_code == 302
    heard = InboundMessage.objects.get()
    assert (heard.sender, heard.text, heard.answers) == (ALICE, "who is this?", None)


def test_who_looks_for_a_patient_finds_no_strangers_code(staff, row):
    PatientFactory(name="Bob Miller")
    assert "138****8000" not in staff.get(f"{PAGE}?q=Bob").content.decode()


def test_where_one_medium_has_a_real_carrier_no_code_goes_to_the_outbox(row, carrier):
    MessageChannel.objects.update(kind="outbox")
    ChannelFactory(medium="sms", kind="scripted")
    assert [one.medium for one in code_messages.channels_for(ALICE)] == ["sms"]
    assert [one.medium for one in code_messages.channels_for(ALICE, by_voice=True)] == ["sms"]


def test_in_production_no_code_goes_to_the_outbox(row, settings):
    settings.PRODUCTION = True
    with pytest.raises(CodesUnavailable):
        said()
