"""Two connections at once: nobody waits in a circle, and whoever loses is told in words. `tests/test_races.py` does the
same over HTTP with a crowd; here are the pairs that could meet head-on."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from time import sleep

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from accounts.services.actors import system_user
from common import clock
from common.errors import Refusal
from directory.tests.factories import PractitionerFactory, ServiceFactory
from patients.tests.factories import PatientFactory
from scheduling import errors
from scheduling.models import Appointment, ChannelRule, Session, Slot
from scheduling.services import appointments, claiming, holds, pool, rules, schedules, sessions, stoppages, together
from scheduling.tests.factories import AppointmentFactory, ScheduleFactory, SessionFactory, SlotFactory, channel, desk

ROUNDS = 10
on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time")


@pytest.fixture(autouse=True)
def _committed(transactional_db):
    """Other connections see what the test has written."""


def at_once(*works):
    """Run them at the same moment, each on its own connection; what each returned or refused."""
    gate = Barrier(len(works))

    def run(work):
        gate.wait(10)
        try:
            return work()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as threads:
        return [future.result() for future in [threads.submit(run, work) for work in works]]


def refused(results):
    return [result.code for result in results if isinstance(result, Refusal)]


def test_opposite_moves_both_succeed():
    left, right = SlotFactory(capacity=2), SlotFactory(capacity=2)
    one, other = AppointmentFactory(slot=left), AppointmentFactory(slot=right)
    origin, targets = desk(), (right, left)
    for _ in range(ROUNDS):
        here, there = targets
        results = at_once(
            lambda: appointments.move(appointment=one, slot=here, origin=origin),  # noqa: B023
            lambda: appointments.move(appointment=other, slot=there, origin=origin),  # noqa: B023
        )
        assert refused(results) == []
        targets = there, here
    assert pool.check() == []


def test_opposite_moves_between_sessions_with_channel_rules_both_succeed():
    ChannelRule.objects.create(channel="portal", name_en="Nearly all", max_percent=90)
    far = clock.today() + dt.timedelta(days=9)
    left, right = (SlotFactory(capacity=10, session=SessionFactory(day=far)) for _ in range(2))
    one, other = AppointmentFactory(slot=left), AppointmentFactory(slot=right)
    origin = channel("portal")
    results = at_once(
        lambda: appointments.move(appointment=one, slot=right, origin=origin),
        lambda: appointments.move(appointment=other, slot=left, origin=origin),
    )
    assert refused(results) == []
    assert pool.check() == []


def test_two_families_whose_sessions_come_the_other_way_round(monkeypatch):
    """Each books in both sessions; by the slots' ids alone they would take the sessions crosswise."""
    one_by_one = together._make_one
    monkeypatch.setattr(together, "_make_one", lambda *args: (one_by_one(*args), sleep(0.2))[0])
    ChannelRule.objects.create(channel="portal", name_en="Nearly all", max_percent=90)
    far = clock.today() + dt.timedelta(days=9)
    first, second = (SessionFactory(day=far + dt.timedelta(days=n)) for n in range(2))
    there = [SlotFactory(capacity=60, session=session) for session in (first, second)]
    back = [SlotFactory(capacity=60, session=session, number=1) for session in (second, first)]
    families = [[(PatientFactory(), slot) for slot in slots] for slots in (there, back)]
    origin = channel("portal")
    results = at_once(*[lambda f=family: together.book_together(bookings=f, origin=origin) for family in families])
    assert refused(results) == []
    assert pool.check() == []


def test_two_families_that_name_their_members_the_other_way_round():
    family, origin = [PatientFactory() for _ in range(2)], desk()
    for number in range(ROUNDS):
        early, late = (SlotFactory(capacity=2, session=SessionFactory(), number=2 * number + n) for n in range(2))
        there, back = [list(zip(people, (slot, slot), strict=True)) for people, slot in
                       ((family, early), (family[::-1], late))]  # fmt: skip
        results = at_once(
            lambda: together.book_together(bookings=there, origin=origin),  # noqa: B023
            lambda: together.book_together(bookings=back, origin=origin),  # noqa: B023
        )
        assert refused(results) == []
    assert pool.check() == []


