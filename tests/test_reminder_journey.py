"""From a reminder to a place that somebody else has, read and answered on the page of the outbox."""

import datetime as dt

import pytest

from accounts.models import Channel
from accounts.tests.factories import UserFactory
from common import clock
from messaging.models import Delivery, Message, SendingRule
from messaging.services import planning as messages
from messaging.services import receiving
from messaging.services.sending import drain
from patients.tests.factories import ContactPointFactory, PatientFactory
from reminders import jobs
from reminders.models import Cursor, Ladder, Step
from scheduling.models import Appointment, AppointmentStatus, WaitlistOffer
from scheduling.services import appointments
from scheduling.services.origin import Origin
from scheduling.tests.factories import SessionFactory, SlotFactory, WaitlistEntryFactory

ALICE, BOB = "+8613800138000", "+8613800138111"
PATIENCE = 10_000  # ms


@pytest.fixture
def supervisor(transactional_db):
    return UserFactory(role="supervisor", sees_all_sites=True)


@pytest.fixture
def booking(supervisor):
    """Alice has the one place of a session in three days, and Bob waits for one."""
    now = clock.now()
    Cursor.objects.create(name="notices", begun_at=now, read_until=now)
    SendingRule.objects.update(opens=dt.time.min, closes=dt.time.max)
    ladder = Ladder.objects.create(name_en="One step", state="live", live_since=now, by=supervisor)
    Step.objects.create(ladder=ladder, hours_before=60, media="sms")
    slot = SlotFactory(session=SessionFactory(day=clock.today() + dt.timedelta(days=3)))
    alice, bob = [PatientFactory(name=name, language="en") for name in ("Alice Smith", "Bob Jones")]
    ContactPointFactory(patient=alice, value=ALICE)
    ContactPointFactory(patient=bob, value=BOB)
    WaitlistEntryFactory(patient=bob, service=slot.service, created_at=now)
    return appointments.book(patient=alice, slot=slot, origin=Origin(supervisor, Channel.DESK))


@pytest.fixture
def worker(monkeypatch):
    """What the worker does in a minute; the page does not wake another one."""
    monkeypatch.setattr(messages, "async_task", lambda name: None)

    def run():
        receiving.deal_with_new()
        jobs.tell()
        jobs.offer()
        jobs.plan()
        Delivery.objects.filter(kind="reminder", state="pending").update(due_at=clock.now())
        drain(seconds=5)

    return run


def conversation(page, address):
    """All that was said at this address."""
    newest = Message.objects.filter(address=address).latest("pk")
    page.goto(f"/admin/outbox/?to={newest.uuid}")
    return page.locator("#outbox-bubbles")


def press(page, label):
    """An answer that the message offers; back when the page has it."""
    count = page.locator("#outbox-bubbles article.is-theirs").count()
    page.get_by_role("button", name=label).last.click()
    page.locator("#outbox-bubbles article.is-theirs").nth(count).wait_for(timeout=PATIENCE)


def test_a_reminder_is_answered_with_two_and_the_next_in_turn_takes_the_place(
    page, sign_in, supervisor, booking, worker
):
    worker()
    sign_in(supervisor)
    assert "your visit is on" in conversation(page, ALICE).inner_text()
    press(page, "2 cancel the visit")
    worker()
    assert "is cancelled" in conversation(page, ALICE).inner_text()
    booking.refresh_from_db()
    assert booking.status == AppointmentStatus.CANCELLED

    offer = WaitlistOffer.objects.get()
    assert "a place is free on" in conversation(page, BOB).inner_text()
    press(page, "1 yes, please")
    worker()
    assert "you are booked for" in conversation(page, BOB).inner_text()
    taken = Appointment.objects.get(slot=booking.slot, status=AppointmentStatus.BOOKED)
    assert taken.patient == offer.entry.patient
