import datetime as dt

import pytest
from django.db import IntegrityError, OperationalError

from common.errors import NotAllowed, ReasonRequired
from patients.tests.factories import PatientFactory
from scheduling import errors
from scheduling.models import Appointment, AppointmentEvent, Session, Stoppage
from scheduling.services import appointments, holds, pool, stoppages
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory, channel, desk


@pytest.fixture
def chief():
    return desk("supervisor")


@pytest.fixture
def session():
    """Four slots; the first two are booked, the third is held."""
    session = SessionFactory()
    session.four = [SlotFactory(session=session, number=n) for n in range(4)]
    session.bookings = [AppointmentFactory(slot=slot) for slot in session.four[:2]]
    session.hold = holds.hold(slot=session.four[2], origin=channel())
    return session


def twin(session, days=0, **given):
    """A free place of the same service on another day, or with somebody else."""
    day = session.day + dt.timedelta(days=days)
    return SlotFactory(session=SessionFactory(day=day, service=session.service, **given))


def stop(session, kind, origin, reason="doctor is ill", **given):
    return stoppages.apply(stoppages.plan([session], origin=origin), kind=kind, reason=reason, origin=origin, **given)


def closures(session):
    return list(session.slots.order_by("starts_at").values_list("closed", flat=True))


def status(row):
    row.refresh_from_db()
    return row.status


def test_a_plan_lists_each_booking_with_equal_places_and_writes_nothing(session, chief):
    own = twin(session, days=2, practitioner=session.practitioner)
    equal = twin(session)
    twin(session, practitioner__title="chief")
    plan = stoppages.plan([session], origin=chief)
    assert [item.appointment for item in plan.affected] == session.bookings
    assert [item.alternatives for item in plan.affected] == [[equal, own], [own, equal]]  # each is promised one
    assert status(session) == "open"
    assert not Stoppage.objects.exists()


def test_no_alternative_lies_in_a_session_that_stops_too(session, chief):
    other = twin(session, practitioner=session.practitioner, days=1)
    plan = stoppages.plan([session, other.session], origin=chief)
    assert len(plan.without_alternative) == 2


def test_at_most_three_alternatives_are_named(session, chief):
    for days in range(1, 6):
        twin(session, days=days, practitioner=session.practitioner)
    plan = stoppages.plan([session], origin=chief)
    assert {len(item.alternatives) for item in plan.affected} == {3}


def test_the_statements_of_a_plan_do_not_grow_with_the_bookings(session, chief, django_assert_num_queries):
    twin(session)
    for number in range(4, 30):
        AppointmentFactory(slot=SlotFactory(session=session, number=number))
    with django_assert_num_queries(4):
        assert len(stoppages.plan([session], origin=chief).affected) == 28


def test_stopping_new_bookings_leaves_those_that_are_there(session, chief):
    [stoppage] = stop(session, "stop_new", chief)
    assert (status(session), closures(session)) == ("stopped", ["stopped"] * 4)
    assert [status(booking) for booking in session.bookings] == ["booked", "booked"]
    assert (stoppage.kind, stoppage.reason, stoppage.by, stoppage.cancelled) == (
        "stop_new", "doctor is ill", chief.by, 0
    )  # fmt: skip
    with pytest.raises(errors.SessionStopped):
        appointments.book(patient=PatientFactory(), slot=session.four[3], origin=desk())
    assert pool.check() == []


def test_cancelling_a_session_cancels_bookings_and_holds(session, chief):
    [stoppage] = stop(session, "cancel", chief)
    assert (status(session), closures(session)) == ("cancelled", ["stopped"] * 4)
    rows = Appointment.objects.filter(slot__session=session)
    assert set(rows.values_list("status", "cancel_cause")) == {("cancelled", "clinic")}
    assert stoppage.cancelled == 2
    kinds = AppointmentEvent.objects.filter(at__gte=stoppage.at).order_by("kind").values_list("kind", "reason")
    assert list(kinds) == [("cancelled", "doctor is ill")] * 2 + [("released", "doctor is ill")]
    assert pool.check() == []


def test_who_has_arrived_or_was_seen_stays(chief):
    seen = AppointmentFactory(status="fulfilled")
    session = seen.slot.session
    here = AppointmentFactory(slot=SlotFactory(session=session, number=1), status="arrived")
    stop(session, "cancel", chief)
    assert (status(seen), status(here)) == ("fulfilled", "arrived")
    assert pool.check() == []