def test_a_family_and_a_stoppage_wait_for_each_other():
    chief = desk(is_superuser=True)
    for _ in range(ROUNDS):
        session, free = SessionFactory(), SessionFactory()
        people = [PatientFactory() for _ in range(4)]
        for number, patient in enumerate(people):
            AppointmentFactory(patient=patient, slot=SlotFactory(session=session, number=number))
        places = [SlotFactory(session=free, number=4 + number) for number in range(4)]
        plan = stoppages.plan([session], origin=chief)
        pairs = list(zip(reversed(people), places, strict=True))
        results = at_once(
            lambda: stoppages.apply(plan, kind="cancel", reason="ill", origin=chief),  # noqa: B023
            lambda: together.book_together(bookings=pairs, origin=desk()),  # noqa: B023
        )
        assert refused(results) == []
    assert pool.check() == []


def test_a_stoppage_cancels_nobody_unseen_and_leaves_nobody_booked_however_many_come_in_meanwhile():
    session, chief = SessionFactory(), desk(is_superuser=True)
    slots = [SlotFactory(session=session, number=n, capacity=2) for n in range(6)]
    leaving = AppointmentFactory(slot=slots[0])
    elsewhere, origins = SlotFactory(number=8), [channel() for _ in slots]
    people = [PatientFactory() for _ in slots]
    plan = stoppages.plan([session], origin=chief)
    results = at_once(
        lambda: stoppages.apply(plan, kind="cancel", reason="ill", origin=chief),
        lambda: appointments.move(appointment=leaving, slot=elsewhere, origin=chief),
        *[
            lambda p=patient, s=slot, o=origin: appointments.book(patient=p, slot=s, origin=o)
            for patient, slot, origin in zip(people, slots, origins, strict=True)
        ],
    )
    assert set(refused(results)) <= {"session_stopped", "wrong_status", "plan_outdated"}
    came_in = Appointment.objects.filter(patient__in=people)
    if "plan_outdated" in refused(results):
        assert set(came_in.values_list("status", flat=True)) == {"booked"}
        stoppages.apply(stoppages.plan([session], origin=chief), kind="cancel", reason="ill", origin=chief)
    else:
        assert not came_in.exists()
    assert not Appointment.objects.filter(slot__session=session, status__in=["booked", "held"]).exists()
    assert pool.check() == []


def test_two_stoppages_of_one_session_are_one():
    booking, chief = AppointmentFactory(), desk(is_superuser=True)
    plans = [stoppages.plan([booking.slot.session], origin=chief) for _ in range(2)]
    results = at_once(*[lambda p=plan: stoppages.apply(p, kind="cancel", reason="ill", origin=chief) for plan in plans])
    assert refused(results) == []
    assert booking.slot.session.stoppages.get().cancelled == 1


def test_the_place_of_an_ended_hold_goes_to_one_while_the_minutely_job_ends_it(minutes, monkeypatch):
    give_back = claiming.give_back
    monkeypatch.setattr(claiming, "give_back", lambda hold: (sleep(0.3), give_back(hold)))
    slot, now = SlotFactory(), clock.now()
    holds.hold(slot=slot, origin=channel(), at=now)
    late, people = now + minutes(6), [PatientFactory() for _ in range(3)]
    results = at_once(
        *[lambda p=person: appointments.book(patient=p, slot=slot, origin=desk(), at=late) for person in people],
        lambda: holds.lapse_expired(late),
    )
    assert refused(results) == ["slot_full"] * 2
    assert pool.check() == []


def test_a_hold_is_booked_or_released_never_both():
    origin, now = channel(), clock.now()
    kept = holds.hold(slot=SlotFactory(), patient=PatientFactory(), origin=origin, at=now)
    results = at_once(
        lambda: holds.book_held(hold=kept, origin=origin, at=now),
        lambda: holds.release(hold=kept, origin=origin, at=now),
    )
    assert refused(results) == ["wrong_status"]
    assert pool.check() == []


