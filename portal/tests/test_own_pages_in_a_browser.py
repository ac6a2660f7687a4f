"""Family, privacy and sign-in in a real browser: in both schemes and languages, in elder mode, narrow, with errors."""

import pytest
from django.urls import reverse

from interactions.services import privacy_requests
from patients.consent_texts import TEXTS
from patients.services import consents, proxies, revealing
from patients.tests.factories import PatientFactory, UserFactory
from portal.tests.coding import code_at, wrong_at
from portal.tests.factories import clinic
from portal.tests.signing import enter_page
from tests.axe import faults

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("carriers")]
THEIRS = "+8613900139000"


@pytest.fixture(autouse=True)
def _database(transactional_db):
    """The server of the browser reads what the test wrote."""


@pytest.fixture
def alice():
    """She acts for a child, somebody acts for her, staff looked, and she asked for something."""
    by, alice = UserFactory(), PatientFactory(name="Alice Smith", language="en")
    clinic()
    child, bob = PatientFactory(name="阿卜杜热西提·买买提江·麦麦提" * 3), PatientFactory(name="Bob Jones")
    proxies.grant(patient=child, proxy=alice, relation="parent", proof="declared", can_view=True, by=by)
    proxies.grant(patient=alice, proxy=bob, relation="spouse", proof="code", by=by)
    revealing.note_opening(alice, by=by)
    words = TEXTS["portal"]
    given = {"purpose": "portal", "channel": "portal", "version": words.version, "text_shown": words.en}
    consents.give(patient=alice, by=by, **given)
    privacy_requests.ask(patient=alice, about="delete", text="x" * 300, by=by)
    return alice


@pytest.fixture
def addresses(alice):
    """Every page, without those that follow a form."""
    child, bob = alice.acts_for.get().patient.uuid, alice.proxies.get().proxy.uuid
    names = ["family", "add_child", "add_adult", "privacy", "looks", "consents", "leave_portal", "left", "requests"]
    of = [("added", child), ("remove", child), ("refuse", bob), ("request", "correct")]
    return [*(reverse(f"portal:{name}") for name in names), *(reverse(f"portal:{name}", args=[it]) for name, it in of)]


def refused(page):
    """Each form, sent empty."""
    for address in (
        reverse("portal:add_child"),
        reverse("portal:add_adult"),
        reverse("portal:request", args=["correct"]),
    ):
        page.goto(address)
        page.click("main form[novalidate] button.lead")
        assert page.title().startswith(("Error:", "错误"))
        assert page.evaluate("document.activeElement.id") == "mistakes"
        yield address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_known_fault(page, live_server, alice, addresses, scheme):
    enter_page(page, live_server, alice)
    page.emulate_media(color_scheme=scheme)
    for language in ("en", "zh-hans"):
        for address in addresses:
            page.goto(f"{address}?language={language}")
            assert faults(page) == [], (address, language)
        for address in refused(page):
            assert faults(page) == [], (address, language)


def test_no_page_has_a_known_fault_in_elder_mode_and_its_targets_are_60_pixels(page, live_server, alice, addresses):
    """P36."""
    enter_page(page, live_server, alice)
    page.set_viewport_size({"width": 390, "height": 844})
    for address in addresses:
        page.goto(f"{address}?elder=1")
        assert faults(page) == [], address
        boxes = [(one.inner_text(), one.bounding_box()) for one in page.locator("main a, main button").all()]
        assert [text for text, box in boxes if box and round(box["height"]) < 60] == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address


def test_no_page_scrolls_sideways_at_320_pixels_nor_with_wide_text(page, live_server, alice, addresses):
    """P37."""
    enter_page(page, live_server, alice)
    page.set_viewport_size({"width": 320, "height": 640})
    for address in addresses:
        page.goto(address)
        page.add_style_tag(content="* { letter-spacing: .12em !important; word-spacing: .16em !important }")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
        boxes = [(one.inner_text(), one.bounding_box()) for one in page.locator("main a, main button").all()]
        assert [text for text, box in boxes if box and round(box["height"]) < 44] == [], address


def test_the_phone_stands_behind_the_content_on_every_page(page, live_server, alice, addresses):
    """P38."""
    enter_page(page, live_server, alice)
    for address in addresses:
        page.goto(address)
        order = page.evaluate("[...document.querySelectorAll('main, .phone')].map(one => one.className || 'main')")
        assert order[:2] == ["main", "phone"], address


def test_the_pages_of_the_code_have_no_known_fault(page, live_server, alice):
    enter_page(page, live_server, alice)
    page.goto(reverse("portal:add_adult"))
    page.fill("#id_name", "Wang Fang")
    page.fill("#id_birth_date", "1952-03-07")
    page.fill("#id_phone", "139 0013 9000")
    page.click("main form[novalidate] button.lead")
    assert faults(page) == []
    page.fill("#id_code", wrong_at(THEIRS))
    page.click("main form[novalidate] button.lead")
    assert "Tries left: 4" in page.inner_text("#mistakes")
    assert faults(page) == []
    page.fill("#id_code", code_at(THEIRS))
    page.click("main form[novalidate] button.lead")
    assert page.inner_text("h1") == "You can book for Wang Fang now"


def test_signing_in_has_no_known_fault_from_the_phone_to_the_record(page, alice):
    page.goto(reverse("portal:sign_in"))
    page.click("main form[novalidate] button.lead")
    assert faults(page) == []
    page.fill("#id_phone", "139 0013 9000")
    page.click("main form[novalidate] button.lead")
    assert faults(page) == []
    page.fill("#id_code", code_at(THEIRS))
    page.click("main form[novalidate] button.lead")
    page.click("main form[novalidate] button.lead")
    assert faults(page) == []
    page.fill("#id_name", "Wang Fang")
    page.fill("#id_birth_date", "19520307")
    page.check("#id_agree")
    page.click("main form[novalidate] button.lead")
    assert faults(page) == []
    page.click("main form[novalidate] button.lead")
    assert page.inner_text("h1") == "What would you like to do?"


def test_a_copy_is_downloaded_under_a_name_of_ours(page, live_server, alice):
    enter_page(page, live_server, alice)
    page.goto(reverse("portal:privacy"))
    with page.expect_download() as waiting:
        page.click("text=Download my data")
    assert waiting.value.suggested_filename.startswith("my-data-")


def test_a_browser_that_keeps_no_cookies_is_told_so(browser, live_server):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(reverse("portal:sign_in"))
    page.fill("#id_phone", "139 0013 9000")
    context.clear_cookies()
    page.click("main form[novalidate] button.lead")
    assert page.inner_text("h1") in ("Your browser keeps no cookies", "您的浏览器未启用 Cookie")
    context.close()
