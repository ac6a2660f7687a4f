"""Booking, moving and cancelling from the panel: what it shows, what it refuses, what it leaves behind."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AccessLog
from accounts.tests.factories import UserFactory
from patients.tests.factories import ContactPointFactory, PatientFactory
from scheduling.models import Appointment, AppointmentStatus, EventKind, Slot
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory


def address(name: str, **ids) -> str:
    return reverse(f"admin:desk:{name}", kwargs=ids)


def held_by(client, slot) -> Appointment:
    assert client.post(address("open", slot=slot.uuid)).status_code == 200
    return Appointment.objects.get(slot=slot, status=AppointmentStatus.HELD)


def test_choosing_a_place_holds_it_for_nobody_else(desk, slots):
    answer = desk.post(address("open", slot=slots[0].uuid))
    assert "Held for you" in answer.text
    assert f'id="cell-{slots[0].uuid}"' in answer.text
    assert Slot.objects.get(pk=slots[0].pk).taken == 1


def test_closing_the_panel_gives_the_place_back(desk, slots):
    hold = held_by(desk, slots[0])
    answer = desk.post(address("release", hold=hold.uuid))
    assert Slot.objects.get(pk=slots[0].pk).taken == 0
    assert "+ book" in answer.text


def test_closing_twice_is_no_fault(desk, slots):
    hold = held_by(desk, slots[0])
    desk.post(address("release", hold=hold.uuid))
    assert desk.post(address("release", hold=hold.uuid)).status_code == 200


def test_a_held_place_becomes_a_booking_with_its_reference(desk, slots):
    alice = PatientFactory(name="Alice Smith")
    hold = held_by(desk, slots[0])
    answer = desk.post(address("book", hold=hold.uuid), {"patient": alice.uuid, "reason": "cough"})
    hold.refresh_from_db()
    assert (hold.status, hold.patient, hold.reason) == ("booked", alice, "cough")
    assert f"Booked. Reference {hold}." in answer.text


def test_pressing_book_twice_books_once(desk, slots):
    alice = PatientFactory()
    hold = held_by(desk, slots[0])
    for _press in range(2):
        assert desk.post(address("book", hold=hold.uuid), {"patient": alice.uuid}).status_code == 200
    assert hold.events.filter(kind=EventKind.BOOKED).count() == 1


def test_without_a_patient_nothing_is_booked_and_the_panel_says_so(desk, slots):
    hold = held_by(desk, slots[0])
    answer = desk.post(address("book", hold=hold.uuid), {"reason": "cough"})
    assert answer.status_code == 422
    assert "Choose a patient." in answer.text
    assert 'value="cough"' in answer.text


def test_a_place_that_has_just_gone_comes_with_alternatives(desk, slots):
    AppointmentFactory(slot=slots[0])
    answer = desk.post(address("open", slot=slots[0].uuid))
    assert answer.status_code == 409
    assert "The last place has just been taken." in answer.text
    assert str(slots[1].uuid) in answer.text


def test_a_rule_that_says_no_is_shown_and_the_input_is_kept(desk, slots):
    alice = PatientFactory(name="Alice Smith")
    AppointmentFactory(slot=slots[1], patient=alice)
    slots[1].service.department.site.__class__.objects.update(max_per_department=1)
    hold = held_by(desk, slots[0])
    answer = desk.post(address("book", hold=hold.uuid), {"patient": alice.uuid, "reason": "cough"})
    assert answer.status_code == 422
    assert "at most 1 bookings a day in one department" in answer.text
    assert "Alice Smith" in answer.text
    assert 'value="cough"' in answer.text


def test_people_are_found_with_masked_phones(desk):
    alice = PatientFactory(name="张伟")
    ContactPointFactory(patient=alice, value="+8613800138000")
    page = desk.get(address("find"), {"q": "zhangwei"}).text
    assert "张伟" in page
    assert "138****8000" in page
    assert "13800138000" not in page


def test_finding_costs_the_same_for_one_and_for_many(desk, django_assert_max_num_queries):
    for _n in range(8):
        ContactPointFactory(patient=PatientFactory(name="张伟"))
    desk.get(address("find"), {"q": "张"})
    with django_assert_max_num_queries(14):
        assert desk.get(address("find"), {"q": "张伟"}).text.count('role="option"') == 8


def test_a_booking_shows_who_when_and_what_happened_with_a_masked_phone(desk, slots):
    booking = AppointmentFactory(slot=slots[0], patient=PatientFactory(name="Alice Smith"))
    ContactPointFactory(patient=booking.patient, value="+8613800138000")
    page = desk.get(address("booking", booking=booking.uuid)).text
    for text in ("Alice Smith", str(booking), "138****8000", "Move", "Cancel the booking"):
        assert text in page
    assert "13800138000" not in page


def test_who_opens_a_booking_is_in_the_access_log(desk, clerk, slots):
    booking = AppointmentFactory(slot=slots[0])
    desk.get(address("booking", booking=booking.uuid))
    line = AccessLog.objects.get()
    assert (line.action, line.user, line.subject_uuid) == ("open", clerk, booking.patient.uuid)


def test_looking_at_a_held_place_without_a_patient_or_at_another_site_leaves_no_line(desk, slots):
    hold = held_by(desk, slots[0])
    assert desk.get(address("booking", booking=hold.uuid)).status_code == 200
    assert desk.get(address("booking", booking=AppointmentFactory().uuid)).status_code == 404
    assert not AccessLog.objects.exists()


def test_a_booking_moves_and_both_cells_are_drawn_again(desk, slots):
    booking = AppointmentFactory(slot=slots[0])
    answer = desk.post(address("move", booking=booking.uuid), {"slot": slots[1].uuid})
    booking.refresh_from_db()
    assert booking.slot == slots[1]
    assert all(f'id="cell-{slot.uuid}"' in answer.text for slot in slots[:2])


def test_cancelling_asks_for_a_reason(desk, slots):
    booking = AppointmentFactory(slot=slots[0])
    answer = desk.post(address("cancel", booking=booking.uuid), {"reason": ""})
    booking.refresh_from_db()
    assert answer.status_code == 422
    assert "Please give a reason." in answer.text
    assert booking.status == "booked"


def test_a_cancelled_booking_can_be_taken_back(desk, slots):
    booking = AppointmentFactory(slot=slots[0])
    answer = desk.post(address("cancel", booking=booking.uuid), {"reason": "ill", "cause": "patient"})
    assert "Undo" in answer.text
    assert Slot.objects.get(pk=slots[0].pk).taken == 0
    desk.post(address("undo", booking=booking.uuid))
    booking.refresh_from_db()
    assert booking.status == "booked"


def test_what_is_over_is_not_offered(desk, slots):
    booking = AppointmentFactory(slot=slots[0], status="fulfilled")
    page = desk.get(address("booking", booking=booking.uuid)).text
    assert "Cancel the booking" not in page
    assert desk.post(address("cancel", booking=booking.uuid), {"reason": "x"}).status_code == 422


POSTS = ("move", "cancel", "confirm", "noshow", "undo")


@pytest.mark.parametrize("act", POSTS)
def test_another_sites_booking_is_not_there(desk, act):
    booking = AppointmentFactory(slot=SlotFactory(session=SessionFactory()))
    answer = desk.post(address(act, booking=booking.uuid), {"reason": "x", "slot": uuid.uuid4()})
    booking.refresh_from_db()
    assert answer.status_code == 404
    assert booking.status == "booked"


@pytest.mark.parametrize("act", POSTS)
@pytest.mark.parametrize("role", ["auditor", "knowledge_editor", "campaign_editor"])
def test_roles_that_only_look_change_nothing(as_user, slots, act, role):
    booking = AppointmentFactory(slot=slots[0])
    answer = as_user(UserFactory(role=role)).post(address(act, booking=booking.uuid), {"reason": "x"})
    booking.refresh_from_db()
    assert answer.status_code == 403
    assert booking.status == "booked"


@pytest.mark.parametrize("act", ["move", "confirm", "noshow", "undo"])
def test_reading_an_address_changes_nothing(desk, slots, act):
    booking = AppointmentFactory(slot=slots[0])
    assert desk.get(address(act, booking=booking.uuid)).status_code == 405


def test_a_place_of_another_site_is_not_there(desk):
    assert desk.post(address("open", slot=SlotFactory().uuid)).status_code == 404


def test_after_the_session_has_ended_the_page_goes_to_the_sign_in(client, slots):
    answer = client.post(address("open", slot=slots[0].uuid), headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer["HX-Trigger"] == "locked"


def test_a_form_of_another_page_is_refused(clerk, slots):
    stranger = Client(enforce_csrf_checks=True)
    stranger.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    assert stranger.post(address("open", slot=slots[0].uuid)).status_code == 403
    assert Slot.objects.get(pk=slots[0].pk).taken == 0