def test_applying_the_same_plan_again_changes_nothing(session, chief):
    plan = stoppages.plan([session], origin=chief)
    for _ in range(2):
        stoppages.apply(plan, kind="cancel", reason="ill", origin=chief)
    assert Stoppage.objects.get().cancelled == 2
    assert AppointmentEvent.objects.filter(kind="cancelled").count() == 2
    assert pool.check() == []


def test_stopping_first_and_cancelling_later(session, chief):
    stop(session, "stop_new", chief)
    stop(session, "cancel", chief)
    assert (status(session), Stoppage.objects.count()) == ("cancelled", 2)
    assert not Appointment.objects.filter(status="booked").exists()


def test_what_was_cut_off_in_the_middle_is_finished_by_a_new_plan(session, chief, monkeypatch):
    other = SessionFactory()
    late = AppointmentFactory(slot=SlotFactory(session=other, number=4))
    whole = stoppages._cancel

    def dies_at_the_second(stoppage, *rest):
        if stoppage.session == other:
            raise OperationalError("server closed the connection unexpectedly")
        return whole(stoppage, *rest)

    both = [session, other]
    with monkeypatch.context() as patch:
        patch.setattr(stoppages, "_cancel", dies_at_the_second)
        with pytest.raises(OperationalError):
            stoppages.apply(stoppages.plan(both, origin=chief), kind="cancel", reason="flood", origin=chief)
    assert (status(session), status(other), status(late)) == ("cancelled", "cancelled", "booked")
    again = stoppages.plan(both, origin=chief)
    assert ([item.appointment for item in again.affected], again.sessions) == ([late], [other])
    stoppages.apply(again, kind="cancel", reason="flood", origin=chief)
    assert status(late) == "cancelled"
    assert sorted(Stoppage.objects.values_list("cancelled", flat=True)) == [1, 2]
    assert pool.check() == []


def test_who_booked_after_the_plan_is_not_cancelled_unseen(session, chief):
    plan = stoppages.plan([session], origin=chief)
    late = AppointmentFactory(slot=session.four[3])
    with pytest.raises(errors.PlanOutdated):
        stoppages.apply(plan, kind="cancel", reason="ill", origin=chief)
    assert (status(session), closures(session), status(late)) == ("open", [""] * 4, "booked")
    assert not Stoppage.objects.exists()
    stop(session, "cancel", chief)
    assert status(late) == "cancelled"
    assert pool.check() == []


def test_one_late_booking_keeps_all_doors_of_the_plan_open(session, chief):
    other = AppointmentFactory().slot.session
    plan = stoppages.plan([other, session], origin=chief)
    AppointmentFactory(slot=session.four[3])
    with pytest.raises(errors.PlanOutdated):
        stoppages.apply(plan, kind="cancel", reason="ill", origin=chief)
    assert (status(session), status(other)) == ("open", "open")


def test_a_hold_that_became_a_booking_after_the_plan_counts_as_unseen(session, chief):
    plan = stoppages.plan([session], origin=chief)
    holds.book_held(hold=session.hold, patient=PatientFactory(), origin=desk())
    with pytest.raises(errors.PlanOutdated):
        stoppages.apply(plan, kind="cancel", reason="ill", origin=chief)
    assert status(session) == "open"


def test_who_left_after_the_plan_does_not_stand_in_its_way(session, chief):
    plan = stoppages.plan([session], origin=chief)
    appointments.cancel(appointment=session.bookings[0], origin=desk(), reason="ill")
    [stoppage] = stoppages.apply(plan, kind="cancel", reason="ill", origin=chief)
    assert stoppage.cancelled == 1


def test_the_doors_close_although_somebody_booked_after_the_plan_because_nobody_is_cancelled(session, chief):
    plan = stoppages.plan([session], origin=chief)
    late = AppointmentFactory(slot=session.four[3])
    stoppages.apply(plan, kind="stop_new", reason="ill", origin=chief)
    assert (status(session), status(late)) == ("stopped", "booked")


