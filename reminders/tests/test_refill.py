"""Freed places, offered to who waits; and stopped clinics."""

import datetime as dt

import pytest

from interactions.models import Task, TaskKind
from messaging.channels.base import Outcome, Receipt, TransportError
from messaging.models import Delivery, Message, MessageState
from messaging.services import receipts
from patients.tests.factories import ContactPointFactory, PatientFactory
from reminders.models import Notice
from scheduling.models import Appointment, AppointmentStatus, WaitlistOffer
from scheduling.models.waitlist import EntryStatus, OfferStatus
from scheduling.services import appointments, stoppages, substitutes, waitlist
from scheduling.tests.factories import SessionFactory, SlotFactory, WaitlistEntryFactory

BOB, CAROL = "+8613800138111", "+8613800138222"


@pytest.fixture
def waits(session):
    """`waits(patient, minutes)`: on the list for the service since so long before noon."""

    def wait(patient, minutes=0):
        since = session.starts_at - dt.timedelta(days=6, minutes=minutes)
        return WaitlistEntryFactory(
            patient=patient, service=session.service, created_at=since, earliest=session.day - dt.timedelta(days=4),
            latest=session.day + dt.timedelta(days=20),
        )  # fmt: skip

    return wait


@pytest.fixture
def carol():
    patient = PatientFactory(name="Carol White", language="en")
    ContactPointFactory(patient=patient, value=CAROL)
    return patient


def test_a_freed_place_is_offered_to_the_next_in_turn_and_taken_by_an_answer(
    noon, visit, slots, bob, carol, waits, desk, runs, says
):
    waits(carol, minutes=10)
    first = waits(bob, minutes=30)
    runs()
    appointments.cancel(appointment=visit, origin=desk)
    texts = runs()
    offer = WaitlistOffer.objects.get()
    assert offer.entry == first
    assert any("a place is free on Sun 6 Dec 09:00" in text for text in texts)
    assert any("you are booked for Sun 6 Dec 09:00" in text for text in says("1", sender=BOB))
    first.refresh_from_db()
    assert first.status == EntryStatus.BOOKED
    assert Appointment.objects.get(patient=bob, status=AppointmentStatus.BOOKED).slot == slots[0]


def test_who_declines_makes_room_for_the_next(noon, visit, bob, carol, waits, desk, runs, says):
    waits(bob, minutes=30)
    waits(carol, minutes=10)
    runs()
    appointments.cancel(appointment=visit, origin=desk)
    runs()
    says("2", sender=BOB)
    runs()
    offers = WaitlistOffer.objects.order_by("pk")
    assert [(one.entry.patient, one.status) for one in offers] == [
        (bob, OfferStatus.DECLINED),
        (carol, OfferStatus.OPEN),
    ]


def test_an_offer_that_nobody_answers_goes_to_the_next(noon, visit, bob, carol, waits, desk, runs):
    waits(bob, minutes=30)
    waits(carol, minutes=10)
    runs()
    appointments.cancel(appointment=visit, origin=desk)
    runs()
    noon.later(minutes=31)
    waitlist.lapse_offers()
    runs()
    assert [one.entry.patient for one in WaitlistOffer.objects.order_by("pk")] == [bob, carol]


def test_an_answer_after_its_time_gets_no_place(noon, visit, bob, waits, desk, runs, says):
    waits(bob)
    runs()
    appointments.cancel(appointment=visit, origin=desk)
    runs()
    noon.later(minutes=31)
    says("1", sender=BOB)
    assert not Appointment.objects.filter(patient=bob, status=AppointmentStatus.BOOKED).exists()


def test_one_place_is_offered_to_one_person_at_a_time(noon, visit, bob, carol, waits, desk, runs):
    waits(bob)
    waits(carol)
    runs()
    appointments.cancel(appointment=visit, origin=desk)
    for _ in range(3):
        runs()
    assert WaitlistOffer.objects.count() == 1


def test_at_night_nobody_is_offered_anything(noon, visit, bob, waits, desk, runs):
    waits(bob)
    runs()
    noon.at(22)
    appointments.cancel(appointment=visit, origin=desk)
    runs()
    assert not WaitlistOffer.objects.exists()
    noon.at(9, day=2)
    runs()
    assert WaitlistOffer.objects.count() == 1


def test_who_has_no_phone_is_called_by_staff_and_the_next_gets_the_offer(noon, visit, bob, waits, desk, runs):
    waits(PatientFactory(), minutes=60)
    waits(bob, minutes=10)
    runs()
    appointments.cancel(appointment=visit, origin=desk)
    runs()
    assert Task.objects.get(kind=TaskKind.CALL_OFFER).why_code == "free_place"
    assert WaitlistOffer.objects.get().entry.patient == bob


def test_whom_the_offer_does_not_reach_is_called_and_the_place_goes_to_the_next_at_once(
    noon, visit, bob, carol, waits, desk, runs, carrier
):
    waits(bob, minutes=30)
    waits(carol, minutes=10)
    runs()
    appointments.cancel(appointment=visit, origin=desk)
    carrier.says(*[TransportError("blocked", permanent=True) for _ in range(3)])
    runs()
    runs()
    assert [(one.entry.patient, one.status) for one in WaitlistOffer.objects.order_by("pk")] == [
        (bob, OfferStatus.LAPSED),
        (carol, OfferStatus.OPEN),
    ]
    assert Task.objects.get(kind=TaskKind.CALL_OFFER).patient == bob


