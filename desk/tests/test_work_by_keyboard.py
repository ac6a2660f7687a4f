"""The grid without a mouse, in a real browser: keys counted, focus followed, words announced."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory
from common import clock
from directory.models import Scope
from patients.tests.factories import PatientFactory
from scheduling.models import Appointment
from scheduling.tests.factories import AppointmentFactory

KEYS = 25  # the most that booking a known patient may take


class Keyboard:
    """Types, and counts what was typed."""

    def __init__(self, page):
        self.page, self.count = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1

    def type(self, text: str) -> None:
        for letter in text:
            self.press(letter)


@pytest.fixture
def grid(two_columns):
    return two_columns


@pytest.fixture
def desk(page, sign_in, grid):
    """The grid of tomorrow, open, with the first button of the grid in focus."""
    clerk = UserFactory(role="front_desk", sees_all_sites=False)
    Scope.objects.create(user=clerk, site=grid[0][0].service.department.site)
    sign_in(clerk)
    page.goto(reverse("admin:desk:day", query={"day": clock.today() + dt.timedelta(days=1)}))
    page.locator("#day-grid button").first.focus()
    return page


def focused(page) -> str:
    return page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")


def arrived(page, words: str) -> None:
    """The panel shows the step whose title holds `words`, and has taken the focus."""
    script = """words => {
        const title = document.getElementById('panel-title');
        const focus = document.activeElement;
        return title && title.textContent.includes(words) && focus.hasAttribute('data-focus');
    }"""
    page.wait_for_function(script, arg=words)


def said(page, words: str) -> None:
    page.wait_for_function("words => document.getElementById('said').textContent.includes(words)", arg=words)


def test_arrows_walk_through_the_cells_and_tab_leaves_the_grid(desk, grid):
    keys = Keyboard(desk)
    keys.press("ArrowRight", "ArrowDown")
    assert desk.evaluate("document.activeElement.dataset.slot") == str(grid[1][1].uuid)
    keys.press("Home", "ArrowUp")
    assert desk.evaluate("document.activeElement.dataset.slot") == str(grid[0][0].uuid)
    assert desk.locator("#day-grid button[tabindex='0']").count() == 1
    keys.press("Tab")
    assert desk.evaluate("document.activeElement.closest('#day-grid')") is None


def test_a_known_patient_is_booked_in_a_few_keys_and_the_eye_keeps_its_place(desk, grid):
    PatientFactory(name="张伟")
    keys = Keyboard(desk)
    keys.press("ArrowDown", "Enter")
    desk.wait_for_selector("#find:focus")
    keys.type("zhangwei")
    desk.wait_for_selector("#people [aria-selected=true]")
    keys.press("Enter")
    desk.wait_for_selector("#why:focus")
    keys.press("Enter")
    said(desk, "Booked. Reference")
    arrived(desk, "张伟")
    keys.press("Escape")
    assert keys.count <= KEYS
    booking = Appointment.objects.get(slot=grid[0][1])
    assert (booking.status, booking.patient.name) == ("booked", "张伟")
    script = "booking => document.activeElement.dataset.booking === booking"
    desk.wait_for_function(script, arg=str(booking.uuid))


def test_closing_without_booking_gives_the_place_back_and_the_focus_too(desk, grid):
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#find:focus")
    desk.keyboard.press("Escape")
    desk.wait_for_selector(f"#cell-{grid[0][0].uuid} [data-slot]")
    desk.wait_for_function("document.activeElement.closest('#day-grid') !== null")
    grid[0][0].refresh_from_db()
    assert grid[0][0].taken == 0


def test_enter_that_ends_a_composition_takes_nobody(desk):
    PatientFactory(name="张伟")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#find:focus")
    desk.keyboard.type("zhang")
    desk.wait_for_selector("#people [role=option]")
    composing = "new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true})"
    desk.evaluate(f"document.getElementById('find').dispatchEvent({composing})")
    assert desk.evaluate("document.getElementById('patient').value") == ""
    assert focused(desk) == "find"


def test_a_booking_is_moved_and_cancelled_and_taken_back(desk, grid):
    booking = AppointmentFactory(slot=grid[0][0], patient=PatientFactory(name="Alice Smith"))
    desk.reload()
    desk.locator(f"[data-booking='{booking.uuid}']").focus()
    desk.keyboard.press("Enter")
    arrived(desk, "Alice Smith")
    desk.get_by_role("button", name="Move", exact=True).focus()
    desk.keyboard.press("Enter")
    arrived(desk, "Move Alice Smith")
    desk.locator(".panel-places button").first.focus()
    desk.keyboard.press("Enter")
    said(desk, "Moved to")
    arrived(desk, "Alice Smith")
    booking.refresh_from_db()
    assert booking.slot == grid[0][1]
    desk.get_by_role("button", name="Cancel the booking").focus()
    desk.keyboard.press("Enter")
    arrived(desk, "Cancel the booking")
    desk.keyboard.press("Enter")
    said(desk, "Please give a reason.")
    desk.wait_for_selector("#why[aria-invalid]:focus")
    desk.keyboard.type("ill")
    desk.keyboard.press("Enter")
    said(desk, "Cancelled.")
    desk.wait_for_selector("#panel-title:focus")
    desk.get_by_role("button", name="Undo").focus()
    desk.keyboard.press("Enter")
    said(desk, "The booking stands again.")
    booking.refresh_from_db()
    assert booking.status == "booked"


def test_a_booking_is_moved_to_a_place_chosen_in_the_grid(desk, grid):
    booking = AppointmentFactory(slot=grid[0][0], patient=PatientFactory(name="Alice Smith"))
    desk.goto(desk.url + f"&moving={booking.uuid}")
    assert "Moving Alice Smith" in desk.inner_text(".day-moving")
    desk.locator(f"[data-slot='{grid[1][2].uuid}']").focus()
    desk.keyboard.press("Enter")
    said(desk, "Moved to")
    desk.keyboard.press("Escape")
    desk.wait_for_url(lambda url: "moving" not in url)
    booking.refresh_from_db()
    assert booking.slot == grid[1][2]


def test_somebody_is_squeezed_into_a_full_time_by_keys_alone(desk, sign_in, grid):
    slot = grid[0][0]
    type(slot.session).objects.update(overbook_limit=1)
    AppointmentFactory(slot=slot, patient=PatientFactory(name="Alice Smith"))
    PatientFactory(name="张伟")
    sign_in(UserFactory(role="supervisor"))
    desk.reload()
    desk.locator("#day-grid button").first.focus()
    desk.keyboard.press("ArrowDown")
    assert desk.evaluate("document.activeElement.dataset.overbook") == str(slot.uuid)
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#find:focus")
    desk.keyboard.type("zhangwei")
    desk.wait_for_selector("#people [aria-selected=true]")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#why:focus")
    desk.keyboard.press("Enter")
    said(desk, "Please give a reason.")
    desk.wait_for_selector("#why[aria-invalid]:focus")
    desk.keyboard.type("fever")
    desk.keyboard.press("Enter")
    said(desk, "Booked. Reference")
    arrived(desk, "张伟")
    assert "Beyond capacity" in desk.inner_text(".panel-state")
    desk.keyboard.press("Escape")
    desk.wait_for_function("document.activeElement.closest('#day-grid') !== null")
    assert "extra" in desk.inner_text(f"#cell-{slot.uuid}")
    assert Appointment.objects.get(patient__name="张伟").is_overbooked


def test_nothing_of_a_patient_stays_in_the_browser(desk, grid):
    AppointmentFactory(slot=grid[0][0], patient=PatientFactory(name="Alice Smith"))
    desk.reload()
    desk.locator("[data-booking]").click()
    desk.wait_for_selector("#panel-title:focus")
    kept = desk.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    assert "Alice" not in kept


@pytest.mark.parametrize("size", [(1366, 768), (390, 844), (320, 640)])
def test_the_page_does_not_scroll_sideways(desk, size):
    desk.set_viewport_size({"width": size[0], "height": size[1]})
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
