"""The worklist in a real browser, without a mouse: three presses from the list to closed; no fault that axe finds."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from accounts.tests.factories import UserFactory
from interactions import reasons
from interactions.models import Task
from interactions.reasons import Reason
from interactions.tests.factories import TaskFactory
from patients.tests.factories import ContactPointFactory, PatientFactory

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
LIST = "admin:interactions_task_changelist"


@pytest.fixture
def task(transactional_db, monkeypatch):
    """Somebody with a phone who must be called."""
    monkeypatch.setitem(reasons._reasons, "test", Reason("No message arrived."))
    phone = ContactPointFactory(patient=PatientFactory(name="Alice Smith"), value="+8613812345678")
    return TaskFactory(patient=phone.patient)


@pytest.fixture
def worklist(page, sign_in, task):
    sign_in(UserFactory(role="agent", name="Bob"))
    page.set_default_timeout(10_000)
    page.goto(reverse(LIST))
    page.wait_for_load_state("networkidle")
    return page


def test_three_presses_from_the_list_to_closed(worklist):
    worklist.keyboard.press("F9")
    worklist.wait_for_selector("#task-form input[name=outcome]:focus")
    worklist.keyboard.press("2")
    worklist.keyboard.press("Enter")
    worklist.wait_for_selector("text=closed as “Will come”")
    assert Task.objects.get().outcome == "confirmed"


def test_the_number_a_note_and_not_reached_by_keys_alone(worklist):
    worklist.keyboard.press("F9")
    worklist.wait_for_selector("#task-form input[name=outcome]:focus")
    worklist.keyboard.press("F8")
    worklist.wait_for_selector("a[href='tel:+8613812345678']")
    worklist.get_by_label("Note").focus()
    worklist.keyboard.type("call 2 after 5")
    worklist.get_by_role("button", name="Not reached").focus()
    worklist.keyboard.press("Enter")
    worklist.wait_for_selector("text=Not reached; due again")
    task = Task.objects.get()
    assert (task.note, task.tries, task.outcome) == ("call 2 after 5", 1, "")


def test_a_second_press_while_the_first_is_under_way_is_not_sent(worklist):
    send = "form => !form.dispatchEvent(new Event('submit', { cancelable: true }))"  # true: it was held back
    form = worklist.locator(".task-next")
    assert [form.evaluate(send), form.evaluate(send)] == [False, True]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_list_and_the_page_have_no_known_fault(worklist, scheme):
    def faults() -> list[str]:
        found = Axe().run(worklist, options=RULES).response["violations"]
        return [f"{fault['id']}: {fault['nodes'][0]['html'][:200]}" for fault in found]

    worklist.emulate_media(color_scheme=scheme)
    assert faults() == []
    worklist.keyboard.press("F9")
    worklist.wait_for_selector("#task-form input[name=outcome]:focus")
    assert faults() == []


def test_on_a_narrow_screen_nothing_is_cut_off(worklist):
    def overflow() -> int:
        return worklist.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    worklist.set_viewport_size({"width": 390, "height": 844})
    assert overflow() == 0
    worklist.locator(".task-next button").click()
    worklist.wait_for_selector("#task-form")
    assert overflow() == 0
