"""Find my booking: two things are asked, and before anybody has shown who they are every failure reads the same."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AccessLog
from patients.tests.factories import PatientFactory
from portal.tests.factories import booked, clinic, desk
from portal.tests.signing import enter
from portal.tests.test_my_visits import address, text
from portal.views import find
from scheduling.services import appointments

BORN = dt.date(1952, 3, 7)


@pytest.fixture
def alice():
    return PatientFactory(name="Alice Smith", language="en", birth_date=BORN)


@pytest.fixture
def visit(session, alice):
    return booked(session, alice)


def ask(client, reference, born="1952-03-07", **more):
    return client.post(reverse("portal:find"), {"reference": reference, "birth_date": born}, **more)


def test_p15_the_reference_is_understood_however_it_is_written(client, visit):
    code = visit.reference
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in code)
    for written in (code, str(visit), code.lower(), f"{code[:4]}-{code[4:]}", f" {code[:2]} {code[2:]} ", wide):
        assert "We found your booking" in text(ask(client, written)), written
    assert "For example K7M2 9QXD" in text(client.get(reverse("portal:find")))


def test_p16_two_things_are_asked_and_none_stands_in_an_address(client):
    page = client.get(reverse("portal:find")).content.decode()
    assert page.count('type="text"') + page.count("<select") == 2
    assert '<form method="post"' in page
    assert page.count("<h1") == 1


def test_p16_what_is_found_is_when_and_where_and_nothing_else(client, visit):
    page = ask(client, visit.reference)
    said = text(page)
    assert "09:00–09:15 (morning)" in said
    assert "Room 12" in said
    assert "Sign in to change it" in said
    assert not [word for word in ("Alice", "A* S*", "Chen", "Cardiology", "General clinic") if word in said]
    assert "no-store" in page["Cache-Control"]


def test_p16_before_proof_unknown_cancelled_past_and_somebody_elses_read_the_same(noon, client, session, alice):
    cancelled = booked(clinic(9, site__code="three"), alice)
    appointments.cancel(appointment=cancelled, origin=desk())
    past, wrong = booked(session, alice, 1), booked(clinic(8, site__code="two"), alice)
    noon.now = past.ends_at + dt.timedelta(minutes=1)
    answers = [
        ask(client, "K7M2 9QXD"), ask(client, "x"), ask(client, cancelled.reference), ask(client, past.reference),
        ask(client, wrong.reference, "1952-03-08"),
    ]  # fmt: skip
    assert {answer.status_code for answer in answers} == {422}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1


def test_p16_each_failure_asks_the_database_the_same(client, visit):
    ask(client, "K7M2 9QXD")  # the acting user is made at the first time
    asked = []
    for reference, born in ((visit.reference, "1952-03-08"), ("K7M29QXD", "1952-03-07"), ("x", "1952-03-07")):
        with CaptureQueriesContext(connection) as queries:
            ask(client, reference, born)
        asked.append([one["sql"].split(" WHERE ")[0].split(" VALUES ")[0] for one in queries])
    assert asked[0] == asked[1] == asked[2]


def test_p16_after_proof_each_outcome_is_its_own(client, visit, alice):
    enter(client, alice)
    assert ask(client, visit.reference)["Location"] == address("visit", visit)
    appointments.cancel(appointment=visit, origin=desk())
    assert "This visit is cancelled" in text(ask(client, visit.reference, follow=True))
    wrong = ask(client, "K7M2")
    assert wrong.status_code == 422
    assert "A reference has eight letters and digits" in text(wrong)
    assert "We cannot show a booking" in text(ask(client, "K7M2 9QXD"))


def test_p31_what_is_missing_is_said_at_its_field(client):
    answer = ask(client, "", "soon")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Error: Find my booking" in page
    assert page.count("Enter the reference.") == 2
    assert page.count("Enter year, month and day") == 2
    assert 'value="soon"' in page


def test_failures_are_written_down_without_what_was_typed(client, visit):
    ask(client, "K7M2 9QXD")
    ask(client, visit.reference)
    failed, opened = AccessLog.objects.order_by("pk")
    assert (failed.action, failed.subject_uuid, failed.detail, failed.ip) == (
        "failed_check", None, "reference", "127.0.0.1"
    )  # fmt: skip
    assert (opened.action, opened.subject_uuid) == ("open", visit.patient.uuid)
    assert failed.user.username == "portal"


def test_one_reference_rests_after_six_wrong_dates_from_wherever(client, visit):
    for number in range(find.FOR_ONE_REFERENCE):
        assert ask(client, visit.reference, "1952-03-08", REMOTE_ADDR=f"10.0.0.{number}").status_code == 422
    answer = ask(client, visit.reference, REMOTE_ADDR="10.0.0.99")
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= find.WINDOW
    assert "sign in" in text(answer)


def test_one_address_rests_after_thirty_wrong_tries(client, visit):
    for number in range(find.FROM_ONE_ADDRESS):
        ask(client, f"AAAA{number:04}")
    assert ask(client, visit.reference).status_code == 429
    assert ask(client, visit.reference, REMOTE_ADDR="10.0.0.9").status_code == 200
