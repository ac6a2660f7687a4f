"""What a restriction refuses, and what it never does."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Channel
from accounts.services.actors import system_user
from common.errors import ReasonRequired
from directory.tests.factories import ServiceFactory
from patients.tests.factories import PatientFactory
from scheduling import errors
from scheduling.models import AppointmentEvent
from scheduling.services import appointments, holds, restrictions, together, waitlist
from scheduling.services.origin import Origin
from scheduling.tests.factories import (
    AppointmentFactory,
    SessionFactory,
    SlotFactory,
    WaitlistEntryFactory,
    channel,
    desk,
    restricted,
)


@pytest.fixture
def held():
    return restricted()


def slot_of(**service):
    return SlotFactory(session=SessionFactory(service=ServiceFactory(**service)))


def book(held, origin, slot=None, **more):
    held.patient.refresh_from_db()
    return appointments.book(patient=held.patient, slot=slot or SlotFactory(), origin=origin, **more)


@pytest.mark.parametrize("door", ["portal", "miniapp", "partner", "kiosk", "phone"])
def test_a_machine_is_told_until_when_and_where_to_object(held, door):
    slot = slot_of(department__site__phone="010 5555 0100")
    with pytest.raises(errors.PatientBarred, match="object, contact 010 5555 0100") as refusal:
        book(held, channel(door), slot)
    assert refusal.value.params["until"] in str(refusal.value)


def test_a_site_without_a_phone_is_named(held):
    slot = slot_of(department__site__phone="", department__site__name_en="Main site")
    with pytest.raises(errors.PatientBarred, match="object, contact Main site"):
        book(held, channel(), slot)


def test_an_answer_by_text_message_books_nothing(held):
    with pytest.raises(errors.PatientBarred):
        book(held, Origin(system_user(), Channel.SMS))


def test_the_desk_books_with_a_reason_that_stands_with_the_booking(held):
    with pytest.raises(ReasonRequired):
        book(held, desk())
    booking = book(held, desk(), reason="cannot use a phone")
    assert booking.events.get().reason == "cannot use a phone"


def test_staff_without_the_right_do_not(held):
    with pytest.raises(errors.PatientBarred):
        book(held, desk("clinician", sees_all_sites=True), reason="please")


def test_the_desk_holds_a_place_and_says_why_when_it_books_it(held):
    origin, slot = desk(), SlotFactory()
    held.patient.refresh_from_db()
    kept = holds.hold(slot=slot, patient=held.patient, origin=origin)
    with pytest.raises(ReasonRequired):
        holds.book_held(hold=kept, origin=origin)
    holds.book_held(hold=kept, origin=origin, reason="asked for by the ward")
    assert AppointmentEvent.objects.get(kind="booked").reason == "asked for by the ward"


def test_a_family_is_booked_by_the_desk_with_a_reason_and_not_by_a_machine(held):
    held.patient.refresh_from_db()
    pairs = [(held.patient, SlotFactory())]
    with pytest.raises(errors.PatientBarred):
        together.book_together(bookings=pairs, origin=channel(), reason="please")
    with pytest.raises(ReasonRequired):
        together.book_together(bookings=pairs, origin=desk())
    [booking] = together.book_together(bookings=pairs, origin=desk(), reason="for the child")
    assert booking.events.get().reason == "for the child"


def test_urgent_care_is_never_refused(held):
    assert book(held, channel(), slot_of(is_urgent=True))


def test_a_service_that_the_policy_leaves_open_is_not_refused(held):
    slot = slot_of()
    held.policy.exempt.add(slot.service)
    assert book(held, channel(), slot)
    with pytest.raises(errors.PatientBarred):
        book(held, channel())


def test_an_appeal_opens_every_door_at_once(held):
    restrictions.appeal(restriction=held, text="I was ill", by=desk().by)
    assert book(held, channel())


def test_it_is_over_at_its_end(held):
    slot = SlotFactory(session=SessionFactory(day=(held.until + dt.timedelta(days=2)).date()))
    with pytest.raises(errors.PatientBarred):
        book(held, channel(), slot, at=held.until - dt.timedelta(seconds=1))
    assert book(held, channel(), slot, at=held.until)


def test_what_was_booked_before_is_kept_and_moved_and_restored_by_its_patient(held):
    booking = AppointmentFactory(patient=held.patient, slot=SlotFactory(session=SessionFactory()))
    moved = appointments.move(
        appointment=booking, slot=SlotFactory(session=booking.slot.session, number=1), origin=channel()
    )
    appointments.cancel(appointment=moved, origin=channel())
    assert appointments.undo(appointment=moved, origin=channel()).status == "booked"


def test_a_restricted_patient_joins_the_waiting_list_only_at_the_desk(held, now):
    held.patient.refresh_from_db()
    wish = {"patient": held.patient, "service": ServiceFactory(), "earliest": now.date(), "latest": now.date()}
    wish["latest"] += dt.timedelta(days=9)
    with pytest.raises(errors.PatientBarred):
        waitlist.join(origin=channel(), **wish)
    assert waitlist.join(origin=desk(), **wish)


def test_a_place_that_the_house_offers_is_taken_by_message(held):
    slot = SlotFactory()
    entry = WaitlistEntryFactory(patient=held.patient, service=slot.service)
    offer = waitlist.offer(entry=entry, slot=slot, origin=Origin(system_user(), Channel.SYSTEM))
    assert waitlist.accept(offer=offer, origin=Origin(system_user(), Channel.SMS)).status == "booked"


def test_booking_for_who_is_not_restricted_asks_nothing_more(held):
    origin, slot, other = channel(), SlotFactory(), PatientFactory()
    with CaptureQueriesContext(connection) as ran:
        appointments.book(patient=other, slot=slot, origin=origin)
    assert not [one for one in ran if "bookingrestriction" in one["sql"]]
