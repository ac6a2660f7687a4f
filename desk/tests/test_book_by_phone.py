"""Front-desk points R2, R5, R8 and R11 to R13 in a real browser: from any page to a booking without a mouse."""

import time

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory
from common import clock
from desk.tests.test_booking_desk import visit
from desk.tests.test_work_by_keyboard import KEYS, Keyboard, said
from directory.models import Scope
from patients.tests.factories import ContactPointFactory, PatientFactory, RelatedPersonFactory
from scheduling.models import Appointment
from scheduling.tests.factories import SessionFactory, SlotFactory
from tests.axe import faults

SECONDS = 15  # the most that the script below may take
DESK = reverse("admin:desk:booking_desk")


@pytest.fixture
def slots(transactional_db):
    session = SessionFactory()
    return [SlotFactory(session=session, number=number) for number in range(3)]


@pytest.fixture
def zhang(slots):
    """Was here a month ago; the phone ends in 8123."""
    person = PatientFactory(name="张伟")
    ContactPointFactory(patient=person, value="+8613800138123")
    visit(person, slots[0].session, 30)
    return person


@pytest.fixture
def clerk(page, sign_in, slots):
    person = UserFactory(role="front_desk", sees_all_sites=False)
    Scope.objects.create(user=person, site=slots[0].service.department.site)
    sign_in(person)
    return person


def focus_is_on(page, selector: str) -> None:
    page.wait_for_function("selector => document.activeElement.matches(selector)", arg=selector)


@pytest.mark.parametrize("name", ["index", "patients_patient_changelist", "desk:queue", "desk:booking_desk"])
def test_r2_a_chord_leads_to_the_patient_search_from_any_page(page, clerk, name):
    page.goto(reverse(f"admin:{name}"))
    page.locator("#content").focus()
    took = page.evaluate(
        """() => { const begun = performance.now();
        const key = new KeyboardEvent('keydown', {key: 'F2', bubbles: true, cancelable: true});
        document.activeElement.dispatchEvent(key);
        return [document.activeElement.getAttribute('role'), performance.now() - begun]; }"""
    )
    assert took[0] == "combobox"
    assert took[1] < 100


def test_r2_chords_are_listed_and_can_be_switched_off(page, clerk):
    page.goto(reverse("admin:index"))
    page.keyboard.press("?")
    page.wait_for_selector("#keys[open]")
    assert "F2\nFind a patient" in page.inner_text("#keys-list")
    page.get_by_label("Shortcuts are switched on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("F2")
    assert page.locator("#finder[open]").count() == 0
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_label("Shortcuts are switched on").check()
    page.keyboard.press("Escape")
    page.keyboard.press("F2")
    page.wait_for_selector("#finder[open]")


def test_a_question_mark_in_a_field_is_only_a_question_mark(page, clerk):
    page.goto(DESK)
    page.keyboard.press("?")
    assert page.input_value("#caller") == "?"
    assert page.locator("#keys[open]").count() == 0


def test_r8_a_known_patient_is_booked_within_25_keys_and_15_seconds_without_a_mouse(page, clerk, slots, zhang):
    page.goto(reverse("admin:index"))
    keys, begun = Keyboard(page), time.monotonic()
    keys.press("F2")
    keys.type("8123")
    page.wait_for_selector("#finder-field-list [aria-selected=true]")
    keys.press("Enter")
    page.wait_for_url("**patient=**")
    focus_is_on(page, "[data-first]")
    keys.press("Enter")
    focus_is_on(page, "#why")
    keys.press("Enter")
    said(page, "Booked. Reference")
    assert time.monotonic() - begun < SECONDS
    assert keys.count <= KEYS
    assert Appointment.objects.get(slot=slots[0], status="booked").patient == zhang


def test_after_a_booking_the_desk_is_ready_for_the_next_caller(page, clerk, slots, zhang):
    page.goto(f"{DESK}?patient={zhang.uuid}")
    page.keyboard.press("Enter")
    focus_is_on(page, "#why")
    page.keyboard.press("Enter")
    said(page, "Booked. Reference")
    page.keyboard.press("Escape")
    focus_is_on(page, "#caller")
    booking = Appointment.objects.get(slot=slots[0], status="booked")
    assert page.locator(f"#booking-{booking.uuid}").count() == 1


def test_closing_without_booking_gives_the_place_back_and_the_focus_to_it(page, clerk, slots, zhang):
    page.goto(f"{DESK}?patient={zhang.uuid}")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    focus_is_on(page, "#why")
    with page.expect_response("**/release/"):
        page.keyboard.press("Escape")
    focus_is_on(page, f"#soon-{slots[1].uuid}")
    slots[1].refresh_from_db()
    assert slots[1].taken == 0


def test_r5_enter_that_ends_a_composition_takes_nobody_and_escape_closes_the_list(page, clerk, zhang):
    page.goto(DESK)
    page.keyboard.type("zhang")
    page.wait_for_selector("#caller-list [role=option]")
    composing = "new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true})"
    page.evaluate(f"document.getElementById('caller').dispatchEvent({composing})")
    assert "patient" not in page.url
    page.keyboard.press("Escape")
    assert page.locator("#caller-list [role=option]").count() == 0
    focus_is_on(page, "#caller")


def test_r11_as_last_time_is_one_act(page, clerk, slots, zhang):
    other = SlotFactory(session=SessionFactory(service=slots[0].service))
    page.goto(f"{DESK}?patient={zhang.uuid}")
    assert page.locator(f"#soon-{other.uuid}").count() == 1
    page.locator("#repeat").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#anybody")
    assert page.locator(f"#soon-{other.uuid}").count() == 0
    assert "person=" in page.url


def test_r12_a_child_is_booked_beside_its_parent_by_keys_alone(page, clerk, slots, zhang):
    child = PatientFactory(name="张语桐")
    RelatedPersonFactory(patient=child, proxy=zhang)
    page.goto(f"{DESK}?patient={zhang.uuid}")
    page.get_by_text("Somebody else comes along").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    focus_is_on(page, f"#along-{child.uuid}")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-two]")
    page.locator("[data-two]").first.focus()
    assert faults(page) == []
    page.keyboard.press("Enter")
    focus_is_on(page, "#why")
    assert faults(page) == []
    page.keyboard.press("Enter")
    said(page, "Both are booked.")
    assert faults(page) == []
    booked = Appointment.objects.filter(status="booked").order_by("starts_at")
    assert [(one.patient, one.slot) for one in booked] == [(zhang, slots[0]), (child, slots[1])]


