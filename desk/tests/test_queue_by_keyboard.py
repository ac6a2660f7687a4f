"""Arrival and queue in a real browser: two acts, no mouse, nothing lost when the page refreshes itself."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from accounts.tests.factories import UserFactory
from directory.models import Scope
from patients.tests.factories import PatientFactory
from scheduling.models import Appointment
from scheduling.tests.factories import SlotFactory
from tests.axe import RULES
from visits.models import Call, Encounter, QueueEntry
from visits.services import queue
from visits.tests.factories import booked, clinic, counter, noon, waiting

LOOK = "htmx.trigger(document.getElementById('queue-fresh'), 'look')"


@pytest.fixture
def session(transactional_db, at_noon):
    return clinic(practitioner__name="Chen Yu")


@pytest.fixture
def desk(page, sign_in, session):
    """The page of the session's department, open."""
    clerk = UserFactory(role="front_desk", sees_all_sites=False)
    Scope.objects.create(user=clerk, site=session.service.department.site)
    sign_in(clerk)
    page.set_default_timeout(10_000)
    page.goto(reverse("admin:desk:queue"))
    return page


def said(page, words: str) -> None:
    page.wait_for_function("words => document.getElementById('said').textContent.includes(words)", arg=words)


def focus(page, script: str) -> None:
    page.wait_for_function(f"(() => {{ const focus = document.activeElement; return {script}; }})()")


def test_type_and_enter_check_in_and_undo_takes_it_back(desk, session):
    booked(session, name="张伟")
    focus(desk, "focus.id === 'arriving'")
    desk.keyboard.type("zhangwei")
    desk.keyboard.press("Enter")  # before the answer is there: it waits for it
    said(desk, "张伟 is checked in: ticket 001.")
    assert desk.inner_text(".queue-big") == "001"
    assert desk.input_value("#arriving") == ""
    desk.wait_for_selector("#board .queue-line >> text=张伟")
    desk.get_by_role("button", name="Undo").focus()
    desk.keyboard.press("Enter")
    said(desk, "The check-in of 张伟 is taken back.")
    desk.wait_for_selector("#board .queue-line", state="detached")
    focus(desk, "focus.id === 'arriving'")
    assert Appointment.objects.get().status == "booked"


def test_undo_goes_away_after_ten_seconds(desk, session):
    desk.clock.install()
    booked(session, name="张伟")
    desk.keyboard.type("zhangwei")
    desk.clock.run_for(200)
    desk.wait_for_selector("#meant [aria-selected=true]")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("[data-undo]")
    desk.clock.run_for(9_000)
    assert desk.locator("[data-undo]").count() == 1
    desk.clock.run_for(1_500)
    assert desk.locator("[data-undo]").count() == 0


def test_enter_before_the_answer_checks_in_nobody_when_several_are_meant(desk, session):
    booked(session, 0, name="张伟"), booked(session, 15, name="张伟")
    desk.keyboard.type("zhangwei")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#meant [aria-selected=true]")
    assert not QueueEntry.objects.exists()
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    said(desk, "is checked in")
    assert QueueEntry.objects.get().appointment.starts_at > noon()


def test_enter_that_ends_a_composition_checks_in_nobody(desk, session):
    booked(session, name="张伟")
    desk.keyboard.type("zhang")
    desk.wait_for_selector("#meant [role=option]")
    composing = "new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true})"
    desk.evaluate(f"document.getElementById('arriving').dispatchEvent({composing})")
    desk.wait_for_timeout(300)
    assert not QueueEntry.objects.exists()
    assert desk.input_value("#arriving") == "zhang"


def test_a_walk_in_is_taken_in_by_keys(desk, session):
    SlotFactory(session=session, starts_at=noon())
    PatientFactory(name="Alice Smith")
    desk.keyboard.type("alice")
    desk.wait_for_selector("#meant [aria-selected=true]")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#panel-title:focus")
    desk.locator("#panel [data-slot]").focus()
    desk.keyboard.press("Enter")
    said(desk, "Alice Smith is checked in")
    assert desk.inner_text(".queue-big") == "001"
    assert not desk.locator("#panel").is_visible()
    focus(desk, "focus.id === 'arriving'")


def test_the_next_one_is_called_sent_in_and_finished_by_keys(desk, session):
    first, _second = waiting(session, name="Alice Smith"), waiting(session, 15, name="Bob Jones")
    desk.reload()
    desk.locator("[data-act=next]").focus()
    desk.keyboard.press("Enter")
    said(desk, "Called: 001 Alice Smith")
    focus(desk, "focus.dataset.act === 'next'")
    desk.keyboard.press("Tab")
    focus(desk, "focus.dataset.act === 'start'")
    desk.keyboard.press("Enter")
    said(desk, "001 Alice Smith is with the clinician.")
    desk.locator("[data-act=finish]").focus()
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#panel [name=outcome]:focus")
    desk.keyboard.press("Space")
    desk.keyboard.press("Enter")
    said(desk, "The visit of 001 Alice Smith is over.")
    first.refresh_from_db()
    assert (first.state, Encounter.objects.get().outcome) == ("done", "treated")
    assert "Seen 1" in desk.inner_text(".is-over summary")


