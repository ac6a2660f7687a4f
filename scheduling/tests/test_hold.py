import datetime as dt
import uuid

import pytest

from patients.tests.factories import PatientFactory
from scheduling import errors
from scheduling.models import Appointment, AppointmentEvent
from scheduling.services import appointments, holds, pool
from scheduling.tests.factories import SessionFactory, SlotFactory, channel, desk


def kinds(appointment):
    return list(AppointmentEvent.objects.filter(appointment=appointment).values_list("kind", flat=True))


def test_a_hold_takes_a_place_until_its_end_and_needs_no_patient(now, minutes):
    slot = SlotFactory()
    kept = holds.hold(slot=slot, origin=channel(), at=now)
    slot.refresh_from_db()
    assert (kept.status, kept.patient, kept.held_until, slot.taken) == ("held", None, now + minutes(5), 1)
    assert kinds(kept) == ["held"]
    assert pool.check() == []


def test_the_last_place_cannot_be_held_twice(now):
    slot, other = SlotFactory(), SlotFactory()
    holds.hold(slot=slot, origin=channel(), at=now)
    with pytest.raises(errors.SlotFull):
        holds.hold(slot=slot, origin=channel(), at=now)
    assert holds.hold(slot=other, origin=channel(), at=now)


def test_a_hold_never_outlives_its_slot(now, minutes):
    slot = SlotFactory()
    kept = holds.hold(slot=slot, origin=desk(), at=slot.ends_at - minutes(2))
    assert kept.held_until == slot.ends_at


def test_a_hold_is_renewed_once_only(now, minutes):
    origin = channel()
    kept = holds.hold(slot=SlotFactory(), origin=origin, at=now)
    longer = holds.renew(hold=kept, origin=origin, at=now + minutes(4))
    assert (longer.held_until, longer.renewals) == (now + minutes(9), 1)
    with pytest.raises(errors.HoldRenewedAlready):
        holds.renew(hold=kept, origin=origin, at=now + minutes(8))
    assert kinds(kept) == ["held", "renewed"]


def test_renewing_never_makes_a_long_hold_shorter(now, minutes):
    origin = channel()
    kept = holds.hold(slot=SlotFactory(), origin=origin, minutes=30, at=now)
    assert holds.renew(hold=kept, origin=origin, at=now + minutes(2)).held_until == now + minutes(30)


def test_a_hold_that_has_ended_cannot_be_renewed_released_or_booked(now, minutes):
    origin = channel()
    kept, late = holds.hold(slot=SlotFactory(), origin=origin, at=now), now + minutes(5)
    for verb in (holds.renew, holds.release, holds.book_held):
        with pytest.raises(errors.HoldLapsed):
            verb(hold=kept, origin=origin, at=late)


def test_releasing_frees_the_place_at_once(now):
    slot, origin = SlotFactory(), channel()
    kept = holds.hold(slot=slot, origin=origin, at=now)
    holds.release(hold=kept, origin=origin, at=now)
    slot.refresh_from_db()
    assert (slot.taken, kinds(kept)) == (0, ["held", "released"])
    with pytest.raises(errors.WrongStatus):
        holds.release(hold=kept, origin=origin, at=now)
    assert pool.check() == []


def test_ended_holds_are_written_down_once(now, minutes):
    for number in range(3):
        holds.hold(slot=SlotFactory(number=number), origin=channel(), at=now)
    running = holds.hold(slot=SlotFactory(), origin=channel(), at=now + minutes(3))
    late = now + minutes(5)
    assert (holds.lapse_expired(late, batch=2), holds.lapse_expired(late)) == (3, 0)
    running.refresh_from_db()
    assert running.status == "held"
    assert AppointmentEvent.objects.filter(kind="lapsed", by__username="system").count() == 3
    assert pool.check() == []


def test_a_hold_made_for_a_patient_becomes_their_booking(now):
    patient, origin = PatientFactory(), channel()
    kept = holds.hold(slot=SlotFactory(), patient=patient, origin=origin, at=now)
    booking = holds.book_held(hold=kept, origin=origin, reason="knee", at=now)
    assert (booking.pk, booking.status, booking.patient, booking.held_until) == (kept.pk, "booked", patient, None)
    assert (booking.reason, kinds(kept)) == ("knee", ["held", "booked"])
    assert pool.check() == []


def test_a_hold_made_for_nobody_becomes_the_booking_of_whoever_is_named(now):
    patient, origin = PatientFactory(), channel()
    kept = holds.hold(slot=SlotFactory(), origin=origin, at=now)
    assert holds.book_held(hold=kept.uuid, patient=patient.uuid, origin=origin, at=now).patient == patient


def test_a_hold_made_for_nobody_needs_a_patient_to_be_booked(now):
    origin = channel()
    kept = holds.hold(slot=SlotFactory(), origin=origin, at=now)
    with pytest.raises(errors.HoldTaken):
        holds.book_held(hold=kept, origin=origin, at=now)


