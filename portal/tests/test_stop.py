"""No more messages: asked first, one press, one click of a mail program, and back again."""

import pytest
from django.test import Client

from common import clock
from messaging.channels import TRANSPORTS
from messaging.models import Delivery, Message, MessageChannel, OptOut
from messaging.services import opting_out
from messaging.services.sending import drain
from messaging.tests.scripted import ScriptedTransport
from patients.models import ContactSystem
from patients.tests.factories import ContactPointFactory

MAIL = "alice@example.org"


@pytest.fixture
def carried(monkeypatch, noon, visit, address):
    """`carried("email")`: the reminder goes out by that medium; returns it as its carrier got it."""
    kind = type("Scripted", (ScriptedTransport,), {"sent": [], "script": [], "known": {}, "asked": []})
    monkeypatch.setitem(TRANSPORTS, "scripted", kind)
    MessageChannel.objects.update(kind="scripted")
    ContactPointFactory(patient=visit.patient, system=ContactSystem.EMAIL, value=MAIL)
    ContactPointFactory(patient=visit.patient, value="+8613800138000")

    def carry(medium):
        Delivery.objects.update(media=medium)
        drain(seconds=5)
        return kind.sent[0]

    return carry


@pytest.fixture
def letter(carried):
    return carried("email")


@pytest.fixture
def stop(letter):
    return letter.unsubscribe_url.removeprefix("http://localhost:8000")


def test_an_email_says_where_to_stop(letter):
    assert letter.unsubscribe_url == opting_out.address(Message.objects.get())


def test_a_text_message_carries_no_such_header(carried):
    assert carried("sms").unsubscribe_url == ""


def test_looking_stops_nothing(client, stop):
    page = client.get(stop).content.decode()
    assert "No more messages from us?" in page
    assert "a****@example.org" in page
    assert MAIL not in page
    assert client.head(stop).status_code == 200
    assert not OptOut.objects.exists()


def test_one_press_stops_messages_to_that_address(client, stop):
    page = client.post(stop, follow=True).content.decode()
    assert "Done: no more messages" in page
    out = OptOut.objects.live().get()
    assert (out.medium, out.address, out.said) == ("email", MAIL, "page")
    client.post(stop)
    assert OptOut.objects.count() == 1


def test_one_click_of_a_mail_program_stops_without_cookies(stop):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(stop, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert OptOut.objects.live().get().address == MAIL


def test_it_can_be_taken_back(client, stop):
    client.post(stop)
    assert "No more messages from us?" in client.post(stop, {"back": "1"}, follow=True).content.decode()
    assert not OptOut.objects.live().exists()


def test_the_page_of_the_message_leads_there(client, stop, address):
    assert f'href="{stop}"' in client.get(address).content.decode()


def changed(stop: str) -> str:
    """One sign of the seal is another; not its last, of which some bits mean nothing."""
    return stop[:-9] + ("A" if stop[-9] != "A" else "B") + stop[-8:]


@pytest.mark.parametrize("spoil", [changed, lambda one: "/stop/x/", lambda one: "/stop/a.b/"])
def test_a_forged_address_stops_nothing(client, stop, spoil):
    assert client.post(spoil(stop)).status_code == 410
    assert not OptOut.objects.exists()


def test_the_language_that_was_chosen_stays(client, stop):
    assert client.post(f"{stop}?language=zh-hans")["Location"] == f"{stop}?language=zh-hans"
    assert OptOut.objects.get().at <= clock.now()
