"""A day is settled by keys alone, in a real browser."""

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory
from patients.tests.factories import PatientFactory
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory

from .test_settle_a_day import YESTERDAY


@pytest.fixture
def rows(transactional_db):
    """Three people of one session yesterday: two who arrived, and one of whom nothing is known."""
    session = SessionFactory(day=YESTERDAY)
    return [
        AppointmentFactory(
            slot=SlotFactory(session=session, number=number), status=status, patient=PatientFactory(name=name)
        )
        for number, (status, name) in enumerate((("arrived", "Alice"), ("arrived", "Bob"), ("booked", "Charlie")))
    ]


@pytest.fixture
def day(page, sign_in, rows):
    sign_in(UserFactory(role="front_desk"))
    page.goto(reverse("admin:desk:ending", query={"day": YESTERDAY}))
    return page


def said(page, words: str) -> None:
    page.wait_for_function("words => document.getElementById('said').textContent.includes(words)", arg=words)


def focused(page, where: str) -> None:
    page.wait_for_function("where => document.activeElement.id === where", arg=where)


def statuses(rows) -> list[str]:
    for row in rows:
        row.refresh_from_db()
    return [row.status for row in rows]


def test_a_day_is_settled_line_by_line(day, rows):
    day.locator(f"#seen-{rows[0].uuid}").focus()
    day.keyboard.press("Enter")
    focused(day, f"seen-{rows[1].uuid}")
    said(day, "2 are still open.")
    day.keyboard.press("Enter")
    focused(day, f"seen-{rows[2].uuid}")
    day.keyboard.press("Enter")
    focused(day, "ending-reason")
    said(day, "1 refused.")
    day.keyboard.type("came late")
    day.keyboard.press("Enter")
    assert statuses(rows) == ["fulfilled", "fulfilled", "booked"]
    day.locator(f"#seen-{rows[2].uuid}").focus()
    day.keyboard.press("Enter")
    said(day, "Everybody is settled.")
    focused(day, "ending-left")
    assert statuses(rows) == ["fulfilled"] * 3


def test_ticked_lines_are_settled_together(day, rows):
    day.locator("#ending-all").focus()
    day.keyboard.press("Space")
    assert day.inner_text("[data-ticked]") == "3"
    day.locator(f"#tick-{rows[0].uuid}").focus()
    day.keyboard.press("Space")
    assert day.inner_text("[data-ticked]") == "2"
    day.locator("#ending-reason").focus()
    day.keyboard.type("went home")
    day.locator("[name=act][value=absent]").focus()
    day.keyboard.press("Enter")
    said(day, "2 settled. 1 is still open.")
    assert statuses(rows) == ["arrived", "noshow", "noshow"]


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_the_end_of_the_day_does_not_scroll_sideways(day, size):
    day.set_viewport_size({"width": size[0], "height": size[1]})
    assert day.evaluate("document.documentElement.scrollWidth <= innerWidth")
