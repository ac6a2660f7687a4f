import datetime as dt
import uuid

import pytest

from common import clock
from common.errors import NotAllowed, ReasonRequired
from directory.tests.factories import ServiceFactory, SiteFactory
from patients.tests.factories import PatientFactory
from scheduling import errors
from scheduling.models import Appointment, AppointmentEvent, Slot
from scheduling.services import appointments, holds, pool
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory, channel, desk


def book(**given):
    given.setdefault("patient", None)
    given["patient"] = given["patient"] or PatientFactory()
    given.setdefault("origin", desk())
    return appointments.book(**given)


def test_a_booking_takes_a_place_and_leaves_an_event_and_a_history_row():
    slot, origin = SlotFactory(), desk()
    booking = book(slot=slot, origin=origin, reason="knee")
    slot.refresh_from_db()
    event = AppointmentEvent.objects.get()
    assert (slot.taken, booking.place, booking.status, booking.reason) == (1, 1, "booked", "knee")
    assert (event.kind, event.by, event.channel, event.appointment) == ("booked", origin.by, "desk", booking)
    assert booking.history.get().history_user == origin.by
    assert pool.check() == []


def test_the_last_place_goes_to_one_of_two_callers():
    slot = SlotFactory()
    book(slot=slot)
    with pytest.raises(errors.SlotFull) as refusal:
        book(slot=slot)
    assert refusal.value.status == 409
    assert Appointment.objects.count() == 1


def test_whoever_loses_is_offered_the_nearest_places_of_the_same_practitioner_first():
    session = SessionFactory()
    slot, next_one, later = (SlotFactory(session=session, number=n) for n in (0, 1, 3))
    twin = SessionFactory(service=session.service)
    colleague = SlotFactory(session=twin)
    book(slot=slot)
    with pytest.raises(errors.SlotFull) as refusal:
        book(slot=slot)
    assert refusal.value.alternatives == [next_one, later, colleague]


def test_places_are_numbered_from_one_and_a_freed_number_is_given_again():
    slot = SlotFactory(capacity=3)
    first, second = book(slot=slot), book(slot=slot)
    appointments.cancel(appointment=first, origin=desk())
    again, third = book(slot=slot), book(slot=slot)
    assert [second.place, again.place, third.place] == [2, 1, 3]


def test_a_gap_in_the_middle_is_filled_first():
    slot = SlotFactory(capacity=5)
    bookings = [book(slot=slot) for _ in range(4)]
    appointments.cancel(appointment=bookings[1], origin=desk())
    assert book(slot=slot).place == 2


def test_a_slot_and_a_patient_may_be_named_by_public_id():
    slot, patient = SlotFactory(), PatientFactory()
    assert appointments.book(patient=patient.uuid, slot=slot.uuid, origin=desk()).patient == patient


def test_an_unknown_slot_or_patient_is_refused():
    with pytest.raises(errors.SlotNotFound):
        book(slot=uuid.uuid4())
    with pytest.raises(errors.PatientNotFound):
        book(slot=SlotFactory(), patient=uuid.uuid4())


def test_a_slot_outside_the_persons_scope_does_not_exist_for_them():
    with pytest.raises(errors.SlotNotFound):
        book(slot=SlotFactory(), origin=desk(sees_all_sites=False))


def test_a_session_that_is_not_released_says_when_it_opens(now):
    session = SessionFactory(released_at=now + dt.timedelta(hours=2))
    with pytest.raises(errors.NotReleased, match="Places of this session open on"):
        book(slot=SlotFactory(session=session))


@pytest.mark.parametrize(("closed", "refusal"), [("blocked", errors.SlotBlocked), ("stopped", errors.SessionStopped)])
def test_a_closed_slot_is_refused(closed, refusal):
    with pytest.raises(refusal):
        book(slot=SlotFactory(closed=closed))


def test_a_stopped_session_is_refused():
    with pytest.raises(errors.SessionStopped):
        book(slot=SlotFactory(session=SessionFactory(status="stopped")))


