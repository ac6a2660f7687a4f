import pytest

from common.errors import NotAllowed, ReasonRequired
from patients.tests.factories import PatientFactory
from scheduling import errors
from scheduling.models import Slot
from scheduling.services import appointments, pool, slots
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory, desk


@pytest.fixture
def chief():
    return desk("supervisor").by


def rows(*slots):
    return Slot.objects.filter(pk__in=[slot.pk for slot in slots])


def resize(slot, capacity, by):
    return slots.set_capacity(slot, capacity, by=by, reason="a second chair")


def test_blocking_lets_nobody_new_in_and_leaves_bookings_alone(chief):
    booking = AppointmentFactory(slot=SlotFactory(capacity=2))
    assert slots.block(rows(booking.slot), by=chief, reason="ultrasound broken") == 1
    with pytest.raises(errors.SlotBlocked):
        appointments.book(patient=PatientFactory(), slot=booking.slot, origin=desk())
    booking.refresh_from_db()
    assert booking.status == "booked"
    assert pool.check() == []


def test_blocking_is_written_down_with_author_and_reason(chief):
    slot = SlotFactory()
    slots.block(rows(slot), by=chief, reason="ultrasound broken")
    last = slot.history.first()
    assert (last.closed, last.history_user, last.history_change_reason) == ("blocked", chief, "ultrasound broken")


def test_blocking_counts_only_what_was_open(chief):
    slot, blocked, stopped = SlotFactory(), SlotFactory(closed="blocked"), SlotFactory(closed="stopped")
    before = blocked.history.count()
    assert slots.block(rows(slot, blocked, stopped), by=chief, reason="x") == 1
    assert slots.block(rows(slot, blocked, stopped), by=chief, reason="x") == 0
    assert slots.block(Slot.objects.none(), by=chief, reason="x") == 0
    assert blocked.history.count() == before


def test_unblocking_opens_what_was_blocked_and_nothing_that_was_stopped_or_retired(chief):
    blocked, stopped, retired = (SlotFactory(closed=closed) for closed in ("blocked", "stopped", "retired"))
    assert slots.unblock(rows(blocked, stopped, retired), by=chief, reason="mended") == 1
    states = [Slot.objects.get(pk=slot.pk).closed for slot in (blocked, stopped, retired)]
    assert states == ["", "stopped", "retired"]


@pytest.mark.parametrize("verb", [slots.block, slots.unblock])
def test_opening_and_closing_take_a_right_and_a_reason(verb, chief):
    slot = SlotFactory()
    with pytest.raises(NotAllowed):
        verb(rows(slot), by=desk().by, reason="x")
    with pytest.raises(ReasonRequired):
        verb(rows(slot), by=chief, reason=" ")


def test_more_places_are_there_at_once(chief):
    booking = AppointmentFactory()
    assert resize(booking.slot, 2, chief).capacity == 2
    assert appointments.book(patient=PatientFactory(), slot=booking.slot, origin=desk()).place == 2
    assert booking.slot.history.first().history_change_reason == "a second chair"


def test_fewer_places_than_are_taken_are_refused(chief):
    slot = SlotFactory(capacity=3)
    for _ in range(2):
        AppointmentFactory(slot=slot)
    with pytest.raises(errors.PlaceChanged):
        resize(slot, 1, chief)
    assert resize(slot, 2, chief).capacity == 2
    assert pool.check() == []


@pytest.mark.parametrize("capacity", [1, 2, 3])
def test_an_overbooked_slot_that_grows_still_adds_up(capacity, chief):
    slot = SlotFactory(session=SessionFactory(overbook_limit=1))
    AppointmentFactory(slot=slot)
    boss = desk(is_superuser=True)
    appointments.book(patient=PatientFactory(), slot=slot, origin=boss, overbook=True, reason="fever")
    grown = resize(slot, capacity, chief)
    assert grown.overbooking == (1 if capacity == 1 else 0)
    assert pool.check() == []


def test_an_overbooked_slot_does_not_shrink_into_more_overbooking(chief):
    slot = SlotFactory(capacity=2, session=SessionFactory(overbook_limit=1))
    for _ in range(2):
        AppointmentFactory(slot=slot)
    appointments.book(
        patient=PatientFactory(), slot=slot, origin=desk(is_superuser=True), overbook=True, reason="fever"
    )
    with pytest.raises(errors.PlaceChanged):
        resize(slot, 1, chief)


def test_the_number_of_places_takes_a_right_and_a_reason(chief):
    slot = SlotFactory()
    with pytest.raises(NotAllowed):
        resize(slot, 2, desk().by)
    with pytest.raises(ReasonRequired):
        slots.set_capacity(slot, 2, by=chief, reason="")
