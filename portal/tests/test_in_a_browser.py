"""The pages in a real browser: without a script, by keys alone, on a narrow screen, in both schemes."""

import pytest

from portal.tests.factories import another, booked, clinic, offered, restriction, slot_of, stopped, told
from tests.axe import faults

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _database(transactional_db):
    """The server of the browser reads what the test wrote."""


@pytest.fixture
def plain(browser, live_server):
    """A phone whose browser runs no script."""
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def states(session):
    """Every page there is, by name."""
    visit = booked(session)
    for days in (1, 2):
        another(session, days)
    address = told("reminder", visit)
    _lost, kept = stopped(clinic(site__code="two"))
    return {
        "visit": address,
        "sure": f"{address}sure/cancel/",
        "times": f"{address}times/",
        "time": f"{address}times/{slot_of(session, 1).uuid}/",
        "kept": kept,
        "offer": offered(clinic(site__code="three"))[1],
        "restriction": restriction()[1],
        "outside": "/a/unknown/",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_known_fault(page, states, scheme):
    page.emulate_media(color_scheme=scheme)
    for name, address in states.items():
        for language in ("en", "zh-hans"):
            page.goto(f"{address}?language={language}")
            assert faults(page) == [], name


def test_no_page_scrolls_sideways_at_320_pixels_nor_with_wide_text(page, states):
    page.set_viewport_size({"width": 320, "height": 640})
    for name, address in states.items():
        page.goto(address)
        page.add_style_tag(content="* { letter-spacing: .12em !important; word-spacing: .16em !important }")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name


def test_targets_are_44_pixels_and_text_is_18(page, states):
    page.set_viewport_size({"width": 390, "height": 844})
    for name, address in states.items():
        page.goto(address)
        boxes = [(one.inner_text(), one.bounding_box()) for one in page.locator("a:not(.skip, .phone), button").all()]
        assert [text for text, box in boxes if box["height"] < 44] == [], name
        assert page.evaluate("getComputedStyle(document.body).fontSize") == "18px"


def test_the_phone_stands_in_the_same_place(page, states):
    for name, address in states.items():
        page.goto(address)
        order = page.evaluate("[...document.querySelectorAll('main, .phone')].map(one => one.className || 'main')")
        assert order[:2] == ["main", "phone"], name


def test_a_visit_is_moved_by_keys_alone_without_a_script(plain, session, states):
    plain.goto(states["visit"])
    press_on(plain, "Choose another time")
    press_on(plain, "09:15 Chen Yu")
    press_on(plain, "Yes, take this time")
    assert "Done: your visit has a new time" in plain.inner_text("h1")
    assert "09:15" in plain.inner_text(".when")


def press_on(page, label):
    """Tab until that control has the focus, visibly, and press Enter."""
    for _n in range(40):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() and " ".join(focused.inner_text().split()) == label:
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"no way to {label}")


def test_a_visit_is_cancelled_without_a_script(plain, states):
    plain.goto(states["visit"])
    plain.click("text=Cancel the visit")
    assert "Your place goes to somebody else at once" in plain.inner_text("main")
    plain.click("text=Yes, cancel the visit")
    assert plain.inner_text("h1") == "Done: your visit is cancelled"


def test_the_language_is_switched_in_place_without_a_script(plain, states):
    plain.goto(states["times"])
    plain.click("header nav a")
    assert plain.url.endswith("/times/?language=zh-hans")
    assert plain.locator(".day").count() == 3


def test_the_skip_link_leads_past_the_head(page, states):
    page.goto(states["visit"])
    page.keyboard.press("Tab")
    assert page.inner_text(":focus") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_the_first_page_weighs_less_than_30_kilobytes(page, states):
    sizes = []
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    page.goto(states["visit"])
    page.wait_for_load_state("networkidle")
    assert len(sizes) <= 3
    assert sum(sizes) < 30_000
