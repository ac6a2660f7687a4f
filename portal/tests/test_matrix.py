"""H1, H2: every address of the portal, for everybody, on one's own things and on somebody else's.

A new address without a row in PAGES fails. What is somebody else's reads like what does not exist, and no press on it
changes anything.
"""

import datetime as dt
import re
import uuid

import pytest
from django.apps import apps
from django.urls import reverse

from accounts.tests.factories import UserFactory
from common import clock
from patients.models import Proof
from patients.services import proxies
from patients.tests.factories import PatientFactory
from portal import acting, urls, visit_urls
from portal.tests.factories import another, booked, clinic, offered, slot_of
from portal.tests.signing import enter
from scheduling.services import holds
from scheduling.tests.factories import WaitlistEntryFactory, restricted

ALL, SIGNED, LINKED = "everybody", "who is signed in", "who has shown who they are"
# name -> who may open it, and the thing that its address names ("" for none)
PAGES = {
    "home": (ALL, ""), "manifest": (ALL, ""), "stay": (ALL, ""), "sign_in": (ALL, ""), "code": (ALL, ""),
    "again": (ALL, ""), "sign_out": (ALL, ""), "find": (ALL, ""), "left": (ALL, ""),
    "who_are_you": (SIGNED, ""), "document": (SIGNED, ""),
    "book": (LINKED, ""), "what": (LINKED, "person"), "which": (LINKED, "person"), "dates": (LINKED, "person"),
    "times": (LINKED, "person"), "check": (LINKED, "hold"), "extend": (LINKED, "hold"), "give_up": (LINKED, "hold"),
    "visits": (LINKED, ""), "past": (LINKED, ""), "missed": (LINKED, ""), "visit": (LINKED, "visit"),
    "calendar": (LINKED, "visit"), "kept": (LINKED, "visit"), "cancel": (LINKED, "visit"), "today": (LINKED, "visit"),
    "move": (LINKED, "visit"), "move_day": (LINKED, "visit"), "move_to": (LINKED, "visit"),
    "again_visit": (LINKED, "visit"), "again_day": (LINKED, "visit"), "again_to": (LINKED, "visit"),
    "waiting": (LINKED, ""), "leave": (LINKED, "entry"), "offer": (LINKED, "offer"),
    "restriction": (LINKED, "restriction"),
    "family": (LINKED, ""), "add_child": (LINKED, ""), "add_adult": (LINKED, ""), "adult_code": (LINKED, ""),
    "adult_again": (LINKED, ""), "added": (LINKED, "member"), "remove": (LINKED, "member"), "refuse": (LINKED, "actor"),
    "privacy": (LINKED, ""), "looks": (LINKED, ""), "copy": (LINKED, ""), "language": (LINKED, ""),
    "everywhere": (LINKED, ""), "consents": (LINKED, ""), "leave_portal": (LINKED, ""), "requests": (LINKED, ""),
    "request": (LINKED, ""),
}  # fmt: skip
POST_ONLY = {"stay", "again", "sign_out", "adult_again", "kept", "copy", "language", "everywhere"}
QUIET = ("sessions.Session", "accounts.AccessLog", "accounts.Turnstile", "accounts.User", "accounts.HistoricalUser")


def names() -> list[str]:
    patterns = [one for one in urls.urlpatterns if hasattr(one, "name")] + visit_urls.urlpatterns
    return [one.name for one in patterns]


def things(person, code: str) -> dict[str, object]:
    """One of everything that a person can have on the portal."""
    session = clinic(site__code=code)
    another(session)
    visit = booked(session, person, 0)
    waiting = clinic(site__code=f"{code}w")
    offer, _address = offered(clinic(site__code=f"{code}o", days=7))
    offer.entry.patient = offer.appointment.patient = person
    offer.entry.save(), offer.appointment.save()
    held = holds.hold(slot=slot_of(clinic(site__code=f"{code}h", days=9), 0), patient=person, origin=acting.origin())
    child, carer = PatientFactory(name=f"Child {code}"), PatientFactory(name=f"Carer {code}")
    grant = {"relation": "parent", "proof": Proof.DECLARED, "can_view": True, "by": UserFactory()}
    proxies.grant(patient=child, proxy=person, **grant)
    proxies.grant(patient=person, proxy=carer, **grant)
    return {
        "person": person, "hold": held, "visit": visit, "offer": offer,
        "entry": WaitlistEntryFactory(patient=person, service=waiting.service),
        "restriction": restricted(person), "member": child, "actor": carer, "session": session,
    }  # fmt: skip


@pytest.fixture
def alice():
    return PatientFactory(name="Alice Smith", language="en")


