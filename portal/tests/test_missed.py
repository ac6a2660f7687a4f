"""Missed visits, and what came of them, as their patient reads it."""

import pytest
from django.urls import reverse

from patients.tests.factories import PatientFactory
from portal.tests.factories import desk
from portal.tests.signing import enter
from portal.tests.test_my_visits import text
from scheduling.tests.factories import missed, restricted

MISSED = "/portal/visits/missed/"


@pytest.fixture
def alice():
    return PatientFactory(name="Alice Smith", language="en")


@pytest.fixture
def own(client, alice):
    enter(client, alice)
    return client


@pytest.fixture
def held(alice):
    return restricted(alice, by=desk().by)


def where(held):
    return reverse("portal:restriction", args=[held.uuid])


def test_p20_missed_visits_are_shown_with_what_was_said_of_them(own, alice):
    missed(alice, 10), missed(alice, 20, excused=True), missed(alice, 30, excused=None)
    page = text(own.get(MISSED))
    for sentence in ("Not excused.", "Excused: it counts for nothing.", "Nobody has judged it yet"):
        assert sentence in page


def test_who_missed_none_is_thanked(own):
    assert "You have missed no visit." in text(own.get(MISSED))


def test_p20_a_restriction_is_shown_with_count_reason_and_end(own, held):
    assert "at our desk" in text(own.get(reverse("portal:visits")))
    assert "can book only at our desk until" in text(own.get(MISSED))
    page = text(own.get(where(held)))
    for fact in ("you can book only at our desk", "3 missed visits", "After three missed visits", "A* S*", "Object"):
        assert fact in page


def test_p20_an_objection_goes_to_a_person_with_a_due_date_and_counts_once(own, held):
    page = text(own.post(where(held), {"text": "I was in hospital."}, follow=True))
    assert "We have your objection" in page
    assert "decides until" in page
    held.refresh_from_db()
    assert (held.appeal_text, held.appeal_by.username) == ("I was in hospital.", "portal")
    assert held.appeal_due_at is not None
    assert own.post(where(held), {"text": "again"}).status_code == 409
    held.refresh_from_db()
    assert held.appeal_text == "I was in hospital."


def test_an_empty_objection_is_asked_for(own, held):
    answer = own.post(where(held), {"text": " "})
    assert answer.status_code == 422
    assert "Please write what you want to say." in text(answer)
    held.refresh_from_db()
    assert held.appealed_at is None


def test_h3_an_objection_changes_nothing_else(own, held):
    own.post(where(held), {"text": "x", "lifted_at": "2020-01-01", "until": "2020-01-01", "outcome": "lifted"})
    held.refresh_from_db()
    assert (held.lifted_at, held.outcome) == (None, "")


def test_h1_the_restriction_of_somebody_else_reads_like_none(client, held):
    enter(client, PatientFactory(language="en"))
    assert client.get(where(held)).status_code == client.post(where(held), {"text": "x"}).status_code == 404
    assert "A* S*" not in text(client.get(MISSED))
    held.refresh_from_db()
    assert held.appealed_at is None


def test_h9_markup_and_formulas_stay_text(client, alice):
    alice.name = '<script>alert("x")</script>'
    alice.save()
    held = restricted(alice, by=desk().by)
    enter(client, alice)
    client.post(where(held), {"text": "=HYPERLINK(1)<img src=x onerror=alert(1)>"})
    for page in (reverse("portal:visits"), MISSED, where(held)):
        body = client.get(page).content.decode()
        assert "<img src=x" not in body
        assert "<script>alert" not in body
