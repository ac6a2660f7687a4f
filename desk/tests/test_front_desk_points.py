"""Points of the front desk in a real browser that no other file proves: R3, R4, R9, R16, R19 and R22.

R6, R7 and R24 need the contact centre, R23 its knowledge base and R25 the reports: they come with those.
"""

import re

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory
from desk.tests.test_booking_desk import visit
from directory.models import Scope
from patients.models import Patient
from patients.tests.factories import ContactPointFactory, IdentifierFactory, PatientFactory
from scheduling.models import Appointment
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory
from tests.axe import faults
from visits.models import QueueEntry
from visits.tests.factories import booked, clinic

DESK = reverse("admin:desk:booking_desk")
PHONE = "+8613800138123"


@pytest.fixture
def session(transactional_db):
    return SessionFactory()


@pytest.fixture
def clerk(page, sign_in, session):
    person = UserFactory(role="front_desk", sees_all_sites=False)
    Scope.objects.create(user=person, site=session.service.department.site)
    sign_in(person)
    return person


@pytest.fixture
def zhang(session):
    person = PatientFactory(name="张伟")
    ContactPointFactory(patient=person, value=PHONE)
    return person


def find(page, text: str) -> str:
    """What the caller box shows for `text`."""
    page.goto(DESK)
    page.fill("#caller", text)
    page.wait_for_selector("#caller-list [role=option], #caller-list .panel-none")
    return page.inner_text("#caller-list")


def test_r3_a_caller_is_found_by_whatever_they_say(page, clerk, session, zhang):
    number = IdentifierFactory(patient=zhang)
    booking = AppointmentFactory(slot=SlotFactory(session=session), patient=zhang)
    said = ["张伟", "zhangwei", "zw", "8123", "0138123", "13800138123", zhang.record_number, str(booking)]
    said.append(number.unsealed())
    for text in said:
        assert "张伟" in find(page, text), text
    assert "张伟" not in find(page, "liming")


def test_r4_namesakes_are_told_apart_in_their_rows(page, clerk, session, zhang):
    visit(zhang, session, 7)
    others = [PatientFactory(name="张伟") for _n in range(2)]
    shown = find(page, "张伟")
    assert page.locator("#caller-list [role=option]").count() == 1 + len(others)
    assert shown.count("same name") == 1 + len(others)
    assert "last visit" in shown
    assert PHONE[3:] not in page.content()


def test_r9_a_new_patient_needs_at_most_five_fields_and_look_alikes_are_shown_first(page, clerk, zhang):
    page.goto(reverse("admin:patients_patient_add"))
    assert page.locator("form[novalidate] [required]:visible").count() <= 5
    page.fill("[name=name]", "张伟")
    page.fill("[name=birth_date]", zhang.birth_date.isoformat())
    page.press("[name=birth_date]", "Enter")
    page.wait_for_selector(f"text={zhang.record_number}")
    assert Patient.objects.filter(name="张伟").count() == 1


def test_r16_arrived_in_two_acts_and_undone_with_one(page, sign_in, transactional_db):
    booking = booked(clinic(), name="张伟")
    person = UserFactory(role="front_desk", sees_all_sites=True)
    sign_in(person)
    page.goto(reverse("admin:desk:queue", query={"department": "all"}))
    page.fill("#arriving", booking.reference)
    page.wait_for_selector("#meant [aria-selected=true]")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-undo]")
    assert QueueEntry.objects.get().appointment == booking
    page.click("[data-undo]")
    page.wait_for_selector("text=is taken back")
    assert Appointment.objects.get(pk=booking.pk).status == "booked"


@pytest.mark.parametrize("status", ["cancelled", "fulfilled", "noshow", "lapsed"])
def test_r19_what_is_over_offers_no_step_that_is_not_allowed(page, clerk, session, status):
    booking = AppointmentFactory(slot=SlotFactory(session=session))
    Appointment.objects.filter(pk=booking.pk).update(status=status)
    page.goto(reverse("admin:desk:day", query={"day": session.day}))
    panel = page.request.get(
        reverse("admin:desk:booking", kwargs={"booking": booking.uuid}), headers={"HX-Request": "true"}
    ).text()
    for act in ("move", "choose", "cancel", "confirm", "arrived"):
        assert f"{booking.uuid}/{act}/" not in panel


def test_r22_no_page_of_the_desk_holds_a_whole_phone_or_identity_number(page, clerk, session, zhang):
    number = IdentifierFactory(patient=zhang).unsealed()
    AppointmentFactory(slot=SlotFactory(session=session), patient=zhang)
    pages = [
        f"{DESK}?patient={zhang.uuid}",
        reverse("admin:desk:day", query={"day": session.day}),
        reverse("admin:desk:queue"),
        reverse("admin:patients_patient_changelist"),
        reverse("admin:patients_patient_change", args=[zhang.pk]),
        reverse("admin:scheduling_appointment_changelist"),
        reverse("admin:desk:paper", query={"day": session.day}),
    ]
    for address in pages:
        source = re.sub(r"\s", "", page.request.get(address).text())
        assert PHONE[3:] not in source, address
        assert number not in source, address


def test_the_caller_box_with_many_namesakes_has_no_known_fault(page, clerk, session, zhang):
    PatientFactory(name="张伟")
    find(page, "张伟")
    assert faults(page) == []
