"""What was written by hand is entered later, with the times at which it happened."""

import datetime as dt

import pytest

from patients.tests.factories import PatientFactory
from scheduling.errors import NotToday, SlotFull
from scheduling.models import Appointment
from scheduling.services import pool
from scheduling.tests.factories import SlotFactory
from visits.errors import NotYet, TimesMissing, TimesNotInOrder
from visits.models import Encounter, QueueEntry
from visits.services.afterwards import Times, enter, enter_walk_in
from visits.tests.factories import booked, clinic, counter, noon, waiting

pytestmark = pytest.mark.django_db
LATER = dt.timedelta(hours=3)


def at(minutes: int) -> dt.datetime:
    return noon() + dt.timedelta(minutes=minutes)


def evening() -> dt.datetime:
    return noon() + LATER


def test_facts_carry_the_true_times_and_history_the_time_of_entry():
    booking, origin = booked(clinic()), counter()
    enter(appointment=booking, times=Times(at(-5), at(5), at(20)), origin=origin, reason="power cut", at=evening())
    booking.refresh_from_db()
    assert booking.status == "fulfilled"
    assert list(booking.events.order_by("pk").values_list("kind", "at", "by")) == [
        ("arrived", at(-5), origin.by.pk), ("fulfilled", at(20), origin.by.pk)
    ]  # fmt: skip
    assert Encounter.objects.values_list("started_at", "ended_at").get() == (at(5), at(20))
    assert booking.history.latest().history_change_reason == "power cut"


def test_only_an_arrival_leaves_them_in_the_queue_since_then():
    booking = booked(clinic())
    enter(appointment=booking, times=Times(at(-5)), origin=counter(), at=evening())
    assert QueueEntry.objects.values_list("state", "arrived_at").get() == ("waiting", at(-5))


def test_who_is_checked_in_already_keeps_their_arrival_and_is_seen():
    entry = waiting(clinic(), arrived=-10)
    enter(appointment=entry.appointment, times=Times(None, at(5), at(20)), origin=counter(), at=evening())
    entry.refresh_from_db()
    assert (entry.state, entry.arrived_at) == ("done", at(-10))


def test_nobody_is_seen_before_they_were_checked_in():
    entry = waiting(clinic(), arrived=10)
    with pytest.raises(TimesNotInOrder):
        enter(appointment=entry.appointment, times=Times(None, at(5), at(20)), origin=counter(), at=evening())


@pytest.mark.parametrize(
    ("times", "refusal"),
    [
        ((None, 5, 20), TimesMissing),
        ((0, 5, None), TimesMissing),
        ((0, None, 20), TimesMissing),
        ((10, 5, 20), TimesNotInOrder),
        ((0, 20, 5), TimesNotInOrder),
        ((0, 5, 400), NotYet),
    ],
)
def test_times_that_cannot_be_are_refused_and_nothing_is_written(times, refusal):
    booking = booked(clinic())
    given = Times(*(None if minutes is None else at(minutes) for minutes in times))
    with pytest.raises(refusal):
        enter(appointment=booking, times=given, origin=counter(), at=evening())
    booking.refresh_from_db()
    assert booking.status == "booked"
    assert not QueueEntry.objects.exists()


def test_an_arrival_on_another_day_than_the_visit_is_refused():
    booking = booked(clinic())
    with pytest.raises(NotToday):
        enter(appointment=booking, times=Times(at(-24 * 60)), origin=counter(), at=evening())


def test_who_came_without_a_booking_has_one_in_the_books():
    slot = SlotFactory(session=clinic(), starts_at=noon())
    times = Times(at(-5), at(5), at(20))
    made = enter_walk_in(patient=PatientFactory(), slot=slot, times=times, origin=counter(), at=evening())
    assert (made.status, made.created_at, made.slot) == ("fulfilled", at(-5), slot)
    assert pool.check() == []


def test_a_place_that_somebody_has_is_not_given_again():
    booking = booked(clinic())
    type(booking.slot).objects.update(capacity=1)
    with pytest.raises(SlotFull):
        enter_walk_in(patient=PatientFactory(), slot=booking.slot, times=Times(at(0)), origin=counter(), at=evening())
    assert Appointment.objects.count() == 1
