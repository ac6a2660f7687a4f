"""Several workers that find the same codes at the same moment: each code is told once."""

import datetime as dt

import pytest

from common import clock
from messaging.models import CodeMessage, DeliveryState, MessageChannel
from messaging.services import code_messages
from messaging.tests.fakes import FakeCarriers
from messaging.tests.fakes.server import SECRET
from tests.crowd import crowd

CODES = 40
WORKER = """
from messaging.services.code_sending import drain
print(drain(seconds=20))
"""

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


@pytest.fixture(autouse=True)
def _database(transactional_db):
    """Other processes read what the test wrote."""


@pytest.fixture
def gateway():
    """A carrier that sends whatever it gets, also twice."""
    fake = FakeCarriers(honours_keys=False).start()
    for channel in MessageChannel.objects.filter(medium__in=("sms", "voice")):
        channel.kind, channel.options = "webhook", {"url": fake.url("gateway")}
        channel.seal({"secret": SECRET})
        channel.save()
    yield fake
    fake.stop()


def test_of_four_workers_one_tells_each_code(gateway, monkeypatch):
    monkeypatch.setattr(code_messages, "wake", lambda: None)
    expires_at = clock.now() + dt.timedelta(minutes=10)
    for n in range(CODES):
        code_messages.say(phone=f"+8613{n:09}", code="480215", expires_at=expires_at, language="en", by_voice=n % 2)
    crowd(4, WORKER)
    assert set(gateway.ledger.by_ref().values()) == {1}
    assert len(gateway.ledger.taken) == CODES
    assert set(CodeMessage.objects.values_list("state", flat=True)) == {DeliveryState.ACCEPTED}
    assert not CodeMessage.objects.exclude(sealed=None).exists()
