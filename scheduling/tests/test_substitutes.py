"""After a stoppage an equal place is kept for each who lost theirs, until they have been asked."""

import datetime as dt

import pytest

from common import clock
from directory.models import Site
from patients.tests.factories import PatientFactory
from scheduling import jobs
from scheduling.errors import AppointmentNotFound, HoldLapsed, TooManyInDepartment
from scheduling.models import Appointment, Slot, Substitute
from scheduling.services import appointments, pool, stoppages, substitutes, telling
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory, desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def origin():
    return desk("supervisor")


@pytest.fixture
def lost():
    """Three people of one session, and a second session of the same practitioner with two places."""
    session = SessionFactory()
    booked = [AppointmentFactory(slot=SlotFactory(session=session, number=number)) for number in range(3)]
    other = SessionFactory(
        practitioner=session.practitioner, service=session.service, day=session.day + dt.timedelta(days=1)
    )
    for number in range(2):
        SlotFactory(session=other, number=number)
    return booked


def stop(lost, origin, keep=True) -> int:
    plan = stoppages.plan([lost[0].slot.session], origin=origin)
    stoppages.apply(plan, kind="cancel", reason="ill", origin=origin)
    for booking in lost:
        booking.refresh_from_db()
    return substitutes.keep_all(plan, origin=origin) if keep else 0


def test_the_plan_promises_each_place_to_one_person_the_soonest_first(lost, origin):
    plan = stoppages.plan([lost[0].slot.session], origin=origin)
    promised = [item.alternatives[0] for item in plan.affected if item.is_kept]
    assert [item.is_kept for item in plan.affected] == [True, True, False]
    assert len(set(promised)) == 2


def test_a_place_of_several_is_promised_as_often_as_it_has_places(lost, origin):
    Slot.objects.filter(taken=0).update(capacity=2)
    plan = stoppages.plan([lost[0].slot.session], origin=origin)
    assert all(item.is_kept for item in plan.affected)


def test_after_the_stoppage_the_places_are_held_for_a_day_in_the_names_of_the_patients(lost, origin):
    assert stop(lost, origin) == 2
    kept = Appointment.objects.filter(status="held")
    assert {one.patient for one in kept} == {lost[0].patient, lost[1].patient}
    assert all(one.held_until <= clock.now() + substitutes.KEPT_FOR for one in kept)
    assert pool.check() == []


def test_keeping_twice_keeps_once(lost, origin):
    plan = stoppages.plan([lost[0].slot.session], origin=origin)
    stoppages.apply(plan, kind="cancel", reason="ill", origin=origin)
    assert substitutes.keep_all(plan, origin=origin) == 2
    assert substitutes.keep_all(plan, origin=origin) == 0
    assert Substitute.objects.count() == 2


def test_nothing_is_kept_for_a_booking_that_stands(lost, origin):
    plan = stoppages.plan([lost[0].slot.session], origin=origin)
    stoppages.apply(plan, kind="stop_new", reason="ill", origin=origin)
    assert substitutes.keep_all(plan, origin=origin) == 0


def test_who_cannot_have_the_promised_place_any_more_gets_the_next(lost, origin):
    plan = stoppages.plan([lost[0].slot.session], origin=origin)
    stoppages.apply(plan, kind="cancel", reason="ill", origin=origin)
    gone = plan.affected[0].alternatives[0]
    appointments.book(patient=PatientFactory(), slot=gone, origin=desk())
    assert substitutes.keep_all(plan, origin=origin) == 1
    assert pool.check() == []


def test_who_has_a_kept_place_still_has_to_be_told(lost, origin):
    stop(lost, origin)
    assert list(telling.still_to_tell(Appointment.objects.all(), clock.now())) == lost


def test_kept_places_are_no_unfinished_bookings_and_count_against_nobody(lost, origin):
    stop(lost, origin)
    assert not Appointment.objects.held_now(clock.now()).exists()
    assert not Appointment.objects.holds_of(origin.by, clock.now()).exists()


def test_who_takes_the_kept_place_is_booked_and_told(lost, origin):
    stop(lost, origin)
    made = substitutes.take(lost=lost[0], origin=desk())
    assert (made.status, made.patient, made.reason) == ("booked", lost[0].patient, lost[0].reason)
    assert lost[0] not in telling.still_to_tell(Appointment.objects.all(), clock.now())


def test_who_wants_no_other_place_gives_the_kept_one_back(lost, origin):
    stop(lost, origin)
    telling.tell(appointment=lost[0], origin=desk())
    assert Appointment.objects.filter(status="held").count() == 1
    assert pool.check() == []


def test_a_kept_place_ends_by_itself(lost, origin):
    stop(lost, origin)
    later = clock.now() + substitutes.KEPT_FOR + dt.timedelta(minutes=1)
    with pytest.raises(HoldLapsed):
        substitutes.take(lost=lost[0], origin=desk(), at=later)
    assert not Substitute.objects.standing(later).exists()


def test_without_a_kept_place_there_is_none_to_take(lost, origin):
    stop(lost, origin, keep=False)
    with pytest.raises(AppointmentNotFound):
        substitutes.take(lost=lost[0], origin=desk())


def test_whoever_books_another_place_gives_the_kept_one_back_within_a_minute(lost, origin):
    stop(lost, origin)
    later = SessionFactory(service=lost[0].slot.service, day=lost[0].slot.session.day + dt.timedelta(days=5))
    appointments.book(patient=lost[0].patient, slot=SlotFactory(session=later), origin=desk())
    jobs.every_minute()
    assert [one.lost for one in Substitute.objects.standing(clock.now())] == [lost[1]]
    assert pool.check() == []


def test_a_kept_place_does_not_keep_the_patient_from_booking_another_that_day(lost, origin):
    Site.objects.update(max_per_department=1)
    stop(lost, origin)
    kept = Substitute.objects.get(lost=lost[0]).appointment
    again = SessionFactory(
        service=kept.slot.service, day=kept.slot.session.day, starts_at=kept.slot.starts_at + dt.timedelta(hours=2)
    )
    made = appointments.book(patient=lost[0].patient, slot=SlotFactory(session=again), origin=desk())
    with pytest.raises(TooManyInDepartment):
        substitutes.take(lost=lost[0], origin=desk())
    assert made.status == "booked"


def test_two_places_kept_for_one_person_do_not_drive_each_other_out(lost, origin):
    patient = lost[0].patient
    far = SessionFactory(service=lost[0].slot.service, day=lost[0].slot.session.day + dt.timedelta(days=9))
    second = AppointmentFactory(slot=SlotFactory(session=far), patient=patient)
    stop(lost, origin)
    SlotFactory(session=SessionFactory(service=far.service, day=far.day + dt.timedelta(days=1)))
    stop([second], origin)
    jobs.every_minute()
    assert Substitute.objects.standing(clock.now()).filter(lost__patient=patient).count() == 2


def test_a_second_stoppage_over_a_kept_place_makes_nobody_lose_what_they_never_had(lost, origin):
    stop(lost, origin)
    kept = Substitute.objects.get(lost=lost[0]).appointment
    stop([kept], origin)
    assert list(telling.still_to_tell(Appointment.objects.all(), clock.now())) == lost


def test_nothing_is_kept_for_who_cancelled_themselves(lost, origin):
    plan = stoppages.plan([lost[0].slot.session], origin=origin)
    appointments.cancel(appointment=lost[0], origin=desk())
    assert substitutes.keep_all(plan, origin=origin) == 0
