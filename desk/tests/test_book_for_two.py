"""Two people on one call get places side by side, and a reference each (R12; its keys: test_book_by_phone)."""

import pytest
from django.urls import reverse

from desk.tests.test_booking_desk import address, service_of
from patients.tests.factories import PatientFactory
from scheduling.models import Appointment, Slot
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory

TWO = reverse("admin:desk:hold_two")


@pytest.fixture
def couple(db):
    return PatientFactory(name="Alice Smith"), PatientFactory(name="Bob Smith")


@pytest.fixture
def side_by_side(session):
    return [SlotFactory(session=session, number=number) for number in range(4)]


def asked(couple, first, second) -> dict[str, str]:
    return {"patient": couple[0].uuid, "second": couple[1].uuid, "slot": first.uuid, "next": second.uuid}


def test_only_places_side_by_side_are_offered(desk, couple, side_by_side):
    AppointmentFactory(slot=side_by_side[1])
    shown = desk.get(address(patient=couple[0].uuid, second=couple[1].uuid, what=service_of(side_by_side[0]))).text
    assert f"two-{side_by_side[2].uuid}" in shown
    assert f"two-{side_by_side[0].uuid}" not in shown
    assert "Side by side: Alice Smith and Bob Smith" in shown


def test_one_time_with_two_places_is_side_by_side(desk, couple, session):
    wide = SlotFactory(session=session, capacity=3)
    shown = desk.get(address(patient=couple[0].uuid, second=couple[1].uuid, what=service_of(wide))).text
    assert shown.count(str(wide.uuid)) >= 2


def test_when_no_two_are_free_it_says_so(desk, couple, session):
    slot = SlotFactory(session=session)
    shown = desk.get(address(patient=couple[0].uuid, second=couple[1].uuid, what=service_of(slot))).text
    assert "No two places side by side are free." in shown


def test_both_are_held_booked_and_read_back_person_by_person(desk, couple, side_by_side):
    held = desk.post(TWO, asked(couple, *side_by_side[:2]))
    assert held.text.count("panel-read") == 2
    group = Appointment.objects.get(slot=side_by_side[0]).group
    done = desk.post(reverse("admin:desk:book_two", args=[group]), {"reason": "check-up"})
    for booking in Appointment.objects.filter(group=group):
        assert (booking.status, booking.reason) == ("booked", "check-up")
        assert str(booking) in done.text


def test_closing_gives_both_places_back(desk, couple, side_by_side):
    desk.post(TWO, asked(couple, *side_by_side[:2]))
    group = Appointment.objects.get(slot=side_by_side[0]).group
    for _twice in range(2):
        assert desk.post(reverse("admin:desk:release_two", args=[group])).status_code == 200
    assert not Slot.objects.exclude(taken=0).exists()


def test_if_one_place_is_lost_none_is_held_and_others_are_offered(desk, couple, side_by_side):
    AppointmentFactory(slot=side_by_side[1])
    answer = desk.post(TWO, asked(couple, *side_by_side[:2]))
    assert answer.status_code == 409
    assert "The last place has just been taken." in answer.text
    assert Appointment.objects.count() == 1


def test_a_request_that_names_nobody_is_not_found(desk, side_by_side):
    assert desk.post(TWO, {"patient": "x"}).status_code == 404


def test_places_of_another_site_are_not_found(desk, couple):
    elsewhere = SessionFactory()
    others = [SlotFactory(session=elsewhere, number=number) for number in range(2)]
    assert desk.post(TWO, asked(couple, *others)).status_code == 404
    assert desk.post(reverse("admin:desk:book_two", args=[elsewhere.uuid])).status_code == 404
