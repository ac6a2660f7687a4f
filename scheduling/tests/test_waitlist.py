import datetime as dt

import pytest

from common import clock
from directory.tests.factories import PractitionerFactory, ServiceFactory
from patients.tests.factories import PatientFactory
from scheduling import errors, jobs
from scheduling.models import Appointment, AppointmentEvent, WaitlistEntry
from scheduling.services import appointments, holds, pool, stoppages, waitlist
from scheduling.tests.factories import AppointmentFactory, SlotFactory, WaitlistEntryFactory, channel, desk


@pytest.fixture
def slot():
    return SlotFactory()


def entry(slot, **given):
    return WaitlistEntryFactory(service=slot.service, **given)


def offered(slot, **given):
    return waitlist.offer(entry=entry(slot), slot=slot, origin=desk(), **given)


def status(row):
    row.refresh_from_db()
    return row.status


def join(patient=None, service=None, **given):
    today = clock.today()
    given = {"earliest": today, "latest": today + dt.timedelta(days=7), "origin": channel()} | given
    return waitlist.join(patient=patient or PatientFactory(), service=service or ServiceFactory(), **given)


def test_somebody_waits_for_a_service_between_two_days(now):
    waiting = join(priority=2, note="any morning", part_of_day="am", at=now)
    assert (waiting.status, waiting.channel, waiting.created_at) == ("waiting", "portal", now)
    assert waiting.history.get().history_user == waiting.by


def test_nobody_waits_twice_for_one_service():
    first = join()
    with pytest.raises(errors.AlreadyWaiting):
        join(first.patient, first.service)
    assert join(first.patient)
    waitlist.withdraw(entry=first, origin=desk())
    assert join(first.patient, first.service)


def test_the_days_of_waiting_are_in_order_and_ahead():
    today = clock.today()
    with pytest.raises(errors.DatesNotInOrder):
        join(earliest=today + dt.timedelta(days=2), latest=today + dt.timedelta(days=1))
    with pytest.raises(errors.DatesNotInOrder):
        join(earliest=today - dt.timedelta(days=2), latest=today - dt.timedelta(days=1))


def test_only_the_living_and_the_kept_record_wait(now):
    with pytest.raises(errors.PatientDeceased):
        join(PatientFactory(deceased_on=clock.today()))
    with pytest.raises(errors.PatientMerged):
        join(PatientFactory(merged_into=PatientFactory()))


def test_who_is_next_by_priority_then_by_waiting(slot, now):
    young = entry(slot, created_at=now)
    old = entry(slot, created_at=now - dt.timedelta(days=3))
    urgent = entry(slot, created_at=now, priority=5)
    assert waitlist.candidates_for(slot) == [urgent, old, young]
    assert waitlist.candidates_for(slot, count=2) == [urgent, old]


def test_only_those_whom_the_place_suits_are_asked(slot):
    day = slot.session.day
    suits = entry(slot, part_of_day="am", practitioner=slot.session.practitioner, earliest=day, latest=day)
    entry(slot, part_of_day="pm")
    entry(slot, practitioner=PractitionerFactory())
    entry(slot, earliest=day + dt.timedelta(days=1))
    entry(slot, earliest=day - dt.timedelta(days=9), latest=day - dt.timedelta(days=1))
    entry(slot, notice_hours=72)
    entry(slot, status="withdrawn")
    WaitlistEntryFactory()
    assert waitlist.candidates_for(slot) == [suits]


def test_notice_is_counted_to_the_hour(slot):
    waiting = entry(slot, notice_hours=3)
    three_hours = slot.starts_at - dt.timedelta(hours=3)
    assert waitlist.candidates_for(slot, at=three_hours) == [waiting]
    assert waitlist.candidates_for(slot, at=three_hours + dt.timedelta(seconds=1)) == []


def test_an_offer_holds_the_place_for_one_person_alone(slot, now, minutes):
    made = offered(slot, at=now)
    assert (made.status, made.expires_at, made.entry.status) == ("open", now + minutes(30), "offered")
    assert (made.appointment.status, made.appointment.patient) == ("held", made.entry.patient)
    with pytest.raises(errors.SlotFull):
        appointments.book(patient=PatientFactory(), slot=slot, origin=desk(), at=now + minutes(29))
    assert appointments.book(patient=PatientFactory(), slot=slot, origin=desk(), at=now + minutes(30))


def test_nobody_gets_two_offers_at_a_time(slot):
    waiting = entry(slot)
    waitlist.offer(entry=waiting, slot=slot, origin=desk())
    with pytest.raises(errors.NotWaiting):
        waitlist.offer(entry=waiting, slot=SlotFactory(session=slot.session, number=1), origin=desk())
    assert Appointment.objects.count() == 1


def test_an_offer_that_cannot_hold_its_place_changes_nothing(slot):
    AppointmentFactory(slot=slot)
    waiting = entry(slot)
    with pytest.raises(errors.SlotFull):
        waitlist.offer(entry=waiting, slot=slot, origin=desk())
    assert status(waiting) == "waiting"


@pytest.mark.parametrize("answering", [desk, channel])
def test_an_offer_is_accepted_through_any_door(slot, now, answering):
    made = offered(slot, at=now)
    origin = answering()
    booking = waitlist.accept(offer=made.uuid, origin=origin, at=now)
    assert (booking.status, booking.patient, booking.slot) == ("booked", made.entry.patient, slot)
    assert (status(made), status(made.entry)) == ("accepted", "booked")
    assert AppointmentEvent.objects.get(kind="booked").by == origin.by
    assert pool.check() == []


