"""A medium's carrier and account."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.tests.factories import UserFactory
from messaging.channels import TRANSPORTS
from messaging.channels.base import Option, TransportError
from messaging.errors import CarrierNotForMedium, OptionMissing, TestRefused, TestUnclear, UnknownCarrier, UnsafeAddress
from messaging.models import DeliveryState, Medium, MessageChannel
from messaging.services import channels
from messaging.services.channels import Terms
from messaging.services.sending import drain
from patients.errors import PhoneInvalid
from patients.tests.factories import ContactPointFactory, PatientFactory

from .factories import DeliveryFactory

OPTIONS = (
    Option("sender", "sender"),
    Option("secret", "secret", secret=True),
    Option("base_url", "address", required=False, default="https://carrier.example"),
)
SECRET = "only-for-the-carrier"


@pytest.fixture
def account(carrier, sms):
    """The scripted carrier asks for an account; the SMS channel has one."""
    carrier.options = OPTIONS
    return give(sms, secrets={"secret": SECRET})


@pytest.fixture
def sms(db):
    return MessageChannel.objects.get(medium=Medium.SMS)


def give(channel, *, kind="scripted", options=None, secrets=None, by=None, **terms):
    options = {"sender": "hospital"} if options is None else options
    return channels.change(
        channel, kind=kind, options=options, secrets=secrets or {}, terms=Terms(**terms), by=by or UserFactory()
    )


def test_a_carrier_and_its_account_are_kept_and_the_author_with_them(account, sms):
    boss = UserFactory()
    give(sms, options={"sender": "Riverside"}, price_amount=Decimal("0.045"), budget_amount=Decimal(50), by=boss)
    sms.refresh_from_db()
    assert (sms.options, sms.price_amount, sms.budget_amount) == ({"sender": "Riverside"}, Decimal("0.045"), 50)
    assert sms.history.first().history_user_id == boss.pk


def test_a_secret_is_sealed_and_stands_in_no_history(account, sms, caplog):
    assert SECRET.encode() not in bytes(sms.__class__.objects.get(pk=sms.pk).sealed)
    assert all(SECRET not in str(past.__dict__) for past in sms.history.all())
    assert SECRET not in caplog.text


def test_a_secret_that_is_not_given_stays(account, sms):
    assert give(sms, secrets={"secret": ""}).secrets == {"secret": SECRET}


def test_another_carrier_gets_no_secret_of_the_one_before(account, sms, carrier, monkeypatch):
    other = type("Other", (carrier,), {"kind": "other", "options": OPTIONS})
    monkeypatch.setitem(TRANSPORTS, "other", other)
    with pytest.raises(OptionMissing):
        give(sms, kind="other")
    assert give(sms, kind="outbox").secrets == {}


def test_what_the_carrier_does_not_ask_for_is_not_kept(account, sms):
    assert give(sms, options={"sender": "x", "secret": "typed here", "more": "?"}).options == {"sender": "x"}


def test_refusals_name_what_is_meant(account, sms, carrier):
    with pytest.raises(UnknownCarrier):
        give(sms, kind="pigeon")
    with pytest.raises(OptionMissing) as missing:
        give(sms, options={"sender": " "})
    assert missing.value.field == "sender"
    carrier.media = (Medium.EMAIL.value,)
    with pytest.raises(CarrierNotForMedium):
        give(sms)


ADDRESSES = [
    ("https://gateway.example/send", True),
    ("http://gateway.example/send", False),
    ("http://127.0.0.1:9000", True),
    ("http://10.1.2.3/sms", True),
    ("http://localhost:9000", True),
    ("ftp://gateway.example", False),
    ("gateway.example", False),
    ("https://", False),
    ("http://[bad", False),
]


@pytest.mark.parametrize(("address", "is_fine"), ADDRESSES)
def test_in_production_an_account_is_called_encrypted_or_at_home(account, sms, settings, address, is_fine):
    settings.PRODUCTION = True
    if is_fine:
        give(sms, options={"sender": "x", "base_url": address})
        return
    with pytest.raises(UnsafeAddress):
        give(sms, options={"sender": "x", "base_url": address})


def test_a_carrier_left_alone_is_asked_again_when_somebody_says_so(noon, kind, account, sms, carrier):
    alice, boss = PatientFactory(), UserFactory()
    ContactPointFactory(patient=alice, value="+8613800138000")
    channels.pause(sms, until=noon.now + dt.timedelta(hours=2), reason="Contract is over", by=boss)
    row = DeliveryFactory(patient=alice)
    drain(seconds=5)
    assert carrier.sent == []
    channels.resume(sms, by=boss)
    row.refresh_from_db()
    row.due_at = noon.now
    row.save()
    drain(seconds=5)
    assert len(carrier.sent) == 1
    reasons = sms.history.values_list("history_change_reason", "history_user_id")
    assert ("Contract is over", boss.pk) in list(reasons)


def test_a_carrier_is_down_since_its_first_failure_until_it_takes_something(noon, kind, account, sms, carrier):
    alice = PatientFactory()
    ContactPointFactory(patient=alice, value="+8613800138000")
    row = DeliveryFactory(patient=alice)
    since = noon.now
    carrier.says(TransportError("No answer", down=True), TransportError("No answer", down=True))
    for minutes in (0, 2):
        noon.later(minutes=minutes)
        drain(seconds=5)
    sms.refresh_from_db()
    assert (sms.down_since, sms.pause_reason) == (since, "No answer")
    noon.later(minutes=10)
    drain(seconds=5)
    sms.refresh_from_db()
    row.refresh_from_db()
    assert (row.state, sms.down_since, sms.paused_until, sms.pause_reason) == (DeliveryState.ACCEPTED, None, None, "")


def test_another_account_is_asked_at_once(noon, account, sms):
    channels.pause(sms, until=noon.now + dt.timedelta(hours=2), reason="down", by=UserFactory())
    assert give(sms, secrets={"secret": "new"}).paused_until is None


def test_a_test_message_is_really_sent_and_remembered_masked(account, sms, carrier):
    boss = UserFactory()
    channels.send_test(sms, to="138 0013 8000", by=boss)
    [sent] = carrier.sent
    assert (sent.to, sent.medium) == ("+8613800138000", Medium.SMS)
    past = sms.history.first()
    assert (past.history_change_reason, past.history_user_id) == ("Test message to 138****8000", boss.pk)


def test_a_test_message_says_what_went_wrong(account, sms, carrier):
    carrier.says(TransportError("Wrong key", permanent=True))
    carrier.says(TransportError("Timeout", unknown=True))
    for refusal, why in ((TestRefused, "Wrong key"), (TestUnclear, "Timeout")):
        with pytest.raises(refusal) as said:
            channels.send_test(sms, to="13800138000", by=UserFactory())
        assert why in str(said.value)
    with pytest.raises(PhoneInvalid):
        channels.send_test(sms, to="12", by=UserFactory())
