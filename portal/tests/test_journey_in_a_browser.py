"""The journey as a phone shows it: without a script, in few taps, for eyes of eighty years. P2, P3, P31, P34 to P38."""

import pytest
from django.urls import reverse

from patients.tests.factories import PatientFactory
from portal import acting
from portal.tests.factories import another, booked, clinic, slot_of
from portal.tests.signing import enter_page
from scheduling.models import Appointment
from scheduling.services import holds
from tests.axe import faults


@pytest.fixture
def alice():
    return PatientFactory(name="Alice Smith", language="en")


@pytest.fixture
def phone(browser, live_server, alice):
    """Alice's phone, signed in; its browser runs no script."""
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": 390, "height": 844}, locale="en-GB"
    )
    page = context.new_page()
    enter_page(page, live_server, alice)
    yield page
    context.close()


@pytest.fixture
def states(page, live_server, alice, session):
    """Every page of the journey, by name, for Alice who is signed in."""
    another(session)
    full = clinic(site__code="two", name_en="Eyes")
    for number in range(4):
        booked(full, PatientFactory(name=f"Bob {number}"), number)
    kept = holds.hold(slot=slot_of(session, 3), patient=alice, origin=acting.origin())
    over = holds.hold(slot=slot_of(another(session, 2), 3), patient=alice, origin=acting.origin())
    holds.release(hold=over, origin=acting.origin())
    enter_page(page, live_server, alice)
    service, who = session.service, alice.uuid
    return {
        "home": reverse("portal:home"),
        "who": reverse("portal:book"),
        "who, nobody": reverse("portal:book") + "?go=1",
        "what": reverse("portal:what", args=[who]),
        "found": reverse("portal:what", args=[who]) + "?q=chen",
        "nothing found": reverse("portal:what", args=[who]) + "?q=xyz",
        "which": reverse("portal:which", args=[who, service.department.uuid]),
        "days": reverse("portal:dates", args=[who, service.uuid]),
        "full": reverse("portal:dates", args=[who, full.service.uuid]),
        "times": reverse("portal:times", args=[who, service.uuid, session.day]),
        "check": reverse("portal:check", args=[kept.uuid]),
        "over": reverse("portal:check", args=[over.uuid]),
    }


def go_on(page):
    page.click("main form:has([type=radio]) .answers button")


def test_a_returning_patient_books_in_seven_pages_and_eight_taps_without_a_script(phone, alice, session):
    """P2, P3."""
    booked(session, alice)
    another(session)
    pages, taps = ["home"], 1
    phone.goto("/portal/")
    phone.click("text=Book a visit")
    for name, choices in {"who": 0, "what": 0, "day": 1, "time": 1}.items():
        pages.append(name)
        if choices:
            phone.locator("[type=radio]").last.check()
        go_on(phone)
        taps += 1 + choices
    pages.append("check")
    phone.click("text=Confirm booking")
    taps += 1
    pages.append("done")
    assert Appointment.objects.filter(patient=alice, channel="portal", status="booked").count() == 1
    assert (len(pages), taps) == (7, 8)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_page_has_a_known_fault(page, states, scheme, language):
    page.emulate_media(color_scheme=scheme)
    for name, address in states.items():
        page.goto(f"{address}{'&' if '?' in address else '?'}language={language}")
        assert faults(page) == [], name


def test_no_page_has_a_known_fault_in_elder_mode(page, states):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/portal/?elder=1")
    for name, address in states.items():
        page.goto(address)
        assert faults(page) == [], name


def test_in_elder_mode_text_is_24_pixels_and_targets_are_60(page, states):
    """P35, P36: remembered from page to page; scalable to 30 pt."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(states["home"])
    page.click("text=Elder mode")
    for name, address in states.items():
        page.goto(address)
        assert float(page.evaluate("getComputedStyle(document.body).fontSize").removesuffix("px")) >= 24, name
        small = page.evaluate(
            """[...document.querySelectorAll('a:not(.skip), button, input, label')]
            .filter(one => one.offsetParent && !['radio', 'hidden'].includes(one.type))
            .filter(one => !one.matches('label:not(:has(input))') && !one.matches('.phone'))
            .filter(one => one.getBoundingClientRect().height < 60).map(one => one.textContent.trim())"""
        )
        assert small == [], name
    page.goto(f"{states['home']}?size=2")
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "40px"
    assert float(page.evaluate("getComputedStyle(document.body).lineHeight").removesuffix("px")) / 40 >= 1.3


def test_no_page_scrolls_sideways_at_320_pixels_nor_in_elder_mode_nor_with_wide_text(page, states):
    """P37."""
    page.set_viewport_size({"width": 320, "height": 640})
    for query in ("elder=", "elder=1"):
        page.goto(f"/portal/?{query}")
        for name, address in states.items():
            page.goto(address)
            page.add_style_tag(content="* { letter-spacing: .12em !important; word-spacing: .16em !important }")
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, (name, query)


def test_a_mistake_is_in_the_title_and_the_summary_has_the_focus_and_leads_to_the_field(page, states):
    """P31."""
    page.goto("/portal/book/?go=1")
    assert page.title().startswith("Error: ")
    assert page.evaluate("document.activeElement.id") == "mistakes"
    page.click("#mistakes a")
    assert page.evaluate("document.activeElement.id") == "id_choice"


def test_the_phone_stands_after_the_content_on_each_page(page, states):
    """P38."""
    for name, address in states.items():
        page.goto(address)
        order = page.evaluate("[...document.querySelectorAll('main, .phone')].map(one => one.className || 'main')")
        assert order[:2] == ["main", "phone"], name


def test_two_minutes_before_the_sign_out_one_press_stays(page, states):
    """P34."""
    page.clock.install()
    page.goto(states["home"])
    assert page.locator("#idle").is_hidden()
    page.clock.run_for(28 * 60_000 + 1000)
    assert page.locator("#idle").is_visible()
    assert page.evaluate("document.activeElement.textContent") == "Stay signed in"
    page.keyboard.press("Enter")
    page.locator("#idle").wait_for(state="hidden")


def test_the_minutes_that_a_time_is_kept_are_counted_down_in_words_and_figures(page, states):
    """P10."""
    page.goto(states["check"])
    assert page.inner_text("[data-left]").startswith("4:")


def test_the_first_page_weighs_less_than_60_kilobytes(page, states):
    sizes = []
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    page.goto(states["home"])
    page.wait_for_load_state("networkidle")
    assert sum(sizes) < 60_000


def test_the_language_is_switched_where_one_is_and_stays(page, states):
    """P40."""
    page.goto(states["found"])
    page.click("header nav a[hreflang=zh-Hans]")
    assert "q=chen" in page.url
    page.goto(states["times"])
    assert page.evaluate("document.documentElement.lang") == "zh-Hans"


def test_no_page_keeps_anything_in_the_browsers_storage(page, states):
    for address in states.values():
        page.goto(address)
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
