"""Checking in at the counter: who is found, who gets a ticket, what is taken back, who may do it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tests.factories import UserFactory
from directory.models import Scope
from patients.tests.factories import ContactPointFactory, PatientFactory
from scheduling.models import Appointment
from scheduling.tests.factories import AppointmentFactory, SlotFactory
from visits.models import QueueEntry
from visits.services import queue
from visits.tests.factories import booked, clinic, counter, noon, waiting

FOUND = reverse("admin:desk:queue_found")


def address(name: str, **ids) -> str:
    return reverse(f"admin:desk:{name}", kwargs=ids)


def arrive(client, booking, **data):
    return client.post(address("check_in", booking=booking.uuid), data)


def walk_in(client, patient, slot, **data):
    return client.post(address("walk_in", patient=patient.uuid), {"slot": slot.uuid, **data})


@pytest.fixture
def session(at_noon, department):
    """A session of the department that runs right now."""
    return clinic(service__department=department, practitioner__name="Chen Yu")


@pytest.mark.parametrize("text", ["张伟", "zhangwei", "zw", "8000", "13800138000", "record", "reference"])
def test_a_booking_of_today_is_found_by_whatever_is_known(desk, session, text):
    booking = booked(session, name="张伟")
    ContactPointFactory(patient=booking.patient, value="+8613800138000")
    known = {"record": booking.patient.record_number, "reference": str(booking)}
    page = desk.get(FOUND, {"q": known.get(text, text)}).text
    for shown in ("张伟", "138****8000", "Chen Yu", "Booked", address("check_in", booking=booking.uuid)):
        assert shown in page
    assert "13800138000" not in page


def test_bookings_of_other_days_and_other_sites_are_not_found(desk, session):
    AppointmentFactory(patient=PatientFactory(name="Alice Smith"))
    booked(clinic(), name="Alice Smith")
    page = desk.get(FOUND, {"q": "alice"}).text
    assert "/arrived/" not in page


def test_who_can_still_be_checked_in_stands_first(desk, session):
    seen, here = booked(session, 0, name="Alice Smith"), booked(session, 30, name="Alice Smith")
    Appointment.objects.filter(pk=seen.pk).update(status="fulfilled")
    page = desk.get(FOUND, {"q": "alice"}).text
    assert page.index(str(here.uuid)) < page.index(str(seen.uuid))
    assert address("check_in", booking=seen.uuid) not in page


def test_somebody_without_a_booking_today_is_a_walk_in(desk, session):
    alice = PatientFactory(name="Alice Smith")
    page = desk.get(FOUND, {"q": "alice"}).text
    assert address("walk_in", patient=alice.uuid) in page
    assert "Has no booking today" in page


def test_finding_costs_the_same_for_one_and_for_many(desk, session):
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(FOUND, {"q": "张"}).status_code == 200
        return len(asked)

    ContactPointFactory(patient=booked(session, name="张伟").patient)
    statements()  # the first one writes the session
    first = statements()
    for minutes in range(1, 5):
        ContactPointFactory(patient=booked(session, minutes, name="张伟").patient)
    assert statements() == first


def test_checking_in_shows_the_ticket_the_room_and_a_range_with_its_time(desk, session):
    waiting(session)
    page = arrive(desk, booked(session, 30, name="Alice Smith")).text
    for shown in ('<p class="queue-big">002</p>', "Alice Smith", "Chen Yu", "estimated at 12:00", "min", "data-undo"):
        assert shown in page
    assert f'id="session-{session.uuid}"' in page
    assert "Alice Smith is checked in: ticket 002." in page


def test_pressing_enter_twice_draws_one_ticket(desk, session):
    booking = booked(session)
    assert [arrive(desk, booking).status_code for _press in range(2)] == [200, 200]
    assert QueueEntry.objects.count() == 1


def test_a_priority_is_given_with_the_check_in(desk, session):
    arrive(desk, booked(session), priority="urgent")
    assert QueueEntry.objects.get().priority == "urgent"


def test_a_check_in_is_taken_back_and_a_second_press_does_no_harm(desk, session):
    entry = waiting(session, name="Alice Smith")
    for _press in range(2):
        answer = desk.post(address("undo_check_in", entry=entry.uuid))
        assert answer.status_code == 200
    assert "The check-in of Alice Smith is taken back." in answer.text
    assert (QueueEntry.objects.get().state, Appointment.objects.get().status) == ("undone", "booked")


def test_who_was_called_meanwhile_stays_checked_in_and_that_is_said(desk, session):
    entry = waiting(session)
    queue.call_next(session=session, origin=counter())
    answer = desk.post(address("undo_check_in", entry=entry.uuid))
    assert answer.status_code == 422
    assert "has been called already" in answer.text


def test_a_cancelled_booking_is_refused_in_words(desk, session):
    booking = booked(session)
    Appointment.objects.filter(pk=booking.pk).update(status="cancelled")
    answer = arrive(desk, booking)
    assert answer.status_code in (409, 422)
    assert 'role="alert"' in answer.text
    assert not QueueEntry.objects.exists()


def test_a_walk_in_chooses_a_free_place_and_is_checked_in_at_once(desk, session):
    slot, alice = SlotFactory(session=session, starts_at=noon()), PatientFactory(name="Alice Smith")
    page = desk.get(address("walk_in", patient=alice.uuid)).text
    assert str(slot.uuid) in page
    answer = walk_in(desk, alice, slot, key="8a5f2f0e-51a5-4f6e-9f0a-111111111111")
    assert (answer.status_code, QueueEntry.objects.get().kind) == (200, "walk_in")
    assert 'hx-swap-oob="innerHTML"' in answer.text


def test_a_walk_in_pressed_twice_is_one_booking(desk, session):
    slot, alice = SlotFactory(session=session, starts_at=noon(), capacity=2), PatientFactory()
    for _press in range(2):
        answer = walk_in(desk, alice, slot, key="8a5f2f0e-51a5-4f6e-9f0a-111111111111")
        assert answer.status_code == 200
    assert Appointment.objects.count() == QueueEntry.objects.count() == 1


def test_a_full_session_says_why_and_only_who_may_squeezes_somebody_in(as_user, clerk, session):
    type(session).objects.update(overbook_limit=1)
    slot, alice = SlotFactory(session=session, starts_at=noon()), PatientFactory()
    AppointmentFactory(slot=slot)
    page = as_user(clerk).get(address("walk_in", patient=alice.uuid)).text
    assert "Only a clinician or a supervisor books beyond capacity." in page
    assert walk_in(as_user(clerk), alice, slot, overbook="1", reason="fever").status_code == 422
    chief = as_user(UserFactory(role="supervisor"))
    assert "Beyond capacity" in chief.get(address("walk_in", patient=alice.uuid)).text
    missing = walk_in(chief, alice, slot, overbook="1")
    assert (missing.status_code, "Please give a reason." in missing.text) == (422, True)
    assert walk_in(chief, alice, slot, overbook="1", reason="fever").status_code == 200
    assert Appointment.objects.get(patient=alice).is_overbooked


@pytest.mark.parametrize("role", ["agent", "clinician", "auditor", "administrator"])
def test_other_roles_do_not_check_in(as_user, session, role):
    booking, alice = booked(session), PatientFactory()
    client = as_user(UserFactory(role=role))
    assert client.get(FOUND, {"q": "a"}).status_code == 403
    assert arrive(client, booking).status_code == 403
    assert client.get(address("walk_in", patient=alice.uuid)).status_code == 403
    assert 'id="arriving"' not in client.get(reverse("admin:desk:queue")).text


def test_a_booking_of_another_site_is_not_checked_in(desk, session):
    assert arrive(desk, booked(clinic())).status_code == 404


def test_reading_never_checks_in(desk, session):
    booking = booked(session)
    assert desk.get(address("check_in", booking=booking.uuid)).status_code == 405
    desk.get(FOUND, {"q": booking.patient.name})
    assert not QueueEntry.objects.exists()


def test_a_clerk_of_one_department_receives_for_it_only(as_user, session):
    person = UserFactory(role="front_desk", sees_all_sites=False)
    department = session.service.department
    Scope.objects.create(user=person, site=department.site, department=department)
    other = clinic(service__department__site=department.site)
    client = as_user(person)
    assert arrive(client, booked(session)).status_code == 200
    assert arrive(client, booked(other)).status_code == 404