@pytest.fixture
def own(alice):
    return things(alice, "own")


@pytest.fixture
def foreign():
    return things(PatientFactory(name="Bob Brown", language="en"), "bob")


def address(name: str, some: dict) -> str:
    """Of that page about these things."""
    kind, session = PAGES[name][1], some["session"]
    args = [some[kind].uuid] if kind else []
    more = {
        "which": [session.service.department.uuid], "dates": [session.service.uuid],
        "times": [session.service.uuid, session.day], "move_day": [session.day], "again_day": [session.day],
        "move_to": [slot_of(session, 2).uuid], "again_to": [slot_of(session, 2).uuid], "request": ["correct"],
    }  # fmt: skip
    return reverse(f"portal:{name}", args=args + more.get(name, []))


def state() -> dict[str, int]:
    """Rows of each table, and of each history: every change is seen in one of them."""
    models = [one for one in apps.get_models() if one._meta.label not in QUIET]
    return {one._meta.label: one._base_manager.count() for one in models}


def test_each_address_has_a_row():
    assert sorted(names()) == sorted(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_nobody_gets_in_who_is_not_signed_in_or_has_not_shown_who_they_are(client, own, name):
    before = state()
    who, post = PAGES[name][0], name in POST_ONLY
    for signed_in in (False, True):
        if signed_in:
            enter(client, None, phone="+8613700137000")
        if who == ALL or (who == SIGNED and signed_in):
            continue
        answer = client.post(address(name, own)) if post else client.get(address(name, own))
        assert answer.status_code == 302, name
        assert re.match(r"/portal/(sign-in|who-are-you)/", answer["Location"]), name
    after = state()
    assert {
        label: (before[label], n) for label, n in after.items() if before[label] != n and "PortalAccount" not in label
    } == {}


@pytest.mark.parametrize("name", [name for name, (_who, thing) in PAGES.items() if thing])
def test_what_is_somebody_elses_is_not_there_and_no_press_changes_it(client, alice, own, foreign, name):
    enter(client, alice)
    before, nowhere = state(), {**foreign, PAGES[name][1]: type("Nobody", (), {"uuid": uuid.uuid4()})}
    for said in ({}, {"answer": "yes", "version": 1, "choice": slot_of(foreign["session"], 1).uuid, "text": "x"}):
        answers = [
            client.post(address(name, some), said) if said or name in POST_ONLY else client.get(address(name, some))
            for some in (foreign, nowhere)
        ]
        assert answers[0].status_code == answers[1].status_code, name
        assert answers[0].status_code in (404, 405) or name in ("remove", "refuse"), name
        bodies = [re.sub(r"[0-9a-f-]{36}|value=\"\w{64}\"", "", one.content.decode()) for one in answers]
        assert bodies[0] == bodies[1], name
        assert "Bob" not in bodies[0], name
    assert state() == before


@pytest.mark.parametrize("name", PAGES)
def test_to_look_changes_nothing_however_often(client, alice, own, name):
    """3.5.3: link previews, mail scanners, a nervous finger on reload."""
    enter(client, alice)
    before = state()
    for _n in range(2):
        for method in (client.get, client.head):
            answer = method(address(name, own))
            assert answer.status_code in ((405,) if name in POST_ONLY else (200, 302, 404, 422)), name
    assert state() == before


@pytest.mark.parametrize("name", [name for name in PAGES if name not in POST_ONLY])
def test_what_is_ones_own_is_there(client, alice, own, name):
    enter(client, alice)
    answer = client.get(address(name, own))
    assert answer.status_code in ((422,) if name.startswith("again_") else (200, 302)), name  # it is still to come
    assert "no-store" in answer["Cache-Control"], name


def test_staff_who_are_signed_in_are_no_patients(client, own):
    client.force_login(UserFactory(role="supervisor"), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(address("visit", own))
    assert answer["Location"].startswith(reverse("portal:sign_in"))


def test_after_somebody_is_removed_their_old_addresses_lead_nowhere(client, alice, own):
    """H2: a valid parent with a foreign child."""
    enter(client, alice)
    visit = booked(own["session"], own["member"], 3)
    page = reverse("portal:visit", args=[visit.uuid])
    assert client.get(page).status_code == 200
    client.post(reverse("portal:remove", args=[own["member"].uuid]))
    assert client.get(page).status_code == 404
    assert client.post(reverse("portal:cancel", args=[visit.uuid]), {"version": 1}).status_code == 404
    visit.refresh_from_db()
    assert visit.status == "booked"
    assert clock.now() - visit.created_at < dt.timedelta(minutes=5)
