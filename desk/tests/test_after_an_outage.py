"""The page on which paper becomes records: many lines at once, each with its true times, none lost when refused."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory
from common import clock
from desk.forms import TimesForm
from patients.tests.factories import PatientFactory
from scheduling.models import Appointment
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory
from tests.axe import faults

PAGE = reverse("admin:desk:afterwards")
WALK_IN = reverse("admin:desk:afterwards_walk_in")


@pytest.fixture
def yesterday(session):
    """The session lies a day back, so that every time of it has passed."""
    day = clock.today() - dt.timedelta(days=1)
    return SessionFactory(practitioner=session.practitioner, service=session.service, day=day)


@pytest.fixture
def bookings(yesterday):
    names = ("Alice Smith", "Bob Brown", "Carol White")
    return [
        AppointmentFactory(slot=SlotFactory(session=yesterday, number=n), patient=PatientFactory(name=name))
        for n, name in enumerate(names)
    ]


def lines(*typed) -> dict[str, str]:
    """(booking, arrived, began, ended) as the form sends them."""
    return {
        f"{field}:{booking.uuid}": time
        for booking, *times in typed
        for field, time in zip(("arrived", "began", "ended"), times, strict=True)
    }


def address(page: str, session) -> str:
    return f"{page}?day={session.day.isoformat()}"


def test_filled_lines_are_entered_at_once_and_empty_ones_stay(desk, yesterday, bookings):
    typed = lines((bookings[0], "08:55", "09:05", "09:15"), (bookings[1], "09:10", "", ""), (bookings[2], "", "", ""))
    answer = desk.post(address(PAGE, yesterday), typed, follow=True)
    assert "2 lines entered." in answer.text
    assert [Appointment.objects.get(pk=one.pk).status for one in bookings] == ["fulfilled", "arrived", "booked"]
    arrived = bookings[0].events.get(kind="arrived")
    assert clock.local(arrived.at) == clock.at_wall(yesterday.day, dt.time(8, 55))


def test_a_refused_line_says_why_and_keeps_what_was_typed_while_the_others_stand(desk, yesterday, bookings):
    typed = lines((bookings[0], "08:55", "09:05", "09:15"), (bookings[1], "09:40", "09:20", "09:30"))
    answer = desk.post(address(PAGE, yesterday), typed)
    assert "1 line entered. 1 refused." in answer.text
    assert "The times are not in order" in answer.text
    assert 'value="09:40"' in answer.text
    assert Appointment.objects.get(pk=bookings[1].pk).status == "booked"


def test_words_instead_of_a_time_are_refused_without_a_fault(desk, yesterday, bookings):
    answer = desk.post(address(PAGE, yesterday), lines((bookings[0], "soon", "", "")))
    assert answer.status_code == 422
    assert "A time is written like 09:30." in answer.text


@pytest.mark.parametrize("typed", ["8:55", "08:55", "0855", "855", "08：55", "08.55"])
def test_a_time_is_taken_as_it_is_quickest_to_type(typed):
    form = TimesForm({"arrived": typed})
    assert form.is_valid()
    assert form.cleaned_data["arrived"] == dt.time(8, 55)


@pytest.mark.parametrize("typed", ["25:00", "9:75", "9", "soon", "１２", "09:30:00"])
def test_what_is_no_time_is_refused(typed):
    assert not TimesForm({"arrived": typed}).is_valid()


def test_saving_twice_enters_once(desk, yesterday, bookings):
    typed = lines((bookings[0], "08:55", "09:05", "09:15"))
    for _twice in range(2):
        assert desk.post(address(PAGE, yesterday), typed, follow=True).status_code in (200, 422)
    assert bookings[0].events.filter(kind="fulfilled").count() == 1


def test_who_came_without_a_booking_is_entered_in_a_free_time(desk, yesterday, bookings):
    free = SlotFactory(session=yesterday, number=3)
    dave = PatientFactory(name="Dave Green")
    given = {"patient": dave.uuid, "slot": free.uuid, "arrived": "09:40", "began": "09:50", "ended": "10:00"}
    answer = desk.post(address(WALK_IN, yesterday), given, follow=True)
    assert "1 line entered." in answer.text
    assert Appointment.objects.get(slot=free).status == "fulfilled"


@pytest.mark.parametrize("missing", ["patient", "slot", "arrived"])
def test_a_walk_in_that_lacks_something_is_refused_and_keeps_the_rest(desk, yesterday, missing):
    free = SlotFactory(session=yesterday)
    given = {"patient": PatientFactory(name="Dave Green").uuid, "slot": free.uuid, "arrived": "09:40"}
    answer = desk.post(address(WALK_IN, yesterday), {**given, missing: ""})
    assert answer.status_code == 422
    assert ("09:40" in answer.text) == (missing != "arrived")
    assert ("Dave Green" in answer.text) == (missing != "patient")
    assert not Appointment.objects.exists()


def test_a_booking_of_another_site_is_not_touched(desk, yesterday):
    other = AppointmentFactory(slot=SlotFactory(session=SessionFactory(day=yesterday.day)))
    desk.post(address(PAGE, yesterday), lines((other, "08:55", "", "")))
    assert Appointment.objects.get(pk=other.pk).status == "booked"


def test_a_line_that_names_nobody_is_left_out(desk, yesterday, bookings):
    answer = desk.post(address(PAGE, yesterday), {"arrived:nobody": "08:55"})
    assert answer.status_code == 302


def test_tomorrow_has_not_come_yet(desk, session, slots):
    AppointmentFactory(slot=slots[0])
    assert "This day has not come yet." in desk.get(address(PAGE, session)).text


def test_whoever_may_not_receive_patients_does_not_come_in(as_user):
    assert as_user(UserFactory(role="auditor")).get(PAGE).status_code == 403


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_the_page_has_no_known_fault_and_fits(page, sign_in, transactional_db, size):
    day = clock.today() - dt.timedelta(days=1)
    session = SessionFactory(day=day)
    AppointmentFactory(slot=SlotFactory(session=session))
    SlotFactory(session=session, number=1)
    sign_in(UserFactory(role="supervisor"))
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(address(PAGE, session))
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
