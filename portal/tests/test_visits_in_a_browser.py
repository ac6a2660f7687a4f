"""My visits in a real browser: in every state, without a script, in elder mode, on a narrow screen, in both schemes."""

import datetime as dt

import pytest
from django.urls import reverse

from common import clock
from patients.models import RelatedPerson
from patients.tests.factories import PatientFactory, RelatedPersonFactory
from portal.tests.factories import PHONE, another, booked, clinic, desk, offered, slot_of, stopped
from portal.tests.signing import enter_page
from portal.tests.test_my_visits import address
from portal.views import today
from scheduling.services import appointments
from scheduling.tests.factories import WaitlistEntryFactory, missed, restricted
from tests.axe import faults
from visits.services import arrival, queue
from visits.tests import factories as house

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _database(transactional_db):
    """The server of the browser reads what the test wrote."""


@pytest.fixture(autouse=True)
def _noon(noon):
    """It is noon of today."""
    noon.now = house.noon()


@pytest.fixture
def alice():
    made = PatientFactory(name="Alice Smith", language="en", birth_date=dt.date(1952, 3, 7))
    RelatedPersonFactory(
        patient=PatientFactory(name="王小雨", birth_date=dt.date(2018, 3, 7)), proxy=made, can_view=True
    )
    return made


@pytest.fixture
def running():
    return house.clinic(service__department__site__phone=PHONE)


@pytest.fixture
def ticket(alice, running):
    """Alice waits today, and two are ahead of her."""
    house.waiting(running, -10), house.waiting(running, -5)
    visit = house.booked(running, 30)
    visit.patient = alice
    visit.save()
    return arrival.check_in(appointment=visit, origin=house.counter(), at=clock.now())


@pytest.fixture
def states(session, alice, ticket):
    """Every page there is, by name."""
    visit = booked(session, alice)
    for days in (1, 2, 3):
        another(session, days)
    gone = booked(clinic(6, site__code="gone"), alice)
    appointments.cancel(appointment=gone, origin=desk())
    lost = _lost(alice)
    offer = _offer(alice)
    WaitlistEntryFactory(patient=alice)
    later = house.booked(ticket.session, 50)
    later.patient = alice
    later.save()
    names = {
        "list": reverse("portal:visits"), "past": reverse("portal:past"), "missed": reverse("portal:missed"),
        "new": address("visit", visit) + "?new=1", "cancelled": address("visit", gone) + "?done=cancelled",
        "stopped": address("visit", lost), "cancel": address("cancel", visit), "move": address("move", visit),
        "times": address("move_day", visit, session.day.isoformat()),
        "place": address("move_to", visit, slot_of(session, 1).uuid), "again": address("again_visit", gone),
        "cannot": address("again_visit", visit), "today": address("today", ticket.appointment),
        "not here": address("today", later), "waiting": reverse("portal:waiting"),
        "join": reverse("portal:waiting") + f"?service={session.service.uuid}",
        "offer": reverse("portal:offer", args=[offer.uuid]),
        "leave": reverse("portal:leave", args=[offer.entry.uuid]), "find": reverse("portal:find"),
    }  # fmt: skip
    missed(alice, 12)
    held = restricted(RelatedPerson.objects.get().patient, by=desk().by)
    return names | {"restriction": reverse("portal:restriction", args=[held.uuid])}


def _lost(alice):
    lost, _link = stopped(clinic(7, site__code="lost"))
    for row in (lost, *(one.appointment for one in lost.substitutes.select_related("appointment"))):
        row.patient = alice
        row.save()
    return lost


def _offer(alice):
    offer, _link = offered(clinic(9, site__code="offer"))
    for row in (offer.entry, offer.appointment):
        row.patient = alice
        row.save()
    return offer


def go(page, where, **asked):
    more = "&".join(f"{name}={value}" for name, value in asked.items())
    page.goto(where + ("&" if "?" in where else "?") + more)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("elder", ["", "1"])
def test_no_page_has_a_known_fault(page, live_server, states, alice, scheme, elder):
    enter_page(page, live_server, alice)
    page.emulate_media(color_scheme=scheme)
    for name, where in states.items():
        for language in ("en", "zh-hans"):
            go(page, where, language=language, elder=elder)
            assert faults(page) == [], (name, language)
            assert page.locator("h1").count() == 1, name