def test_plans_are_alike_as_long_as_they_would_do_the_same(session, chief):
    first, again = (stoppages.plan([session], origin=chief) for _ in range(2))
    AppointmentFactory(slot=session.four[3])
    assert first.fingerprint == again.fingerprint
    assert stoppages.plan([session], origin=chief).fingerprint != first.fingerprint


def test_a_cancelled_session_without_bookings_is_not_planned_again(session, chief):
    stop(session, "cancel", chief)
    with pytest.raises(errors.NothingPlanned):
        stop(session, "cancel", chief)


def test_a_session_that_is_over_is_not_stopped(session, chief):
    after = session.ends_at
    assert stoppages.plan([session], origin=chief, at=after - dt.timedelta(minutes=1)).sessions == [session]
    assert stoppages.plan([session], origin=chief, at=after).sessions == []


def test_stopping_takes_a_right_a_reason_and_a_session(session, chief):
    plan = stoppages.plan([session], origin=chief)
    with pytest.raises(NotAllowed):
        stoppages.apply(plan, kind="cancel", reason="ill", origin=desk("front_desk"))
    with pytest.raises(ReasonRequired):
        stoppages.apply(plan, kind="cancel", reason=" ", origin=chief)
    with pytest.raises(errors.NothingPlanned):
        stoppages.apply(stoppages.plan([], origin=chief), kind="cancel", reason="ill", origin=chief)
    assert status(session) == "open"


def test_sessions_outside_the_scope_are_not_stopped(session):
    narrow = desk("supervisor", sees_all_sites=False)
    with pytest.raises(errors.NothingPlanned):
        stop(session, "cancel", narrow)


def test_sessions_stopped_together_share_an_act(session, chief):
    other = SessionFactory()
    stopped = stoppages.apply(stoppages.plan([session, other], origin=chief), kind="stop_new", reason="x", origin=chief)
    assert len({stoppage.batch for stoppage in stopped}) == 1


def test_a_request_key_does_not_get_in_the_way_of_many_cancellations(session):
    origin = desk("supervisor", key="k")
    stop(session, "cancel", origin)
    assert not Appointment.objects.filter(status="booked").exists()


def test_lifting_opens_what_was_stopped_and_nothing_that_was_blocked(session, chief, now):
    type(session.four[3]).objects.filter(pk=session.four[3].pk).update(closed="blocked")
    [stoppage] = stop(session, "cancel", chief)
    stoppages.lift(stoppage, origin=chief, reason="well again", at=now)
    assert (status(session), closures(session)) == ("open", ["", "", "", "blocked"])
    assert (stoppage.lifted_at, stoppage.lifted_by) == (now, chief.by)
    assert [status(booking) for booking in session.bookings] == ["cancelled", "cancelled"]
    assert appointments.book(patient=PatientFactory(), slot=session.four[0], origin=desk())
    assert pool.check() == []


def test_nothing_is_lifted_twice_or_without_right_and_reason(session, chief):
    [stoppage] = stop(session, "stop_new", chief)
    with pytest.raises(NotAllowed):
        stoppages.lift(stoppage, origin=desk(), reason="x")
    with pytest.raises(ReasonRequired):
        stoppages.lift(stoppage, origin=chief, reason="")
    stoppages.lift(stoppage, origin=chief, reason="x")
    with pytest.raises(errors.WrongStatus):
        stoppages.lift(stoppage, origin=chief, reason="x")


def test_a_lifted_session_can_be_stopped_again(session, chief):
    [stoppage] = stop(session, "stop_new", chief)
    stoppages.lift(stoppage, origin=chief, reason="x")
    [again] = stop(session, "stop_new", chief)
    assert again != stoppage
    assert status(session) == "stopped"


def test_a_hold_that_ended_before_the_stoppage_is_ended_too(session, chief, minutes):
    late = session.hold.held_until + minutes(1)
    stop(session, "cancel", chief, at=late)
    assert Session.objects.get(pk=session.pk).slots.filter(taken__gt=0).count() == 0
    assert pool.check() == []


def test_a_kind_that_nobody_knows_stops_nothing(db):
    session, origin = SessionFactory(), desk("supervisor")
    with pytest.raises(IntegrityError):
        stoppages.apply(stoppages.plan([session], origin=origin), kind="stop", reason="ill", origin=origin)
    session.refresh_from_db()
    assert session.status == "open"
