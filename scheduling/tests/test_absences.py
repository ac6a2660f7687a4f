"""Saying whether a missed visit was excused."""

import pytest

from accounts.tests.factories import UserFactory
from common.errors import NotAllowed, ReasonRequired
from scheduling import errors
from scheduling.models import Absence, Appointment
from scheduling.services import absences, appointments, attendance
from scheduling.tests.factories import AppointmentFactory, desk, missed, restricted


@pytest.fixture
def nurse():
    return UserFactory(role="front_desk", sees_all_sites=True)


def judge(booking, by, **said):
    return absences.judge_absence(appointment=booking, by=by, **{"excused": True, "reason": "was in hospital"} | said)


def test_a_person_says_whether_it_was_excused_and_why(now, nurse):
    absence = judge(missed(excused=None), nurse, at=now)
    assert (absence.is_excused, absence.reason, absence.by, absence.at) == (True, "was in hospital", nurse, now)


def test_it_can_be_said_otherwise_later_and_both_stand_in_the_history(nurse):
    booking = missed(excused=None)
    judge(booking, nurse, excused=False, reason="gave no reason")
    judge(booking, nurse)
    absence = Absence.objects.get()
    assert absence.is_excused
    assert [one.reason for one in absence.history.order_by("pk")] == ["gave no reason", "was in hospital"]
    assert {one.history_user for one in absence.history.all()} == {nurse}


def test_only_a_missed_visit_is_judged_by_who_may_and_for_a_reason(nurse):
    with pytest.raises(errors.NotAbsent):
        judge(AppointmentFactory(), nurse)
    with pytest.raises(ReasonRequired):
        judge(missed(excused=None), nurse, reason=" ")
    with pytest.raises(NotAllowed):
        judge(missed(excused=None), UserFactory(role="clinician", sees_all_sites=True))
    assert not Absence.objects.exists()


def test_a_missed_visit_of_another_department_is_not_there(nurse):
    with pytest.raises(errors.AppointmentNotFound):
        judge(missed(excused=None), UserFactory(role="front_desk", sees_all_sites=False))


def test_it_is_known_of_which_missed_visit_nobody_has_said_anything_yet():
    waiting = missed(days=5, excused=None)
    missed(days=5)
    assert list(Appointment.objects.to_judge()) == [waiting]


def test_a_restriction_falls_when_one_of_its_absences_is_excused(nurse):
    held = restricted()
    judge(held.absences.first().appointment, nurse)
    held.refresh_from_db()
    held.patient.refresh_from_db()
    assert (held.lift_reason, held.lifted_by) == ("was in hospital", nurse)
    assert not held.patient.is_barred()


def test_a_restriction_falls_when_one_of_its_absences_was_none():
    held, origin = restricted(), desk("supervisor", sees_all_sites=True)
    booking = held.absences.first().appointment
    attendance.correct(appointment=booking, ending="fulfilled", origin=origin, reason="was seen upstairs")
    held.patient.refresh_from_db()
    assert not held.patient.is_barred()


def test_a_restriction_falls_when_an_absence_is_taken_back_at_once(now):
    held, origin = restricted(), desk("supervisor", sees_all_sites=True)
    booking = held.absences.first().appointment
    booking.events.create(kind="noshow", at=now, by=origin.by, channel="desk", slot=booking.slot)
    appointments.undo(appointment=booking, origin=origin)
    held.patient.refresh_from_db()
    assert not held.patient.is_barred()


def test_a_restriction_stays_when_enough_absences_are_left(nurse):
    held = restricted(absences=2)
    judge(held.absences.first().appointment, nurse)
    held.patient.refresh_from_db()
    assert held.patient.is_barred()
