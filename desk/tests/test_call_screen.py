"""The call screen in a real browser: filled without signing in, spoken, and honest about a lost network."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from tests.axe import RULES
from visits.models import CallScreen
from visits.services import queue, screens
from visits.tests.factories import clinic, counter, waiting

SPOKEN = """window.said = [];
window.SpeechSynthesisUtterance = function (words) { this.words = words; };
Object.defineProperty(window, 'speechSynthesis', {value: {speak: (one) => window.said.push([one.lang, one.words])}});"""


@pytest.fixture
def session(transactional_db):
    return clinic()


@pytest.fixture
def screen(session):
    shown = CallScreen.objects.create(name_zh="二楼候诊区", name_en="Second floor")
    shown.departments.add(session.service.department)
    return shown


def called(session, minutes=0):
    return queue.call(entry=waiting(session, minutes), origin=counter())


def address(screen) -> str:
    return reverse("screen:page", kwargs={"screen": screen.uuid})


def test_a_call_appears_within_seconds_and_is_spoken_once_in_both_languages(page, screen, session):
    page.add_init_script(SPOKEN)
    called(session)
    page.goto(address(screen))
    page.wait_for_selector("#calls li")
    page.click("#voice")
    entry = called(session, 15)
    page.wait_for_selector(f"#calls li.is-new :text('{entry.ticket}')")
    page.wait_for_function("said.length === 2")
    page.wait_for_timeout(2500)  # the next answer says nothing new
    assert [language for language, _words in page.evaluate("said")] == ["zh-CN", "en-GB"]


def test_nothing_is_said_of_calls_from_before_the_screen_was_switched_on(page, screen, session):
    page.add_init_script(SPOKEN)
    called(session)
    page.add_init_script("localStorage.setItem('crm-screen-voice', '1')")
    page.goto(address(screen))
    page.wait_for_selector("#calls li")
    page.wait_for_timeout(2500)
    assert page.evaluate("said") == []


@pytest.mark.without_network
def test_without_the_network_the_last_answer_stays_and_its_age_is_told(page, screen, session):
    entry = called(session)
    page.clock.install()
    page.goto(address(screen))
    page.wait_for_selector("#calls li")
    page.route("**/calls/", lambda route: route.abort())
    page.clock.run_for(20_000)
    page.wait_for_selector("#lost", state="visible")
    assert entry.ticket in page.inner_text("#calls")
    page.unroute("**/calls/")
    page.clock.run_for(4_000)
    page.wait_for_selector("#lost", state="hidden")


def test_an_address_that_was_taken_away_shows_nobody(page, client, screen, session):
    called(session)
    page.goto(address(screen))
    page.wait_for_selector("#calls li")
    screens.move_address(screen, by=counter().by)
    page.wait_for_selector("#gone", state="visible")
    assert page.locator("#calls li").count() == 0


def test_nobody_signs_in_and_nothing_is_kept(client, screen):
    for name in ("page", "calls"):
        answer = client.get(reverse(f"screen:{name}", kwargs={"screen": screen.uuid}))
        assert answer.status_code == 200
        assert not answer.cookies
        assert "no-store" in answer.headers["Cache-Control"]


def test_a_screen_that_is_not_in_use_is_not_there(client, screen):
    CallScreen.objects.update(is_active=False)
    assert client.get(address(screen)).status_code == 404


@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768), (390, 844)])
def test_the_screen_has_no_known_fault_and_fits(page, screen, session, size):
    called(session)
    waiting(session, 15)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(address(screen))
    page.wait_for_selector("#ready li")
    page.wait_for_timeout(100)
    faults = Axe().run(page, options=RULES).response["violations"]
    assert [fault["id"] for fault in faults] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