def test_the_roster_changes_under_nobody_who_is_just_booking(settings, monkeypatch):
    """They come between the last look at the plan and its doing."""
    settings.HOLIDAY_COUNTRY = ""
    looked, whole = Event(), schedules._apply
    monkeypatch.setattr(schedules, "_apply", lambda *args: (looked.set(), sleep(0.5), whole(*args)))
    day, by = clock.today() + dt.timedelta(days=2), desk().by
    schedule = ScheduleFactory(weekday=day.weekday())
    sessions.generate(day, day, by=system_user())
    plan = schedules.plan_change(schedule, starts=dt.time(11), ends=dt.time(12))
    people = [PatientFactory() for _ in range(4)]
    works = [
        lambda p=person, s=slot: looked.wait(5) and appointments.book(patient=p, slot=s, origin=desk())
        for person, slot in zip(people, Slot.objects.order_by("pk"), strict=True)
    ]
    results = at_once(lambda: schedules.apply_change(plan, by=by, reason="new term"), *works)
    assert refused(results) == ["slot_blocked"] * 4
    assert pool.check() == []


def test_two_nightly_jobs_make_the_sessions_once(settings):
    settings.HOLIDAY_COUNTRY = ""
    monday, by = dt.date(2026, 3, 2), system_user()
    for _ in range(5):
        ScheduleFactory()
    results = at_once(*[lambda: sessions.generate(monday, monday, by=by)] * 2)
    assert sorted(made.sessions for made in results) == [0, 5]
    assert Session.objects.count() == 5


def test_two_desks_do_not_add_the_same_person_twice():
    given = {
        "practitioner": PractitionerFactory(), "day": clock.today() + dt.timedelta(days=1), "starts": dt.time(18),
        "ends": dt.time(19), "by": desk().by, "reason": "long queue",
    }  # fmt: skip
    services = [ServiceFactory() for _ in range(2)]
    results = at_once(*[lambda s=service: sessions.add_extra(service=s, **given) for service in services])
    assert refused(results) == ["session_clash"]


def test_one_patient_books_two_overlapping_slots_once():
    patient, slots = PatientFactory(), [SlotFactory() for _ in range(4)]
    results = at_once(*[lambda s=slot: appointments.book(patient=patient, slot=s, origin=desk()) for slot in slots])
    assert refused(results) == ["patient_busy"] * 3
    assert pool.check() == []


@on_postgresql
def test_postgresql_itself_refuses_a_patient_in_two_places():
    first, second = AppointmentFactory(), AppointmentFactory()
    rows = Appointment.objects.filter(pk=second.pk)
    with pytest.raises(IntegrityError, match="patient_in_one_place_at_a_time"), transaction.atomic():
        rows.update(patient=first.patient)
    for status in ("cancelled", "noshow", "lapsed", "fulfilled"):
        rows.update(patient=second.patient, status=status)
        rows.update(patient=first.patient)


@on_postgresql
def test_what_postgresql_refuses_is_told_in_words(monkeypatch):
    monkeypatch.setattr(rules, "check_calendar", lambda *args, **more: None)
    first, slot = AppointmentFactory(), SlotFactory()
    with pytest.raises(errors.PatientBusy):
        appointments.book(patient=first.patient, slot=slot, origin=desk())
    slot.refresh_from_db()
    assert slot.taken == 0


@on_postgresql
def test_a_lock_that_is_held_too_long_is_busy_and_nothing_is_written():
    slot, patient = SlotFactory(), PatientFactory()
    with transaction.atomic():
        Slot.objects.filter(pk=slot.pk).update(capacity=1)
        [busy] = at_once(lambda: appointments.book(patient=patient, slot=slot, origin=desk()))
    assert (busy.code, busy.permanent, busy.status) == ("busy", False, 503)
    assert not Appointment.objects.exists()