def test_accepting_twice_with_the_same_key_is_one_booking(slot, now):
    made, origin = offered(slot, at=now), channel(key="k")
    first = waitlist.accept(offer=made, origin=origin, at=now)
    assert waitlist.accept(offer=made, origin=origin, at=now) == first


def test_an_offer_is_answered_once(slot, now):
    made = offered(slot, at=now)
    waitlist.accept(offer=made, origin=channel(), at=now)
    for verb in (waitlist.accept, waitlist.decline):
        with pytest.raises(errors.OfferOver, match="Accepted"):
            verb(offer=made, origin=channel(), at=now)


def test_who_declines_waits_on_and_the_place_is_free_at_once(slot, now):
    made = offered(slot, at=now)
    waitlist.decline(offer=made, origin=channel(), at=now)
    assert (status(made), status(made.entry)) == ("declined", "waiting")
    slot.refresh_from_db()
    assert slot.taken == 0
    assert waitlist.candidates_for(slot) == []
    assert pool.check() == []


def test_an_offer_that_was_not_answered_in_time_is_over(slot, now, minutes):
    made, late = offered(slot, at=now), now + minutes(30)
    for verb in (waitlist.accept, waitlist.decline):
        with pytest.raises(errors.OfferOver):
            verb(offer=made, origin=channel(), at=late)
    assert (waitlist.lapse_offers(late), waitlist.lapse_offers(late)) == (1, 0)
    assert (status(made), status(made.entry)) == ("lapsed", "waiting")


def test_the_minutely_job_ends_offers_and_their_holds(slot, now, minutes):
    made = offered(slot, at=now - minutes(31))
    jobs.every_minute()
    assert (status(made), status(made.appointment)) == ("lapsed", "lapsed")
    assert pool.check() == []


def test_a_running_offer_does_not_lapse(slot, now, minutes):
    made = offered(slot, at=now)
    assert waitlist.lapse_offers(now + minutes(29)) == 0
    assert status(made) == "open"


def test_withdrawing_gives_up_a_running_offer(slot, now):
    made = offered(slot, at=now)
    waitlist.withdraw(entry=made.entry, origin=channel(), at=now)
    assert (status(made), status(made.entry), status(made.appointment)) == ("declined", "withdrawn", "cancelled")
    with pytest.raises(errors.NotWaiting):
        waitlist.withdraw(entry=made.entry, origin=channel(), at=now)
    assert pool.check() == []


@pytest.mark.parametrize("verb", ["decline", "withdraw"])
def test_an_offer_whose_session_was_stopped_can_still_be_declined(slot, now, verb):
    made, chief = offered(slot, at=now), desk(is_superuser=True)
    stoppages.apply(stoppages.plan([slot.session], origin=chief), kind="cancel", reason="ill", origin=chief)
    with pytest.raises(errors.OfferOver):
        waitlist.accept(offer=made, origin=channel(), at=now)
    if verb == "decline":
        waitlist.decline(offer=made, origin=channel(), at=now)
    else:
        waitlist.withdraw(entry=made.entry, origin=channel(), at=now)
    assert (status(made), status(made.entry)) == ("declined", "waiting" if verb == "decline" else "withdrawn")
    assert pool.check() == []


def test_who_was_booked_past_the_offer_no_longer_waits(slot, now, minutes):
    made = offered(slot, at=now)
    holds.book_held(hold=made.appointment, origin=desk(), at=now)
    assert waitlist.lapse_offers(now + minutes(30)) == 0
    assert (status(made), status(made.entry)) == ("accepted", "booked")


def test_an_offer_that_lapses_takes_a_renewed_hold_with_it(slot, now, minutes):
    made = offered(slot, at=now)
    holds.renew(hold=made.appointment, origin=desk(), at=now + minutes(29))
    waitlist.lapse_offers(now + minutes(30))
    assert status(made.appointment) == "cancelled"
    assert pool.check() == []


def test_a_place_of_another_service_is_not_offered(slot, now):
    with pytest.raises(errors.OtherService, match="General clinic"):
        waitlist.offer(entry=entry(slot), slot=SlotFactory(), origin=desk(), at=now)


def test_offers_do_not_count_as_hoarding(slot, now, settings):
    settings.MAX_HOLDS = 1
    origin = desk()
    waitlist.offer(entry=entry(slot), slot=slot, origin=origin, at=now)
    assert holds.hold(slot=SlotFactory(), origin=origin, at=now)


def test_whose_last_day_has_passed_waits_no_longer(slot):
    today = clock.today()
    past = entry(slot, earliest=today - dt.timedelta(days=9), latest=today - dt.timedelta(days=1))
    current = entry(slot, latest=today)
    assert (waitlist.expire_entries(), waitlist.expire_entries()) == (1, 0)
    assert (status(past), status(current)) == ("expired", "waiting")
    assert past.history.first().history_change_reason == "date passed"


def test_who_has_an_offer_is_not_expired_under_it(slot, now):
    made = offered(slot, at=now)
    later = now + dt.timedelta(days=60)
    assert waitlist.expire_entries(later) == 0
    assert status(made.entry) == "offered"
    assert WaitlistEntry.objects.in_turn().count() == 0