def test_without_the_notice_nothing_is_offered_by_itself(noon, visit, bob, waits, desk, runs):
    Notice.objects.filter(kind="offer").update(is_active=False)
    waits(bob)
    runs()
    appointments.cancel(appointment=visit, origin=desk)
    runs()
    assert not WaitlistOffer.objects.exists()


@pytest.fixture
def stopped(noon, visit, session, desk, runs):
    """The session is stopped; a place of a colleague's session is kept for Alice."""
    other = SessionFactory(service=session.service, day=session.day, practitioner__name="Wang Fang")
    SlotFactory(session=other, number=2)
    runs()

    def stop(keep=True):
        plan = stoppages.plan([session], origin=desk)
        stoppages.apply(plan, kind="cancel", reason="ill", origin=desk)
        kept = substitutes.keep_all(plan, origin=desk) if keep else 0
        assert runs() == []  # places are being kept still
        noon.later(minutes=1)
        return kept

    return stop


def test_a_stopped_clinic_is_told_at_once_with_the_place_that_is_kept(noon, stopped, visit, runs, says):
    assert stopped() == 1
    [text] = runs()
    assert "will not take place. We keep Sun 6 Dec 09:30 for you until" in text
    assert any("you are booked for Sun 6 Dec 09:30 with Wang Fang" in one for one in says("1"))
    assert Appointment.objects.filter(patient=visit.patient, status=AppointmentStatus.BOOKED).count() == 1


def test_who_does_not_want_the_kept_place_knows_and_it_is_free_again(noon, stopped, visit, runs, says):
    stopped()
    runs()
    says("2")
    assert visit.events.filter(kind="told").exists()
    assert not Appointment.objects.filter(patient=visit.patient, status=AppointmentStatus.HELD).exists()


def test_without_a_kept_place_the_message_says_to_call_and_counts_as_told(noon, stopped, visit, runs):
    stopped(keep=False)
    [text] = runs()
    assert "For another time, call 010 5555 0100" in text
    noon.later(minutes=15)
    runs()
    assert visit.events.filter(kind="told").exists()


def test_whom_the_message_of_a_stopped_clinic_does_not_reach_is_called_first(noon, stopped, visit, runs, carrier):
    carrier.says(*[TransportError("blocked", permanent=True) for _ in range(3)])
    stopped()
    runs()
    runs()
    task = Task.objects.get()
    assert (task.kind, task.priority, task.patient) == (TaskKind.CALL_STOPPAGE, 1, visit.patient)
    assert not visit.events.filter(kind="told").exists()


@pytest.fixture
def receipts_come(visit, runs):
    """The carrier of SMS told of an arrival this week."""
    runs()
    Message.objects.filter(medium="sms").update(state=MessageState.DELIVERED)


def test_whose_phone_gives_no_sign_is_called_where_receipts_come(noon, receipts_come, stopped, visit, runs):
    stopped(keep=False)
    runs()
    noon.later(minutes=15)
    runs()
    assert not visit.events.filter(kind="told").exists()
    assert not Task.objects.exists()
    noon.later(minutes=16)
    runs()
    task = Task.objects.get()
    assert (task.kind, task.why_code) == (TaskKind.CALL_STOPPAGE, "no_sign")


def test_a_receipt_that_comes_late_takes_the_call_off_the_list(noon, receipts_come, stopped, visit, runs):
    stopped(keep=False)
    runs()
    noon.later(minutes=31)
    runs()
    message = Message.objects.get(delivery__kind="stopped")
    receipts.take(Receipt("r1", Outcome.DELIVERED, message.uuid), message.channel, noon.now)
    runs()
    assert visit.events.filter(kind="told").exists()
    assert not Task.objects.live().exists()


def test_the_time_from_the_stoppage_to_the_message_is_one_run_of_the_worker(noon, stopped, runs):
    stopped()
    runs()
    row = Delivery.objects.get(kind="stopped_kept")
    assert row.sent_at - row.due_at <= dt.timedelta(minutes=1)


def test_who_takes_the_kept_place_is_not_told_of_the_stoppage_again(noon, stopped, runs, says):
    stopped()
    runs()
    says("1")
    noon.later(minutes=2)
    assert runs() == []
    assert Delivery.objects.filter(kind__startswith="stopped").count() == 1


def test_a_clinic_that_is_stopped_a_quarter_of_an_hour_before_is_told_still(noon, visit, stopped, runs):
    noon.now = visit.starts_at - dt.timedelta(minutes=15)
    stopped(keep=False)
    assert "will not take place" in runs()[0]


def test_a_place_that_somebody_has_again_is_nobodys_call(noon, visit, slots, alice, waits, desk, runs):
    waits(PatientFactory(), minutes=60)
    runs()
    appointments.cancel(appointment=visit, origin=desk)
    appointments.book(patient=alice, slot=slots[0], origin=desk)
    runs()
    assert not Task.objects.filter(kind=TaskKind.CALL_OFFER).exists()
