"""What automation can find of WCAG 2.2 AA, on the pages of the desk in each of their states."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory
from common import clock
from patients.tests.factories import PatientFactory
from scheduling.tests.factories import AppointmentFactory, SlotFactory
from tests.axe import faults


@pytest.fixture
def supervisor(page, sign_in, transactional_db):
    booking = AppointmentFactory(patient=PatientFactory(name="Alice Smith"))
    SlotFactory(session=booking.slot.session, number=1)
    sign_in(UserFactory(role="supervisor"))
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_grid_and_its_panel_have_no_known_fault(supervisor, scheme):
    supervisor.emulate_media(color_scheme=scheme)
    supervisor.goto(reverse("admin:desk:day", query={"day": clock.today() + dt.timedelta(days=1)}))
    assert faults(supervisor) == []
    supervisor.locator("[data-slot]").first.click()
    supervisor.wait_for_selector("#find:focus")
    supervisor.keyboard.type("alice")
    supervisor.wait_for_selector("#people [aria-selected=true]")
    assert faults(supervisor) == []
    supervisor.keyboard.press("Enter")
    supervisor.keyboard.press("Escape")
    supervisor.locator("[data-booking]").first.click()
    supervisor.wait_for_selector("#panel-title:focus")
    assert faults(supervisor) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index", "scheduling_appointment_changelist", "scheduling_session_add_extra"])
def test_pages_of_the_admin_have_no_known_fault(supervisor, name, scheme):
    supervisor.emulate_media(color_scheme=scheme)
    supervisor.goto(reverse(f"admin:{name}"))
    supervisor.wait_for_load_state("networkidle")
    assert faults(supervisor) == []


def test_what_opens_by_a_click_opens_by_a_key_too(supervisor):
    supervisor.goto(reverse("admin:scheduling_appointment_changelist"))
    supervisor.get_by_role("button", name="Filters").focus()
    supervisor.keyboard.press("Enter")
    supervisor.wait_for_selector("#changelist-filter", state="visible")
