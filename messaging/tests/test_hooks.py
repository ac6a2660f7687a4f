"""The door for carriers."""

import uuid

import pytest

from messaging.channels.base import Heard, NotFromCarrier, Outcome, Receipt
from messaging.models import Medium, MessageChannel, ProviderEvent


@pytest.fixture
def door(carrier):
    """The address of the SMS channel's carrier."""
    return f"/hooks/{MessageChannel.objects.get(medium=Medium.SMS).uuid}/"


def hears(carrier, answer):
    def hear(self, incoming):
        self.asked.append(incoming)
        if isinstance(answer, Exception):
            raise answer
        return answer

    carrier.hear = hear


def test_what_is_told_is_written_down_and_answered_in_the_carriers_way(client, carrier, door):
    heard = Heard((Receipt("7", Outcome.DELIVERED, ref=uuid.uuid4()),), "<Response/>", "text/xml")
    hears(carrier, heard)
    answer = client.post(door, b"a=1", content_type="application/x-www-form-urlencoded", headers={"X-Sign": "s"})
    assert (answer.status_code, answer.text, answer["Content-Type"]) == (200, "<Response/>", "text/xml")
    assert ProviderEvent.objects.get().event_id == "7"
    [incoming] = carrier.asked
    assert (incoming.form, incoming.body, incoming.headers["x-sign"]) == ({"a": "1"}, b"a=1", "s")
    assert incoming.url.endswith(door)


def test_a_receipt_that_is_too_early_is_asked_for_once_more(client, carrier, door):
    hears(carrier, Heard((Receipt("7", Outcome.DELIVERED, provider_id="x"),)))
    assert client.post(door, b"{}", content_type="application/json").status_code == 503
    assert not ProviderEvent.objects.exists()


def test_the_address_of_a_receipt_names_the_message(client, carrier, door):
    hears(carrier, Heard())
    ref = uuid.uuid4()
    assert client.get(f"{door}{ref}/?a=b").status_code == 200
    assert carrier.asked[0].url.endswith(f"{door}{ref}/?a=b")


def test_a_forged_request_is_refused_and_writes_nothing(client, carrier, door):
    hears(carrier, NotFromCarrier())
    assert client.post(door, b"{}", content_type="application/json").status_code == 401
    assert not ProviderEvent.objects.exists()


def test_nonsense_is_refused(client, carrier, door):
    hears(carrier, ValueError("no JSON"))
    assert client.post(door, b"{", content_type="application/json").status_code == 400


def test_an_oversized_request_is_not_even_read(client, carrier, door):
    hears(carrier, Heard())
    assert client.post(door, b"x" * 300_000, content_type="text/plain").status_code == 413
    assert not carrier.asked


def test_other_channels_and_other_methods_are_not_there(client, carrier, door):
    assert client.post(f"/hooks/{uuid.uuid4()}/").status_code == 404
    assert client.put(door).status_code == 405


def test_the_outbox_takes_nothing_from_outside(client, db):
    channel = MessageChannel.objects.get(medium=Medium.SMS)
    assert client.post(f"/hooks/{channel.uuid}/", b"{}", content_type="application/json").status_code == 401