def test_a_double_click_calls_one(desk, session):
    waiting(session, name="Alice Smith"), waiting(session, 15)
    desk.reload()
    desk.locator("[data-act=next]").click()
    said(desk, "Called: 001")
    desk.locator("[data-act=next]").dispatch_event("click", {"detail": 2})  # the answer was faster than the finger
    desk.wait_for_timeout(300)
    assert Call.objects.count() == 1


def test_what_is_refused_is_said_and_drawn(desk, session):
    entry = waiting(session, name="Alice Smith")
    queue.call(entry=entry, origin=counter())
    desk.reload()
    queue.leave(entry=entry, origin=counter())
    desk.locator("[data-act=start]").click()
    said(desk, "Ticket 001 is “Left without being seen” now")
    assert "left 1" in desk.inner_text(".is-over summary")


def test_a_refresh_keeps_text_focus_caret_and_open_menus(desk, session):
    waiting(session, 15, name="Alice Smith")
    desk.reload()
    desk.locator(".queue-more summary").click()
    desk.locator("#arriving").fill("half typed")
    desk.evaluate("document.getElementById('arriving').setSelectionRange(4, 4)")
    waiting(session, 0, name="Bob First")
    desk.evaluate(LOOK)
    desk.wait_for_selector("#board .queue-line >> text=Bob First")
    assert desk.inner_text(".queue-line strong >> nth=0") == "Bob First"
    focus(desk, "focus.id === 'arriving' && focus.selectionStart === 4 && focus.value === 'half typed'")
    assert desk.locator(".queue-more[open]").count() == 1


def test_a_refresh_keeps_the_focus_on_a_line_that_is_drawn_again(desk, session):
    entry = waiting(session, name="Alice Smith")
    queue.call(entry=entry, origin=counter())
    desk.reload()
    desk.locator("[data-act=skip]").focus()
    queue.call(entry=entry, origin=counter())
    desk.evaluate(LOOK)
    desk.wait_for_selector("#board >> text=2 times")
    focus(desk, "focus.dataset.act === 'skip'")


def test_a_line_that_did_not_change_is_not_drawn_again(desk, session):
    waiting(session, 0, name="Alice Smith")
    desk.reload()
    desk.evaluate("document.querySelector('.queue-line').mine = true")
    waiting(session, 15, name="Bob Jones")
    desk.evaluate(LOOK)
    desk.wait_for_selector("#board .queue-line >> text=Bob Jones")
    assert desk.evaluate("document.querySelector('.queue-line').mine")


def test_the_queue_asks_by_itself_until_it_is_paused(desk, session):
    desk.clock.install()
    desk.reload()
    waiting(session, name="Alice Smith")
    desk.clock.run_for(5_100)
    desk.wait_for_selector("#board >> text=Alice Smith")
    desk.get_by_role("button", name="Pause").click()
    waiting(session, 15, name="Bob Jones")
    asked = []
    desk.on("request", lambda request: "/fresh/" in request.url and asked.append(request.url))
    desk.clock.run_for(20_000)
    assert asked == []


def test_a_lost_network_is_said_and_its_return_too(desk, session):
    desk.evaluate("htmx.trigger(document.getElementById('queue-fresh'), 'htmx:sendError', {})")
    desk.wait_for_selector("#queue-offline:not([hidden])")
    assert "No connection since 12:00:00" in desk.inner_text("#queue-offline")
    desk.evaluate(LOOK)
    said(desk, "Connected again.")
    assert desk.locator("#queue-offline").is_hidden()


def test_nothing_of_a_patient_stays_in_the_browser(desk, session):
    waiting(session, name="Alice Smith")
    desk.reload()
    kept = desk.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    assert "Alice" not in kept


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_and_panels_have_no_known_fault(desk, session, scheme):
    def faults() -> list[str]:
        found = Axe().run(desk, options=RULES).response["violations"]
        return [f"{fault['id']}: {fault['nodes'][0]['html'][:300]}" for fault in found]

    desk.emulate_media(color_scheme=scheme)
    inside, called, skipped = (waiting(session, minutes) for minutes in (0, 5, 10))
    waiting(session, 15, name="Alice Smith")
    for one in (inside, called, skipped):
        queue.call(entry=one, origin=counter())
    queue.skip(entry=skipped, origin=counter())
    queue.prioritise(entry=skipped, priority="urgent", origin=counter())
    desk.reload()
    desk.locator(f"#ticket-{inside.uuid} [data-act=start]").click()
    said(desk, "is with the clinician")
    desk.locator(".is-waiting .queue-more summary").click()
    booked(session, 30, name="Carol White"), PatientFactory(name="Carol Black")
    desk.locator("#arriving").fill("carol")
    desk.wait_for_selector("#meant [aria-selected=true]")
    desk.wait_for_timeout(2_100)  # until what is new has faded
    assert faults() == []
    for name in ("finish", "prioritise", "hand_over"):
        desk.locator(f"[data-act={name}]:visible").first.click()
        desk.wait_for_selector("#panel[open] h2")
        assert faults() == []
        desk.keyboard.press("Escape")


@pytest.mark.parametrize("size", [(1366, 768), (390, 844), (320, 640)])
def test_the_page_does_not_scroll_sideways(desk, session, size):
    queue.call(entry=waiting(session, name="Alexandria Montgomery-Featherstonehaugh"), origin=counter())
    waiting(session, 15)
    desk.set_viewport_size({"width": size[0], "height": size[1]})
    desk.reload()
    desk.locator(".queue-more summary").last.click()
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
