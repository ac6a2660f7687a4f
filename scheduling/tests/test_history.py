"""Whatever changes many rows at once leaves a history row for each, with its author and reason."""

import datetime as dt

import pytest

from accounts.services.actors import system_user
from accounts.tests.factories import UserFactory
from common import clock
from common.history import acting, record_history
from scheduling.models import Appointment, Session, Slot
from scheduling.services import appointments, holds, schedules, sessions, slots, stoppages
from scheduling.tests.factories import AppointmentFactory, ScheduleFactory, SessionFactory, SlotFactory, channel, desk


def last(row):
    row = row.history.first()
    return row.history_type, row.history_user, row.history_change_reason


def written(model, **given):
    """How many history rows say this."""
    return model.history.filter(**given).count()


def test_history_of_rows_that_the_database_changes_by_itself():
    made, author = [SlotFactory() for _ in range(3)], UserFactory()
    rows = Slot.objects.filter(pk__in=[slot.pk for slot in made[:2]])
    rows.update(capacity=7)
    with acting(author, "seven chairs"):
        assert record_history(rows, "~") == 2
    assert [last(slot) for slot in made[:2]] == [("~", author, "seven chairs")] * 2
    assert made[0].history.first().capacity == 7
    assert written(Slot, capacity=7) == 2


def test_history_of_no_rows_is_none():
    assert record_history(Slot.objects.filter(pk__in=[]), "~") == 0
    assert record_history(Slot.objects.filter(pk=-1), "~") == 0


def test_history_that_nobody_signs_has_no_author():
    slot = SlotFactory()
    record_history(Slot.objects.filter(pk=slot.pk), "~")
    assert last(slot) == ("~", None, "")


def test_generated_sessions_and_slots(settings):
    settings.HOLIDAY_COUNTRY = ""
    ScheduleFactory()
    monday, author = dt.date(2026, 3, 2), system_user()
    sessions.generate(monday, monday + dt.timedelta(days=7), by=author)
    signed = {"history_type": "+", "history_user": author, "history_change_reason": "roster"}
    assert (written(Session, **signed), written(Slot, **signed)) == (2, 8)


def test_an_extra_session():
    start = SessionFactory()
    author = desk().by
    session = sessions.add_extra(
        practitioner=start.practitioner, service=start.service, day=start.day, starts=dt.time(18), ends=dt.time(19),
        by=author, reason="long queue",
    )  # fmt: skip
    assert {last(row) for row in [session, *session.slots.all()]} == {("+", author, "long queue")}


def test_a_stoppage_signs_the_session_its_slots_and_each_cancelled_booking():
    booking, origin = AppointmentFactory(), desk("supervisor")
    session = booking.slot.session
    SlotFactory(session=session, number=1)
    [stoppage] = stoppages.apply(
        stoppages.plan([session], origin=origin), kind="cancel", reason="doctor is ill", origin=origin
    )
    signed = ("~", origin.by, "doctor is ill")
    assert {last(row) for row in [session, booking, *session.slots.all()]} == {signed}
    stoppages.lift(stoppage, origin=origin, reason="well again")
    assert {last(row) for row in [session, *session.slots.all()]} == {("~", origin.by, "well again")}


def test_a_repeated_stoppage_writes_no_second_history():
    slot, origin = SlotFactory(), desk("supervisor")
    plan = stoppages.plan([slot.session], origin=origin)
    for _ in range(2):
        stoppages.apply(plan, kind="stop_new", reason="ill", origin=origin)
    assert written(Slot, closed="stopped") == 1


def test_blocking_unblocking_and_resizing():
    slot, chief = SlotFactory(), desk("supervisor").by
    rows = Slot.objects.filter(pk=slot.pk)
    slots.block(rows, by=chief, reason="one")
    assert last(slot) == ("~", chief, "one")
    slots.unblock(rows, by=chief, reason="two")
    assert last(slot) == ("~", chief, "two")
    slots.set_capacity(slot, 4, by=chief, reason="three")
    assert last(slot) == ("~", chief, "three")


def test_a_changed_roster_signs_the_line_its_sessions_and_every_slot_it_touched(settings):
    settings.HOLIDAY_COUNTRY = ""
    day = clock.today() + dt.timedelta(days=2)
    schedule, author = ScheduleFactory(weekday=day.weekday()), desk().by
    sessions.generate(day, day, by=system_user())
    plan = schedules.plan_change(schedule, starts=dt.time(9, 30), ends=dt.time(11), capacity=2)
    schedules.apply_change(plan, by=author, reason="new term")
    session = Session.objects.get()
    touched = [schedule, session, *session.slots.all()]
    assert (len(touched), {last(row)[1:] for row in touched}) == (10, {(author, "new term")})
    done = {(slot.closed, last(slot)[0]) for slot in session.slots.all()}
    assert done == {("retired", "~"), ("", "~"), ("", "+")}


def test_lapsed_holds_are_signed_by_the_system(now, minutes):
    kept = holds.hold(slot=SlotFactory(), origin=channel(), at=now)
    holds.lapse_expired(now + minutes(6))
    assert last(kept)[:2] == ("~", system_user())


@pytest.mark.parametrize("verb", ["move", "cancel", "confirm", "undo"])
def test_each_act_on_a_booking_is_signed(verb):
    booking, origin = AppointmentFactory(), desk(is_superuser=True)
    given = {"appointment": booking, "origin": origin}
    if verb == "undo":
        appointments.cancel(**given)
    if verb == "move":
        given["slot"] = SlotFactory()
    before = written(Appointment)
    getattr(appointments, verb)(**given)
    assert last(booking)[:2] == ("~", origin.by)
    assert written(Appointment) == before + 1


def test_one_request_does_not_sign_for_the_next():
    appointments.cancel(appointment=AppointmentFactory(), origin=desk(), reason="fever")
    slot = SlotFactory()
    assert last(slot) == ("+", None, "")
