"""The page: what stands on it, for whom, and at what price."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tests.factories import UserFactory
from common import clock
from directory.models import Scope
from directory.tests.factories import DepartmentFactory, PractitionerFactory, ServiceFactory
from patients.tests.factories import PatientFactory
from scheduling.models import Appointment, Closure, Slot
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory

DAY = reverse("admin:desk:day")


def tomorrow() -> str:
    return (clock.today() + dt.timedelta(days=1)).isoformat()


def test_names_places_and_closed_times_stand_on_the_grid(desk, session, slots):
    AppointmentFactory(slot=slots[0], patient=PatientFactory(name="Alice Smith"))
    Slot.objects.filter(pk=slots[2].pk).update(closed=Closure.BLOCKED)
    page = desk.get(DAY, {"day": tomorrow()})
    assert page.status_code == 200
    for text in ("Chen Yu", "09:00", "Alice Smith", "+ book", "Blocked"):
        assert text in page.text


def test_no_phone_and_no_raw_number_stands_on_the_grid(desk, slots):
    booking = AppointmentFactory(slot=slots[0])
    page = desk.get(DAY, {"day": tomorrow()}).text
    assert booking.patient.record_number not in page
    assert "+86" not in page


def test_the_desk_of_one_site_sees_no_row_of_another(desk, slots):
    elsewhere = SlotFactory(session=SessionFactory(practitioner=PractitionerFactory(name="Far Away")))
    AppointmentFactory(slot=elsewhere, patient=PatientFactory(name="Bob Far"))
    page = desk.get(DAY, {"day": tomorrow(), "department": "all"}).text
    assert "Chen Yu" in page
    assert "Far Away" not in page
    assert "Bob Far" not in page


def test_a_clinician_sees_their_own_column_only(as_user, department, session, slots):
    clinician = UserFactory(role="clinician", sees_all_sites=False)
    Scope.objects.create(user=clinician, site=department.site)
    session.practitioner.user = clinician
    session.practitioner.save()
    other = SessionFactory(practitioner=PractitionerFactory(name="Zhang Min"), service=session.service)
    SlotFactory(session=other)
    page = as_user(clinician).get(DAY, {"day": tomorrow()}).text
    assert "Chen Yu" in page
    assert "Zhang Min" not in page


def test_who_may_only_look_gets_no_button_to_book(as_user, slots):
    page = as_user(UserFactory(role="auditor")).get(DAY, {"day": tomorrow()}).text
    assert "Chen Yu" in page
    assert "data-slot=" not in page


def test_a_role_without_the_grid_is_refused(as_user, slots):
    assert as_user(UserFactory(role="knowledge_editor")).get(DAY).status_code == 403


def test_an_empty_day_says_what_to_do(desk, department):
    assert "No sessions on this day." in desk.get(DAY).text


@pytest.mark.parametrize(
    "query",
    [
        {"day": "nonsense"},
        {"department": "x"},
        {"department": "\x00"},
        {"department": "site-\x00"},
        {"service": "1"},
        {"moving": "2"},
        {"practitioner": "\x00"},
        {"blocking": "x"},
    ],
)
def test_addresses_typed_by_hand_do_no_harm(desk, slots, query):
    assert desk.get(DAY, query).status_code == 200


def _fill(columns: int, times: int) -> None:
    """Sessions of `columns` practitioners with `times` slots, every second one taken."""
    department, person, user = DepartmentFactory(), PatientFactory(), UserFactory()
    service = ServiceFactory(department=department)
    slots = []
    for _n in range(columns):
        session = SessionFactory(service=service)
        start = session.starts_at
        slots += [
            Slot(session=session, service=service, taken=n % 2, starts_at=start + dt.timedelta(minutes=5 * n),
                 ends_at=start + dt.timedelta(minutes=5 * n + 5))
            for n in range(times)
        ]  # fmt: skip
    bookings = [
        Appointment(slot=slot, place=1, patient=person, starts_at=slot.starts_at, ends_at=slot.ends_at, channel="desk",
                    by=user, requested_at=slot.starts_at, created_at=slot.starts_at, status="fulfilled")
        for slot in Slot.objects.bulk_create(slots) if slot.taken
    ]  # fmt: skip
    Appointment.objects.bulk_create(bookings)


@pytest.mark.parametrize("size", [(1, 1), (60, 40)])
def test_the_grid_asks_the_database_the_same_few_things_at_any_size(as_user, size):
    _fill(*size)
    client = as_user(UserFactory(role="front_desk"))
    client.get(DAY)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(DAY, {"day": tomorrow(), "department": "all"})
    assert page.text.count('role="gridcell"') == size[0] * size[1]
    assert len(asked) <= 12, [query["sql"][:120] for query in asked]
