"""What automation can find of WCAG 2.2 AA on the pages of messages."""

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory
from messaging import kinds
from messaging.models import DeliveryState, InboundMessage, InboundState, Message, Priority
from messaging.services import outbox, planning
from messaging.services.sending import drain
from messaging.tests.factories import DeliveryFactory, make_kind
from patients.tests.factories import ContactPointFactory, PatientFactory

from .test_reach_everything import faults

PAGE = reverse("admin:outbox:page")


@pytest.fixture
def message(page, transactional_db, monkeypatch) -> Message:
    """A reminder of Alice's that lies in the outbox."""
    monkeypatch.setattr(kinds, "_kinds", {})
    monkeypatch.setattr(planning, "wake_answers", lambda: None)
    kinds.register(make_kind())
    patient = PatientFactory(name="Alice Smith", language="en")
    ContactPointFactory(patient=patient, value="+8613800138000")
    row = DeliveryFactory(patient=patient, priority=Priority.CODE)
    drain(seconds=5)
    return row.messages.get()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_the_outbox_has_no_known_fault(page, sign_in, message, scheme, size):
    sign_in(UserFactory(role="supervisor"))
    outbox.answer(message, "hello", by=UserFactory())
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{PAGE}?to={message.uuid}")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.goto(PAGE)
    assert faults(page) == []


LISTS = ["delivery", "inboundmessage", "optout", "sendingrule", "messagechannel"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_lists_and_pages_of_messages_have_no_known_fault(page, sign_in, message, scheme):
    failed = DeliveryFactory(state=DeliveryState.FAILED, patient=message.delivery.patient)
    inbound = InboundMessage.objects.create(
        medium="sms", channel=message.channel, sender="10690123", text="?", at=message.at, state=InboundState.OPEN
    )
    sign_in(UserFactory(is_superuser=True))
    page.emulate_media(color_scheme=scheme)
    rows = [(message.delivery, "change"), (failed, "again"), (inbound, "change"), (inbound, "is_from")]
    rows += [(message.channel, act) for act in ("change", "set_up", "test", "pause")]
    paths = [reverse(f"admin:messaging_{name}_changelist") for name in LISTS]
    paths += [reverse(f"admin:messaging_{row._meta.model_name}_{act}", args=[row.pk]) for row, act in rows]
    for path in [*paths, reverse("admin:messaging_optout_add")]:
        page.goto(path)
        assert (path, faults(page)) == (path, [])