def test_the_claim_itself_sees_that_the_slot_was_closed_meanwhile():
    slot = SlotFactory()
    Slot.objects.filter(pk=slot.pk).update(closed="stopped")
    assert not Slot.objects.claim(slot.pk)


def test_a_slot_that_has_begun_is_over_for_the_portal_and_open_at_the_desk(minutes):
    slot = SlotFactory()
    late = slot.starts_at + minutes(5)
    with pytest.raises(errors.SlotPast):
        book(slot=slot, origin=channel("portal"), at=late)
    assert book(slot=slot, at=late).status == "booked"


def test_a_slot_that_has_ended_is_refused_everywhere():
    slot = SlotFactory()
    with pytest.raises(errors.SlotPast):
        book(slot=slot, at=slot.ends_at)


def test_a_patient_cannot_be_in_two_places_at_once():
    patient = PatientFactory()
    book(slot=SlotFactory(), patient=patient)
    with pytest.raises(errors.PatientBusy):
        book(slot=SlotFactory(), patient=patient)


def test_visits_that_touch_do_not_overlap():
    patient, session = PatientFactory(), SessionFactory()
    book(slot=SlotFactory(session=session), patient=patient)
    assert book(slot=SlotFactory(session=session, number=1), patient=patient)


@pytest.mark.parametrize(
    ("limit", "refusal"),
    [
        ({"max_open": 1}, errors.TooManyOpen),
        ({"max_per_day": 1}, errors.TooManyOnDay),
        ({"max_per_department": 1}, errors.TooManyInDepartment),
    ],
)
def test_a_site_limits_what_one_patient_may_book(limit, refusal):
    service = ServiceFactory(department__site=SiteFactory(**limit))
    session, patient = SessionFactory(service=service), PatientFactory()
    book(slot=SlotFactory(session=session), patient=patient)
    with pytest.raises(refusal):
        book(slot=SlotFactory(session=session, number=2), patient=patient)


def test_yesterdays_visits_do_not_count_as_open(now):
    service = ServiceFactory(department__site=SiteFactory(max_open=1))
    patient = PatientFactory()
    past = SlotFactory(session=SessionFactory(service=service, day=clock.today() - dt.timedelta(days=1)))
    AppointmentFactory(patient=patient, slot=past, status="booked")
    assert book(slot=SlotFactory(session=SessionFactory(service=service)), patient=patient)


def test_a_barred_patient_is_told_until_when(now):
    patient = PatientFactory(barred_until=now + dt.timedelta(days=3))
    with pytest.raises(errors.PatientBarred):
        book(slot=SlotFactory(), patient=patient, origin=channel())


def test_a_restriction_ends_by_itself(now):
    patient = PatientFactory(barred_until=now - dt.timedelta(minutes=1))
    assert book(slot=SlotFactory(), patient=patient, origin=channel())


def test_a_merged_record_names_the_one_to_use():
    kept = PatientFactory()
    with pytest.raises(errors.PatientMerged, match=kept.record_number):
        book(slot=SlotFactory(), patient=PatientFactory(merged_into=kept))


def test_nobody_is_booked_for_the_dead():
    with pytest.raises(errors.PatientDeceased):
        book(slot=SlotFactory(), patient=PatientFactory(deceased_on=clock.today()))


@pytest.mark.parametrize(("years", "fits"), [(13, True), (14, True), (15, False)])
def test_age_counts_in_completed_years_on_the_day_of_the_visit(years, fits):
    day = clock.today() + dt.timedelta(days=1)
    patient = PatientFactory(birth_date=day.replace(year=day.year - years, day=min(day.day, 28)))
    slot = SlotFactory(session=SessionFactory(service=ServiceFactory(max_age=14), day=day))
    if fits:
        assert book(slot=slot, patient=patient)
    else:
        with pytest.raises(errors.AgeNotServed, match="0 to 14 years"):
            book(slot=slot, patient=patient)