def test_a_hold_made_for_one_patient_is_not_booked_for_another(now):
    origin = channel()
    kept = holds.hold(slot=SlotFactory(), patient=PatientFactory(), origin=origin, at=now)
    with pytest.raises(errors.HoldTaken):
        holds.book_held(hold=kept, patient=PatientFactory(), origin=origin, at=now)


@pytest.mark.parametrize("verb", [holds.renew, holds.release, holds.book_held])
def test_another_callers_hold_is_out_of_reach(verb, now):
    kept = holds.hold(slot=SlotFactory(), patient=PatientFactory(), origin=channel(), at=now)
    with pytest.raises(errors.HoldTaken):
        verb(hold=kept, origin=channel(), at=now)
    kept.refresh_from_db()
    assert (kept.status, kept.renewals) == ("held", 0)


def test_the_desk_may_release_what_a_channel_holds(now):
    kept = holds.hold(slot=SlotFactory(), origin=channel(), at=now)
    assert holds.release(hold=kept, origin=desk(), at=now).status == "cancelled"


def test_an_unknown_hold_is_not_found(now):
    with pytest.raises(errors.AppointmentNotFound):
        holds.release(hold=uuid.uuid4(), origin=channel(), at=now)


def test_a_booking_is_not_a_hold(now):
    origin = desk()
    booking = appointments.book(patient=PatientFactory(), slot=SlotFactory(), origin=origin, at=now)
    with pytest.raises(errors.WrongStatus):
        holds.book_held(hold=booking, origin=origin, at=now)


def test_nobody_hoards_places(now, minutes, settings):
    settings.MAX_CHANNEL_HOLDS = 2
    session, origin = SessionFactory(), channel()
    for number in range(2):
        holds.hold(slot=SlotFactory(session=session, number=number), origin=origin, at=now)
    last = SlotFactory(session=session, number=2)
    with pytest.raises(errors.TooManyHolds):
        holds.hold(slot=last, origin=origin, at=now)
    assert holds.hold(slot=last, origin=channel(), at=now)
    assert holds.hold(slot=SlotFactory(), origin=origin, at=now + minutes(6))


def test_a_person_at_the_desk_may_hold_fewer_places_than_a_channel(now, settings):
    settings.MAX_HOLDS, settings.MAX_CHANNEL_HOLDS = 1, 2
    session, clerk, portal = SessionFactory(), desk(), channel()
    holds.hold(slot=SlotFactory(session=session), origin=clerk, at=now)
    holds.hold(slot=SlotFactory(session=session, number=1), origin=portal, at=now)
    assert holds.hold(slot=SlotFactory(session=session, number=2), origin=portal, at=now)
    with pytest.raises(errors.TooManyHolds):
        holds.hold(slot=SlotFactory(session=session, number=3), origin=clerk, at=now)


def test_a_patient_with_a_hold_is_busy_at_that_time(now):
    patient, origin = PatientFactory(), channel()
    holds.hold(slot=SlotFactory(), patient=patient, origin=origin, at=now)
    with pytest.raises(errors.PatientBusy):
        appointments.book(patient=patient, slot=SlotFactory(), origin=desk(), at=now)


def test_an_ended_hold_does_not_keep_its_patient_from_another_place_at_that_time(now, minutes):
    patient = PatientFactory()
    kept = holds.hold(slot=SlotFactory(), patient=patient, origin=channel(), at=now)
    assert appointments.book(patient=patient, slot=SlotFactory(), origin=channel(), at=now + minutes(6))
    kept.refresh_from_db()
    assert kept.status == "lapsed"
    assert pool.check() == []


def test_an_ended_hold_does_not_keep_its_patient_from_the_same_slot(now, minutes):
    slot, patient = SlotFactory(capacity=3), PatientFactory()
    holds.hold(slot=slot, patient=patient, origin=channel(), at=now)
    assert holds.hold(slot=slot, patient=patient, origin=channel(), at=now + minutes(6))
    assert Appointment.objects.filter(status="held").count() == 1
    assert pool.check() == []


def test_rules_are_asked_again_when_a_hold_is_booked(now):
    patient, origin = PatientFactory(), channel()
    kept = holds.hold(slot=SlotFactory(), patient=patient, origin=origin, at=now)
    type(patient).objects.filter(pk=patient.pk).update(barred_until=now + dt.timedelta(days=1))
    with pytest.raises(errors.PatientBarred):
        holds.book_held(hold=kept, origin=origin, at=now)


def test_a_hold_in_a_session_that_was_stopped_is_not_booked(now):
    slot, origin = SlotFactory(), channel()
    kept = holds.hold(slot=slot, patient=PatientFactory(), origin=origin, at=now)
    type(slot).objects.filter(pk=slot.pk).update(closed="stopped")
    with pytest.raises(errors.SessionStopped):
        holds.book_held(hold=kept, origin=origin, at=now)
