import datetime as dt

import pytest

from common import clock
from patients.tests.factories import PatientFactory
from scheduling.errors import NotToday, SlotFull, WrongStatus
from scheduling.models import Appointment, AppointmentEvent
from scheduling.services import appointments, pool
from scheduling.tests.factories import AppointmentFactory, SlotFactory
from visits.errors import TooLateToTakeBack
from visits.models import QueueEntry, VisitKind
from visits.services import arrival, queue
from visits.tests.factories import booked, clinic, counter, noon, waiting

pytestmark = pytest.mark.django_db


def test_who_checks_in_gets_a_ticket_and_the_booking_says_arrived():
    booking = booked(clinic())
    entry = arrival.check_in(appointment=booking, origin=counter(), at=noon())
    booking.refresh_from_db()
    assert (booking.status, entry.state, entry.ticket) == ("arrived", "waiting", "001")
    assert booking.events.get().kind == "arrived"


def test_checking_in_twice_is_checking_in_once():
    booking = booked(clinic())
    first = arrival.check_in(appointment=booking, origin=counter(), at=noon())
    assert arrival.check_in(appointment=booking, origin=counter(), at=noon()) == first
    assert booking.events.count() == 1


def test_tickets_of_a_department_are_numbered_through_the_day():
    session = clinic()
    assert [waiting(session, minutes).ticket for minutes in (0, 15, 30)] == ["001", "002", "003"]
    assert waiting(clinic()).ticket == "001"


def test_nobody_checks_in_on_another_day():
    tomorrow = AppointmentFactory()
    with pytest.raises(NotToday):
        arrival.check_in(appointment=tomorrow, origin=counter(), at=noon())
    assert not QueueEntry.objects.exists()


def test_a_cancelled_booking_is_not_checked_in():
    booking = booked(clinic())
    appointments.cancel(appointment=booking, origin=counter(), reason="ill", cause="staff", at=noon())
    with pytest.raises(WrongStatus):
        arrival.check_in(appointment=booking, origin=counter(), at=noon())


def test_a_check_in_is_taken_back_and_done_again():
    entry = waiting(clinic())
    booking = arrival.take_back(entry=entry, origin=counter(), at=noon())
    assert (booking.status, QueueEntry.objects.get().state) == ("booked", "undone")
    again = arrival.check_in(appointment=booking, origin=counter(), at=noon())
    assert (again.ticket, again.state) == ("002", "waiting")
    assert [event.kind for event in AppointmentEvent.objects.order_by("pk")] == ["arrived", "restored", "arrived"]


def test_a_check_in_is_taken_back_twice_without_harm():
    entry = waiting(clinic())
    for _ in range(2):
        assert arrival.take_back(entry=entry, origin=counter(), at=noon()).status == "booked"
    assert AppointmentEvent.objects.filter(kind="restored").count() == 1


def test_who_was_called_stays_checked_in():
    session = clinic()
    entry = waiting(session)
    queue.call_next(session=session, origin=counter())
    with pytest.raises(TooLateToTakeBack):
        arrival.take_back(entry=entry, origin=counter(), at=noon())


def test_a_walk_in_is_booked_and_checked_in_at_once():
    slot = SlotFactory(session=clinic(), starts_at=noon())
    entry = arrival.walk_in(patient=PatientFactory(), slot=slot, origin=counter(), at=noon())
    booking = Appointment.objects.get()
    assert (booking.status, booking.slot, entry.kind) == ("arrived", slot, VisitKind.WALK_IN)
    assert [event.kind for event in booking.events.order_by("pk")] == ["booked", "arrived"]
    assert pool.check() == []


def test_a_walk_in_without_a_place_leaves_nothing_behind():
    slot = SlotFactory(session=clinic(), starts_at=noon())
    AppointmentFactory(slot=slot)
    with pytest.raises(SlotFull):
        arrival.walk_in(patient=PatientFactory(), slot=slot, origin=counter(), at=noon())
    assert (QueueEntry.objects.count(), Appointment.objects.count()) == (0, 1)


def test_somebody_of_75_has_a_head_start_and_it_stands_on_the_ticket():
    born = clock.today().replace(day=1) - dt.timedelta(days=80 * 366)
    entry = waiting(clinic(), birth_date=born)
    assert (entry.priority, entry.turn_at) == ("old", noon() - dt.timedelta(minutes=15))
