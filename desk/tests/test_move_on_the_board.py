"""The board in a real browser: bookings dragged, or cut and pasted; times blocked; refreshed under one's hands."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory
from common import clock
from directory.models import Scope
from patients.tests.factories import PatientFactory
from scheduling.models import Appointment, Slot
from scheduling.services import appointments
from scheduling.services.origin import Origin
from scheduling.tests.factories import AppointmentFactory
from tests.axe import faults

NEWS = 8_000  # ms within which the board shows what others did: it asks every five seconds


@pytest.fixture
def slots(two_columns):
    return two_columns


@pytest.fixture
def alice(slots):
    return AppointmentFactory(slot=slots[0][0], patient=PatientFactory(name="Alice Smith"))


@pytest.fixture
def board(page, sign_in, slots):
    """`board(role)`: the board of tomorrow, open."""

    def open_as(role="front_desk", **query):
        person = UserFactory(role=role, sees_all_sites=False)
        Scope.objects.create(user=person, site=slots[0][0].service.department.site)
        sign_in(person)
        page.goto(reverse("admin:desk:day", query={"day": clock.today() + dt.timedelta(days=1), **query}))
        return page

    return open_as


def slot_of(booking) -> int:
    return Appointment.objects.get(pk=booking.pk).slot_id


def test_r14_a_booking_dragged_to_a_free_place_is_moved_after_one_question(board, slots, alice):
    page = board()
    page.drag_and_drop(f"[data-booking='{alice.uuid}']", f"[data-slot='{slots[1][2].uuid}']")
    page.wait_for_selector("#panel-title:has-text('Move Alice Smith')")
    assert slot_of(alice) == slots[0][0].pk
    page.click("text=Move here")
    page.wait_for_selector(f"#cell-{slots[1][2].uuid} [data-booking='{alice.uuid}']", state="attached")
    page.wait_for_selector(f"#cell-{slots[0][0].uuid} [data-slot]", state="attached")
    assert slot_of(alice) == slots[1][2].pk


def test_r14_the_same_by_keys_alone_cut_and_paste(board, slots, alice):
    page = board()
    page.focus(f"[data-booking='{alice.uuid}']")
    for key in ("Control+x", "ArrowRight", "ArrowDown", "Control+v"):
        page.keyboard.press(key)
    page.wait_for_function("document.activeElement.textContent.includes('Move here')")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#cell-{slots[1][1].uuid} [data-booking='{alice.uuid}']", state="attached")
    assert slot_of(alice) == slots[1][1].pk


def test_escape_leaves_the_booking_where_it_is(board, slots, alice):
    page = board()
    page.focus(f"[data-booking='{alice.uuid}']")
    page.keyboard.press("Control+x")
    assert page.locator(".is-cut").count() == 1
    page.keyboard.press("Escape")
    page.focus(f"[data-slot='{slots[1][1].uuid}']")
    page.keyboard.press("Control+v")
    page.wait_for_timeout(300)
    assert page.locator("#panel[open]").count() == 0
    assert slot_of(alice) == slots[0][0].pk


def test_a_place_that_was_lost_meanwhile_leaves_the_booking_and_offers_others(board, slots, alice):
    page = board()
    page.drag_and_drop(f"[data-booking='{alice.uuid}']", f"[data-slot='{slots[1][2].uuid}']")
    page.wait_for_selector("text=Move here")
    AppointmentFactory(slot=slots[1][2])
    page.click("text=Move here")
    page.wait_for_selector("#panel-body [role=alert]")
    assert slot_of(alice) == slots[0][0].pk
    assert page.locator("#panel-body [hx-post*='/move/']").count() > 0


def test_what_others_do_appears_and_the_focus_stays(board, slots):
    page = board()
    page.focus(f"[data-slot='{slots[1][1].uuid}']")
    origin = Origin(UserFactory(role="agent", sees_all_sites=True), "phone")
    for slot in (slots[0][0], slots[1][0]):
        appointments.book(patient=PatientFactory(name="Bob Jones"), slot=slot, origin=origin)
    page.wait_for_selector(f"#cell-{slots[1][0].uuid} :text('Bob Jones')", timeout=NEWS)
    assert page.evaluate("document.activeElement.dataset.slot") == str(slots[1][1].uuid)
    assert page.inner_text("#day-free") == "4"


def test_the_focus_stays_even_in_the_cell_that_changes(board, slots, alice):
    page = board()
    page.focus(f"[data-booking='{alice.uuid}']")
    appointments.confirm(appointment=alice, origin=Origin(UserFactory(role="agent", sees_all_sites=True), "phone"))
    page.wait_for_selector(f"[data-booking='{alice.uuid}'] :text('check')", timeout=NEWS)
    assert page.evaluate("document.activeElement.dataset.booking") == str(alice.uuid)


def test_a_board_that_is_only_looked_at_keeps_nobody_signed_in(board, slots):
    page = board()
    with page.expect_request("**/day/fresh/**", timeout=NEWS) as asked:
        pass
    assert asked.value.headers["x-background"] == "1"


@pytest.mark.without_network
def test_without_the_network_the_board_says_how_old_it_is(board, slots):
    page = board()
    page.route("**/day/fresh/**", lambda route: route.abort())
    page.wait_for_selector("#day-lost", state="visible", timeout=NEWS)
    assert page.inner_text("#day-lost b") == page.inner_text("#day-as-of")
    page.unroute("**/day/fresh/**")
    page.wait_for_selector("#day-lost", state="hidden", timeout=NEWS)


def test_times_are_blocked_by_keys_alone(board, slots, alice):
    page = board("supervisor", blocking=1)
    page.focus(f"[data-mark='{slots[0][1].uuid}']")
    for key in ("Space", "ArrowRight", "Space"):
        page.keyboard.press(key)
    assert page.inner_text("#mark-count") == "2"
    page.fill("#mark-bar [name=reason]", "Meeting")
    page.keyboard.press("Enter")
    page.wait_for_selector("#mark-said:has-text('2 times are blocked')")
    closed = set(Slot.objects.filter(closed="blocked").values_list("pk", flat=True))
    assert closed == {slots[0][1].pk, slots[1][1].pk}
    assert page.inner_text("#mark-count") == "0"


def test_shift_chooses_a_run_of_times_in_one_column(board, slots):
    page = board("supervisor", blocking=1)
    page.click(f"[data-mark='{slots[0][0].uuid}']")
    page.click(f"[data-mark='{slots[0][2].uuid}']", modifiers=["Shift"])
    assert page.inner_text("#mark-count") == "3"


def test_chosen_times_stay_chosen_when_the_board_refreshes(board, slots):
    page = board("supervisor", blocking=1)
    page.click(f"[data-mark='{slots[0][0].uuid}']")
    origin = Origin(UserFactory(role="agent", sees_all_sites=True), "phone")
    appointments.book(patient=PatientFactory(name="Bob Jones"), slot=slots[0][0], origin=origin)
    page.wait_for_selector(":text('Bob Jones')", timeout=NEWS)
    assert page.get_attribute(f"[data-mark='{slots[0][0].uuid}']", "aria-pressed") == "true"


@pytest.mark.parametrize("view", ["blocking", "practitioner"])
def test_the_new_views_have_no_known_fault(board, slots, alice, view):
    query = {"blocking": 1} if view == "blocking" else {"practitioner": slots[0][0].session.practitioner.uuid}
    assert faults(board("supervisor", **query)) == []
