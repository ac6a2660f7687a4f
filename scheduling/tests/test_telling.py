"""Who is still to be told after a stoppage, and when somebody is not any more."""

import datetime as dt

import pytest

from accounts.tests.factories import UserFactory
from common import clock
from patients.tests.factories import PatientFactory
from scheduling.errors import WrongStatus
from scheduling.models import Appointment, EventKind
from scheduling.services import appointments, stoppages, telling, waitlist
from scheduling.services.origin import Origin
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory


@pytest.fixture
def origin(db):
    return Origin(UserFactory(role="supervisor", sees_all_sites=True), "desk")


@pytest.fixture
def session(db):
    return SessionFactory()


def stopped(session, origin, kind="cancel"):
    stoppages.apply(stoppages.plan([session], origin=origin), kind=kind, reason="ill", origin=origin)


def left(at=None) -> list[Appointment]:
    return list(telling.still_to_tell(Appointment.objects.all(), at or clock.now()))


def test_who_lost_a_place_is_listed_the_soonest_first(session, origin):
    late = AppointmentFactory(slot=SlotFactory(session=session, number=2))
    soon = AppointmentFactory(slot=SlotFactory(session=session, number=0))
    stopped(session, origin)
    assert left() == [soon, late]


def test_who_is_still_booked_where_nobody_new_gets_in_is_listed_too(session, origin):
    booking = AppointmentFactory(slot=SlotFactory(session=session))
    stopped(session, origin, "stop_new")
    assert left() == [booking]


def test_a_patient_who_cancelled_alone_is_nobodys_task(session, origin):
    booking = AppointmentFactory(slot=SlotFactory(session=session))
    appointments.cancel(appointment=booking, origin=origin, reason="asked")
    assert left() == []


def test_another_booking_in_the_department_settles_it(session, origin):
    booking = AppointmentFactory(slot=SlotFactory(session=session))
    other = SlotFactory(session=SessionFactory(service=session.service, day=session.day + dt.timedelta(days=2)))
    stopped(session, origin)
    appointments.book(patient=booking.patient, slot=other, origin=origin)
    assert left() == []


def test_a_booking_elsewhere_or_from_before_settles_nothing(session, origin):
    booking = AppointmentFactory(slot=SlotFactory(session=session))
    same = SessionFactory(service=session.service, day=session.day + dt.timedelta(days=3))
    appointments.book(patient=booking.patient, slot=SlotFactory(session=same), origin=origin)
    stopped(session, origin)
    far = SessionFactory(day=session.day + dt.timedelta(days=4))
    appointments.book(patient=booking.patient, slot=SlotFactory(session=far), origin=origin)
    assert left() == [booking]


def test_waiting_for_a_place_there_settles_it(session, origin):
    booking = AppointmentFactory(slot=SlotFactory(session=session))
    stopped(session, origin)
    waitlist.join(
        patient=booking.patient, service=session.service, earliest=session.day, latest=session.day, origin=origin
    )
    assert left() == []


def test_who_was_told_is_told_once_and_it_stands_in_the_history(session, origin):
    booking = AppointmentFactory(slot=SlotFactory(session=session))
    stopped(session, origin)
    for _press in range(2):
        telling.tell(appointment=booking, origin=origin)
    assert booking.events.filter(kind=EventKind.TOLD, by=origin.by).count() == 1
    assert left() == []


def test_only_a_place_lost_by_a_stoppage_can_be_told_of(session, origin):
    booking = AppointmentFactory(slot=SlotFactory(session=session), patient=PatientFactory())
    with pytest.raises(WrongStatus):
        telling.tell(appointment=booking, origin=origin)


def test_what_is_over_is_left_to_the_end_of_the_day(session, origin):
    booking = AppointmentFactory(slot=SlotFactory(session=session))
    stopped(session, origin)
    assert left(booking.starts_at + dt.timedelta(minutes=1)) == []


def test_the_preview_says_who_cannot_be_reached(session, origin):
    booking = AppointmentFactory(slot=SlotFactory(session=session))
    plan = stoppages.plan([session], origin=origin)
    assert [item.appointment for item in plan.unreachable] == [booking]


def test_told_and_then_undone_is_told_of_a_second_stoppage_anew(session, origin):
    booking = AppointmentFactory(slot=SlotFactory(session=session), patient=PatientFactory())
    appointments.cancel(appointment=booking, origin=origin, reason="closed", cause="clinic")
    telling.tell(appointment=booking, origin=origin)
    appointments.undo(appointment=booking, origin=origin)
    stopped(session, origin)
    assert left() == [booking]