def test_p37_no_page_scrolls_sideways_at_320_pixels_nor_with_wide_text_nor_in_elder_mode(
    page, live_server, states, alice
):
    enter_page(page, live_server, alice)
    page.set_viewport_size({"width": 320, "height": 640})
    for name, where in states.items():
        for elder in ("", "1"):
            go(page, where, elder=elder)
            page.add_style_tag(content="* { letter-spacing: .12em !important; word-spacing: .16em !important }")
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, (name, elder)


@pytest.mark.parametrize(("elder", "least", "text"), [("", 44, 18), ("1", 60, 24)])
def test_p36_targets_and_text_are_large_and_larger_in_elder_mode(page, live_server, states, alice, elder, least, text):
    enter_page(page, live_server, alice)
    page.set_viewport_size({"width": 390, "height": 844})
    for name, where in states.items():
        go(page, where, elder=elder)
        shown = [one for one in page.locator("main :is(a, button)").all() if one.is_visible()]
        boxes = [(one.inner_text(), one.bounding_box()["height"]) for one in shown]
        assert [box for box in boxes if box[1] < least] == [], name
        sizes = page.evaluate(
            "[...document.querySelectorAll('main :is(p, li, dd, a, button, label)')]"
            ".map(one => parseFloat(getComputedStyle(one).fontSize))"
        )
        assert min(sizes) >= (text if elder else 16), name


def test_p38_the_phone_stands_behind_the_content_on_every_page(page, live_server, states, alice):
    enter_page(page, live_server, alice)
    for name, where in states.items():
        page.goto(where)
        order = page.evaluate("[...document.querySelectorAll('main, .phone')].map(one => one.className || 'main')")
        assert order[:2] == ["main", "phone"], name


@pytest.fixture
def plain(browser, live_server, alice):
    """A phone whose browser runs no script, with Alice signed in."""
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    opened = context.new_page()
    enter_page(opened, live_server, alice)
    yield opened
    context.close()


def test_p2_a_visit_is_moved_and_cancelled_without_a_script(plain, session, alice):
    booked(session, alice)
    plain.goto(reverse("portal:visits"))
    plain.click("main a.visit")
    plain.click("text=Choose another time")
    plain.click("main .places a")
    plain.click("main .day a")
    plain.click("text=Yes, take this time")
    assert plain.inner_text("h1") == "Done: your visit has a new time"
    assert "09:15–09:30" in plain.inner_text(".when")
    plain.click("text=Cancel the visit")
    plain.click("text=Yes, cancel the visit")
    assert plain.inner_text("h1") == "Done: your visit is cancelled"
    plain.click("text=Book this visit again")
    assert plain.inner_text("h1") == "Choose a day"


def test_p2_the_waiting_list_is_joined_and_left_without_a_script(plain, session, alice):
    plain.goto(reverse("portal:waiting") + f"?service={session.service.uuid}")
    plain.check("text=A* S* (you)")
    plain.click("button:has-text('Join the waiting list')")
    assert "Queued, not booked" in plain.inner_text("main")
    plain.click("text=Leave the waiting list")
    plain.click("text=Yes, leave the list")
    assert "You are on no waiting list." in plain.inner_text("main")


def test_p26_the_place_in_the_queue_follows_by_itself(page, live_server, alice, ticket, monkeypatch):
    monkeypatch.setattr(today, "EVERY", 0.3)
    enter_page(page, live_server, alice)
    asked = []
    page.on("request", lambda one: asked.append(one.headers.get("x-background")))
    page.goto(address("today", ticket.appointment))
    assert "2 people are ahead of you." in page.inner_text("#place")
    page.evaluate("window.node = document.querySelector('#place p')")
    page.wait_for_timeout(1000)
    assert page.evaluate("window.node.isConnected")  # nothing changed, so nothing is announced
    queue.call(entry=ticket, origin=house.counter(), at=clock.now())
    page.wait_for_selector("text=You are called.")
    assert "1" in asked


def test_the_page_is_printed_without_buttons(page, live_server, session, alice):
    visit = booked(session, alice)
    enter_page(page, live_server, alice)
    page.goto(address("visit", visit))
    assert page.locator("[data-print]").is_visible()
    page.emulate_media(media="print")
    for button in ("Cancel the visit", "Add to my calendar", "Sign out", "Elder mode", "My visits"):
        assert not any(one.is_visible() for one in page.get_by_text(button).all()), button
    assert page.locator("figure img").is_visible()
    assert page.locator(".code").is_visible()