def test_a_service_for_women_refuses_men_and_accepts_who_is_not_known():
    service = ServiceFactory(sex="female")
    session = SessionFactory(service=service)
    with pytest.raises(errors.SexNotServed):
        book(slot=SlotFactory(session=session), patient=PatientFactory(sex="male"))
    assert book(slot=SlotFactory(session=session, number=1), patient=PatientFactory(sex="unknown"))


def test_overbooking_takes_a_right_a_reason_and_stays_within_the_sessions_limit():
    slot = SlotFactory(session=SessionFactory(overbook_limit=1))
    chief = desk(is_superuser=True)
    book(slot=slot)
    with pytest.raises(errors.OverbookNotAllowed):
        book(slot=slot, origin=channel("portal"), overbook=True, reason="urgent")
    with pytest.raises(ReasonRequired):
        book(slot=slot, origin=chief, overbook=True)
    extra = book(slot=slot, origin=chief, overbook=True, reason="post-operative fever")
    assert (extra.place, extra.is_overbooked) == (2, True)
    with pytest.raises(errors.OverbookLimit):
        book(slot=slot, origin=chief, overbook=True, reason="another")
    assert pool.check() == []


def test_an_overbooked_session_shrinks_back_before_it_takes_anybody_new():
    slot = SlotFactory(session=SessionFactory(overbook_limit=1))
    first = book(slot=slot)
    book(slot=slot, origin=desk(is_superuser=True), overbook=True, reason="urgent")
    appointments.cancel(appointment=first, origin=desk())
    with pytest.raises(errors.SlotFull):
        book(slot=slot)
    slot.refresh_from_db()
    assert (slot.taken, slot.overbooking) == (1, 0)
    assert pool.check() == []


def test_overbooking_takes_a_normal_place_while_there_is_one():
    booking = book(slot=SlotFactory(), origin=desk(is_superuser=True), overbook=True, reason="urgent")
    assert not booking.is_overbooked


def test_the_same_request_twice_makes_one_booking():
    slot, patient, origin = SlotFactory(capacity=5), PatientFactory(), channel(key="abc")
    first = book(slot=slot, patient=patient, origin=origin)
    again = book(slot=slot, patient=patient, origin=origin)
    assert first == again
    assert Appointment.objects.count() == 1


def test_the_same_key_with_other_content_is_refused():
    slot, origin = SlotFactory(capacity=5), channel(key="abc", digest="one")
    book(slot=slot, origin=origin)
    other = type(origin)(origin.by, origin.channel, "abc", "two")
    with pytest.raises(errors.KeyReused):
        book(slot=slot, origin=other)
    assert Appointment.objects.count() == 1


def test_two_callers_may_use_the_same_key():
    slot = SlotFactory(capacity=2)
    assert book(slot=slot, origin=channel(key="abc")) != book(slot=slot, origin=channel(key="abc"))


def test_a_refused_request_may_come_again_with_its_key(now):
    patient = PatientFactory(barred_until=now + dt.timedelta(minutes=5))
    slot, origin = SlotFactory(), channel(key="abc")
    with pytest.raises(errors.PatientBarred):
        book(slot=slot, patient=patient, origin=origin)
    assert book(slot=slot, patient=patient, origin=origin, at=now + dt.timedelta(minutes=6))


def test_a_full_slot_whose_hold_has_ended_is_free(now, minutes):
    slot = SlotFactory()
    kept = holds.hold(slot=slot, origin=channel(), at=now)
    booking = book(slot=slot, at=now + minutes(6))
    kept.refresh_from_db()
    assert (booking.place, kept.status) == (1, "lapsed")
    assert pool.check() == []


def test_a_running_hold_keeps_others_out(now, minutes):
    slot = SlotFactory()
    holds.hold(slot=slot, origin=channel(), at=now)
    with pytest.raises(errors.SlotFull):
        book(slot=slot, at=now + minutes(4))


def test_marking_a_no_show_needs_the_right():
    booking = AppointmentFactory()
    with pytest.raises(NotAllowed):
        appointments.mark_noshow(appointment=booking, origin=channel(), at=booking.ends_at)
