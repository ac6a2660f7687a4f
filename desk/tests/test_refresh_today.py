"""Today refreshes itself in a real browser and takes nothing away from whoever reads it."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory
from common import clock
from directory.tests.factories import PractitionerFactory
from scheduling.models import Appointment
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory

PATIENCE = 6000  # ms: a refresh comes within five seconds


@pytest.fixture
def sessions(transactional_db):
    """Forty sessions, more than fit on the screen, with one booking each."""
    ends = clock.day_bounds(clock.today())[1]
    made = []
    for number in range(40):
        doctor = PractitionerFactory(name=f"Doctor N{number:02}", name_pinyin=f"doctor n{number:02}")
        session = SessionFactory(
            day=clock.today(), starts_at=ends - dt.timedelta(hours=1), ends_at=ends, practitioner=doctor
        )
        slot = SlotFactory(session=session, starts_at=session.starts_at, ends_at=ends, capacity=4)
        AppointmentFactory(slot=slot)
        made.append(session)
    return made


@pytest.fixture
def today(page, sign_in, sessions):
    sign_in(UserFactory(role="front_desk"))
    page.goto(reverse("admin:index"))
    return page


def arrives(session) -> None:
    Appointment.objects.filter(slot__session=session).update(status="arrived")


def one_more(session) -> None:
    AppointmentFactory(slot=session.slots.get())


def number(session, name: str) -> str:
    return f"#line-{session.pk}-{name}"


def wait_for(page, session, name: str, value: int) -> None:
    script = "([where, value]) => document.querySelector(where).textContent.trim().endsWith(value)"
    page.wait_for_function(script, arg=[number(session, name), str(value)], timeout=PATIENCE)


def test_r15_a_change_comes_by_itself_and_focus_and_scroll_stay(today, sessions):
    last = sessions[-1]
    today.locator(number(last, "booked")).focus()
    scrolled = today.evaluate("window.scrollY || document.scrollingElement.scrollTop")
    today.evaluate("row => { document.querySelector(row).dataset.kept = 'yes' }", f"#line-{sessions[-2].pk}")
    one_more(last)
    wait_for(today, last, "booked", 2)
    assert today.evaluate("document.activeElement.id") == number(last, "booked")[1:]
    assert today.evaluate("window.scrollY || document.scrollingElement.scrollTop") == scrolled
    assert today.get_attribute(f"#line-{sessions[-2].pk}", "data-kept") == "yes"


def test_a_number_that_becomes_nothing_keeps_the_focus(today, sessions):
    today.locator(number(sessions[0], "booked")).focus()
    arrives(sessions[0])
    wait_for(today, sessions[0], "arrived", 1)
    assert today.evaluate("document.activeElement.id") == number(sessions[0], "booked")[1:]


def test_r15_half_typed_words_and_what_they_hide_stay(today, sessions):
    today.locator("#today-find").focus()
    today.keyboard.type("doctor n07")
    one_more(sessions[7])
    wait_for(today, sessions[7], "booked", 2)
    assert today.evaluate("document.activeElement.id") == "today-find"
    today.keyboard.type("x")
    assert today.input_value("#today-find") == "doctor n07x"
    assert today.locator("#today-none").is_visible()
    today.keyboard.press("Backspace")
    assert today.locator("#today-lines tr:visible").count() == 1


def test_marked_words_stay_marked_and_their_line_waits(today, sessions):
    mark = "row => document.getSelection().selectAllChildren(document.querySelector(row).querySelector('th'))"
    today.evaluate(mark, f"#line-{sessions[0].pk}")
    one_more(sessions[0])
    one_more(sessions[1])
    wait_for(today, sessions[1], "booked", 2)
    assert today.evaluate("document.getSelection().toString()").strip() == "Doctor N00"
    today.evaluate("document.getSelection().removeAllRanges()")
    wait_for(today, sessions[0], "booked", 2)


def test_while_paused_nothing_changes(today, sessions):
    today.locator("#today-pause").focus()
    today.keyboard.press("Enter")
    one_more(sessions[0])
    today.wait_for_timeout(PATIENCE)
    assert today.inner_text(number(sessions[0], "booked")).endswith("1")
    today.keyboard.press("Enter")
    wait_for(today, sessions[0], "booked", 2)
    assert today.evaluate("document.activeElement.id") == "today-pause"


def test_a_new_alert_is_announced(today, sessions):
    type(sessions[0]).objects.filter(pk=sessions[0].pk).update(status="stopped")
    today.wait_for_function(
        "document.getElementById('today-said').textContent.includes('1 stopped session')", timeout=PATIENCE
    )
    assert today.locator("#alert-stopped").is_visible()


def test_a_lost_connection_is_said_and_forgotten_when_it_is_back(today, sessions):
    assert today.locator("#today-lost").is_hidden()
    failed = "new CustomEvent('htmx:afterRequest', {detail: {xhr: {status: 0}}})"
    today.evaluate(f"document.getElementById('today-poll').dispatchEvent({failed})")
    assert today.locator("#today-lost").is_visible()
    today.locator("#today-lost").wait_for(state="hidden", timeout=PATIENCE)


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_today_does_not_scroll_sideways(today, size):
    today.set_viewport_size({"width": size[0], "height": size[1]})
    assert today.evaluate("document.documentElement.scrollWidth <= innerWidth")