def test_r13_a_caller_who_hangs_up_is_found_under_unfinished_and_goes_on(page, clerk, slots, zhang):
    page.goto(f"{DESK}?patient={zhang.uuid}")
    page.keyboard.press("Enter")
    focus_is_on(page, "#why")
    page.goto(DESK)  # the tab was closed or the page left
    page.get_by_role("link", name="Go on with this booking").focus()
    page.keyboard.press("Enter")
    focus_is_on(page, "#why")
    page.keyboard.press("Enter")
    said(page, "Booked. Reference")
    assert Appointment.objects.get(slot=slots[0], status="booked").patient == zhang


def test_a_place_that_somebody_else_took_is_refused_with_others_and_nothing_is_lost(page, clerk, slots, zhang):
    page.goto(f"{DESK}?patient={zhang.uuid}")
    type(slots[0]).objects.filter(pk=slots[0].pk).update(taken=1)
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel-title:focus")
    assert "The last place has just been taken." in page.inner_text("#panel-body")
    page.locator(".panel-places button").first.focus()
    page.keyboard.press("Enter")
    focus_is_on(page, "#why")
    assert Appointment.objects.get(status="held").patient == zhang


def test_what_it_is_for_is_typed_and_stays_in_the_address(page, clerk, slots):
    newcomer = PatientFactory(name="Alice Smith")
    page.goto(f"{DESK}?patient={newcomer.uuid}")
    focus_is_on(page, "#what")
    page.keyboard.type(slots[0].service.name_en[:6])
    page.wait_for_selector("#whats [aria-selected=true]")
    page.keyboard.press("Enter")
    focus_is_on(page, f"#soon-{slots[0].uuid}")
    page.reload()
    focus_is_on(page, f"#soon-{slots[0].uuid}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_booking_desk_has_no_known_fault_in_any_state(page, clerk, slots, zhang, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(DESK)
    page.keyboard.type("zhang")
    page.wait_for_selector("#caller-list [aria-selected=true]")
    assert faults(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url("**patient=**")
    focus_is_on(page, "[data-first]")
    assert faults(page) == []
    page.keyboard.press("Enter")
    focus_is_on(page, "#why")
    assert faults(page) == []
    page.keyboard.press("Enter")
    said(page, "Booked. Reference")
    assert faults(page) == []


@pytest.mark.parametrize("size", [(1366, 768), (390, 844), (320, 640)])
def test_the_page_does_not_scroll_sideways(page, clerk, slots, zhang, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{DESK}?patient={zhang.uuid}&first_day={clock.today().isoformat()}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
