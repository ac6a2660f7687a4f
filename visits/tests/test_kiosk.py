"""Who is recognised at a kiosk, what everybody else is told, and that guessing ends soon."""

import datetime as dt

import pytest

from accounts.models import AccessLog
from accounts.models.access import Action
from accounts.services import devices
from common import clock
from directory.models import Scope
from directory.tests.factories import SiteFactory
from patients.services import identifiers
from patients.services.identity_numbers import GivenIdentifier
from scheduling.errors import NotToday
from scheduling.services import appointments, attendance
from scheduling.tests.factories import AppointmentFactory, SlotFactory
from visits.errors import NotRecognised, OtherHouse, TooManyTries, VisitCancelled, VisitOver
from visits.services import door_codes, kiosk
from visits.tests.factories import booked, clinic, counter

BORN = dt.date(1946, 3, 5)


@pytest.fixture
def machine(db):
    return devices.register(name="Hall A", channel="kiosk")


@pytest.fixture
def booking(db):
    return booked(clinic(), birth_date=BORN)


def test_the_code_of_a_booking_proves_it(machine, booking):
    assert kiosk.by_code(f" {door_codes.code_of(booking)} ", kiosk=machine) == [booking]


def test_a_code_made_up_from_a_known_reference_proves_nothing(machine, booking):
    for made_up in (booking.reference, f"{booking.reference}:", f"{booking.reference}:{'A' * 43}", "", "💥:"):
        with pytest.raises(NotRecognised):
            kiosk.by_code(made_up, kiosk=machine)
        AccessLog.objects.all().delete()


def test_a_reference_needs_the_birth_date(machine, booking):
    spoken = f"{booking.reference[:4].lower()}-{booking.reference[4:]}"
    assert kiosk.by_reference(spoken, BORN, kiosk=machine) == [booking]
    with pytest.raises(NotRecognised):
        kiosk.by_reference(spoken, BORN + dt.timedelta(days=1), kiosk=machine)


def test_an_identity_number_finds_all_visits_of_today(machine, booking):
    given = GivenIdentifier("passport", "E12345678")
    identifiers.add(patient=booking.patient, given=given, by=counter().by)
    later = SlotFactory(session=clinic(), starts_at=booking.starts_at + dt.timedelta(hours=2), capacity=1)
    second = AppointmentFactory(slot=later, patient=booking.patient)
    assert kiosk.by_identifier("e 1234 5678", kiosk=machine) == [booking, second]


def test_somebody_unknown_and_somebody_without_a_visit_today_are_told_the_same(machine, booking):
    identifiers.add(patient=booking.patient, given=GivenIdentifier("passport", "E12345678"), by=counter().by)
    appointments.cancel(appointment=booking, origin=counter(), reason="asked")
    for number in ("E12345678", "E00000000", "…"):
        with pytest.raises(NotRecognised):
            kiosk.by_identifier(number, kiosk=machine)


def test_a_visit_of_another_day_is_told_its_day(machine):
    session = clinic(day=clock.today() + dt.timedelta(days=3))
    slot = SlotFactory(session=session, starts_at=clock.now() + dt.timedelta(days=3), capacity=1)
    with pytest.raises(NotToday):
        kiosk.by_code(door_codes.code_of(AppointmentFactory(slot=slot)), kiosk=machine)


def test_a_cancelled_visit_and_one_that_is_over_are_told_apart_after_the_proof(machine, booking):
    code = door_codes.code_of(booking)
    attendance.arrive(appointment=booking, origin=counter())
    attendance.fulfil(appointment=booking, origin=counter())
    with pytest.raises(VisitOver):
        kiosk.by_code(code, kiosk=machine)
    other = booked(clinic())
    appointments.cancel(appointment=other, origin=counter(), reason="asked")
    with pytest.raises(VisitCancelled):
        kiosk.by_code(door_codes.code_of(other), kiosk=machine)


def test_a_visit_at_another_site_is_sent_there(machine, booking):
    machine.user.sees_all_sites = False
    machine.user.save()
    Scope.objects.create(user=machine.user, site=SiteFactory())
    with pytest.raises(OtherHouse):
        kiosk.by_code(door_codes.code_of(booking), kiosk=machine)


def test_after_five_failed_tries_the_machine_rests_and_each_is_on_record(machine, booking):
    for _try in range(kiosk.TRIES):
        with pytest.raises(NotRecognised):
            kiosk.by_reference("K7M2 9QXD", BORN, kiosk=machine, ip="127.0.0.1")
    with pytest.raises(TooManyTries):
        kiosk.by_reference(booking.reference, BORN, kiosk=machine)
    assert kiosk.by_code(door_codes.code_of(booking), kiosk=machine) == [booking]
    assert AccessLog.objects.filter(action=Action.OPEN, subject_uuid=booking.patient.uuid, user=machine.user).exists()
    assert AccessLog.objects.filter(action=Action.FAILED_CHECK, user=machine.user, detail="reference").count() == 5
    AccessLog.objects.update(at=clock.now() - kiosk.REST)
    assert kiosk.by_reference(booking.reference, BORN, kiosk=machine) == [booking]


def test_scans_of_foreign_codes_lock_nobody_out(machine, booking):
    for _scan in range(kiosk.TRIES + 1):
        with pytest.raises(NotRecognised):
            kiosk.by_code("https://example.org/", kiosk=machine)
    assert kiosk.by_reference(booking.reference, BORN, kiosk=machine) == [booking]
