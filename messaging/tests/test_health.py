"""Whether messages go out."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import call_command

from accounts.tests.factories import UserFactory
from messaging.models import DeliveryState, MessageChannel
from messaging.services import health

from .factories import DeliveryFactory

pytestmark = pytest.mark.django_db


def said(*options):
    """What the command prints, and its exit code."""
    out, code = StringIO(), 0
    try:
        call_command("messages_health", *options, stdout=out)
    except SystemExit as end:
        code = end.code
    return out.getvalue(), code


def test_nothing_due_is_well(noon, kind):
    DeliveryFactory(due_at=noon.now + dt.timedelta(minutes=1))
    assert health.oldest_due(noon.now) is None
    text, code = said("--json")
    assert (json.loads(text)["ok"], json.loads(text)["due"], code) == (True, 0, 0)


def test_what_is_due_for_more_than_five_minutes_is_late_everywhere(noon, kind, client):
    DeliveryFactory(due_at=noon.now - dt.timedelta(minutes=6))
    text, code = said()
    assert code == 1
    assert "1 message is due." in text
    assert "6 min" in text
    assert client.get("/healthz").json()["messages"] == {"ok": False, "oldest_due_seconds": 360}


def test_what_a_dead_worker_left_is_late_too(noon, kind):
    lease = noon.now - dt.timedelta(minutes=7)
    DeliveryFactory(state=DeliveryState.SENDING, token="0" * 32, lease_until=lease)
    assert health.oldest_due(noon.now) == dt.timedelta(minutes=7)


def test_a_paused_carrier_and_the_fates_of_a_day_are_told(noon, kind):
    MessageChannel.objects.filter(medium="sms").update(paused_until=noon.now + dt.timedelta(minutes=1))
    DeliveryFactory(state=DeliveryState.FAILED)
    DeliveryFactory(state=DeliveryState.FAILED, changed_at=noon.now - dt.timedelta(days=2))
    facts = json.loads(said("--json")[0])
    assert (facts["paused"], facts["states"]) == (["sms"], {"failed": 1})
    assert "SMS: the carrier does not answer." in said()[0]


def test_staff_see_a_banner_while_messages_are_late(noon, kind, client, monkeypatch):
    clerk = UserFactory(is_staff=True, is_superuser=True)
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    assert "messages-late" not in client.get("/admin/").text
    DeliveryFactory(due_at=noon.now - dt.timedelta(minutes=6))
    cache.clear()  # what was found is remembered for some seconds
    assert "6 minutes late" in client.get("/admin/").text
