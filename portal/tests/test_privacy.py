"""One's own data: what is held, who looked, consents, a copy, requests, leaving. PIPL 15, 44 to 50."""

import datetime as dt
import json
import re
from html import unescape

import pytest
from django.urls import reverse

from accounts.models import AccessLog
from accounts.services import access
from accounts.tests.factories import UserFactory as StaffFactory
from common import clock
from interactions.models import Task
from interactions.services import tasks
from patients.consent_texts import TEXTS
from patients.models import Consent, Patient, PortalAccount
from patients.services import consents, identifiers, merging, revealing
from patients.services.identity_numbers import GivenIdentifier
from patients.tests.factories import ZHANG_WEI_CARD, ContactPointFactory, PatientFactory, UserFactory
from portal.tests.factories import booked
from portal.tests.signing import enter

MINE, OTHER = "+8613800138000", "+8613900139000"
DATA, LOOKS, CONSENTS, LEAVE, ASKED, COPY = (
    reverse(f"portal:{name}") for name in ("privacy", "looks", "consents", "leave_portal", "requests", "copy")
)
GETS = [DATA, LOOKS, CONSENTS, LEAVE, ASKED, reverse("portal:request", args=["correct"])]
POSTS = [COPY, CONSENTS, LEAVE, *(reverse(f"portal:{name}") for name in ("language", "everywhere"))]


@pytest.fixture
def alice():
    patient = PatientFactory(name="Alice Smith", language="en")
    ContactPointFactory(patient=patient, value=MINE)
    identifiers.add(patient=patient, given=GivenIdentifier("resident_id", ZHANG_WEI_CARD), by=UserFactory())
    return patient


@pytest.fixture
def inside(client, alice):
    enter(client, alice)
    return client


def page(answer) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def agree(patient, purpose="portal"):
    words = TEXTS[purpose]
    return consents.give(
        patient=patient, purpose=purpose, channel="portal", version=words.version, text_shown=words.en, by=UserFactory()
    )


def test_what_is_held_is_listed_and_numbers_are_masked(inside, alice, session):
    booked(session, alice)
    agree(alice)
    text = page(inside.get(DATA))
    for said in ("Alice Smith", "7 Mar 1990", "138****8000", "Visits 1", "Patient portal"):
        assert said in text
    assert ZHANG_WEI_CARD not in text
    assert "13800138000" not in text


def test_who_looked_is_said_by_role_and_day_and_never_by_name(inside, alice):
    desk, doctor = StaffFactory(role="front_desk", name="Grace Desk"), StaffFactory(role="clinician", name="Dr House")
    for _n in range(3):
        revealing.note_opening(alice, by=desk)
    access.record("reveal", by=doctor, kind=revealing.KIND, subject=alice.uuid, detail="138****8000", reason="secret")
    access.record("open", by=doctor, kind=revealing.KIND, subject=PatientFactory().uuid)
    text = page(inside.get(LOOKS))
    assert "Front desk opened your record 3 times" in text
    assert "Clinician saw a phone or document number in full" in text
    assert not re.search("Grace|House|secret", text)
    assert text.count("Clinician") == 1


def test_looks_of_half_a_year_are_shown_and_older_ones_not(inside, alice):
    revealing.note_opening(alice, by=StaffFactory(role="front_desk"))
    AccessLog.objects.update(at=clock.now() - dt.timedelta(days=181))
    assert "Nobody looked at it." in page(inside.get(LOOKS))
    AccessLog.objects.update(at=clock.now() - dt.timedelta(days=179))
    assert "Front desk" in page(inside.get(LOOKS))


def test_looks_at_a_record_that_was_merged_into_ones_own_count(inside, alice):
    twin = PatientFactory(name="Alice Smith")
    revealing.note_opening(twin, by=StaffFactory(role="front_desk"))
    merging.merge(kept=alice, merged=twin, by=UserFactory(), reason="One person.")
    assert "Front desk" in page(inside.get(LOOKS))


def test_what_was_agreed_to_stands_there_in_the_words_that_were_shown(inside, alice):
    """PIPL 14, 17."""
    agree(alice)
    Consent.objects.update(text_shown="The old words.")
    text = page(inside.get(CONSENTS))
    assert "The old words." in text
    assert TEXTS["marketing"].en in text
    assert TEXTS["portal"].en not in text


def test_consent_is_given_and_withdrawn_by_one_press_each(inside, alice):
    """PIPL 15: as easy to withdraw as to give; no reason is asked."""
    html = inside.get(CONSENTS).content.decode()
    assert "textarea" not in html
    for _twice in range(2):
        inside.post(CONSENTS, {"purpose": "research", "answer": "yes"})
    given = alice.consents.live().get()
    assert (given.purpose, given.channel, given.text_shown) == ("research", "portal", TEXTS["research"].en)
    for _twice in range(2):
        inside.post(CONSENTS, {"purpose": "research", "answer": "no"})
    assert not alice.consents.live().exists()
    assert alice.consents.count() == 1


@pytest.mark.parametrize(
    "odd", [{"purpose": "x", "answer": "yes"}, {"purpose": "research"}, {}, {"purpose": "recording", "answer": "yes"}]
)
def test_odd_answers_change_nothing(inside, odd):
    assert inside.post(CONSENTS, odd).status_code == 302
    assert Consent.objects.count() == 0


def test_leaving_ends_consent_account_and_every_session(inside, client, alice):
    agree(alice)
    assert inside.post(CONSENTS, {"purpose": "portal", "answer": "no"})["Location"] == LEAVE
    assert alice.consents.live().exists()
    assert "Visits that are booked stay booked." in page(inside.get(LEAVE))
    answer = inside.post(LEAVE, follow=True)
    assert "Your account has ended" in page(answer)
    assert not alice.consents.live().exists()
    assert not PortalAccount.objects.live().exists()
    assert inside.get(DATA).status_code == 302


def test_a_copy_holds_visits_consents_and_contacts_for_a_program(inside, alice, session):
    """PIPL 45."""
    booking = booked(session, alice)
    agree(alice)
    answer = inside.post(COPY, {"filename": "../../x", "patient": PatientFactory().pk})
    assert re.fullmatch(r'attachment; filename="my-data-\d{4}-\d\d-\d\d.json"', answer["Content-Disposition"])
    data = json.loads(answer.content)
    assert data["person"]["name"] == "Alice Smith"
    assert data["visits"][0]["practitioner"] == "Chen Yu"
    assert data["visits"][0]["status"] == booking.status
    assert data["consents"][0]["text_shown"] == TEXTS["portal"].en
    assert data["contacts"][0]["value"] == MINE
    assert ZHANG_WEI_CARD not in answer.content.decode()
    assert answer["Cache-Control"].find("no-store") >= 0


def test_a_copy_holds_nothing_of_others(inside, alice, session):
    """H1."""
    bob = PatientFactory(name="Bob Jones")
    ContactPointFactory(patient=bob, value=OTHER)
    booked(session, bob, 1)
    text = inside.post(COPY).content.decode()
    assert not re.search("Bob|13900139000", text)
    assert json.loads(text)["visits"] == []
    assert "Visits 0" in page(inside.get(DATA))


def test_taking_a_copy_is_written_down_and_is_no_link(inside, alice):
    assert inside.get(COPY).status_code == 405
    inside.post(COPY)
    row = AccessLog.objects.get()
    assert (row.action, row.subject_uuid, str(row.user)) == ("export", alice.uuid, "Patient portal")
    assert "You, on the portal took a copy of your data" in page(inside.get(LOOKS))


@pytest.mark.parametrize("about", ["correct", "delete"])
def test_a_request_becomes_a_task_and_says_until_when_it_is_answered(inside, alice, about):
    """PIPL 46, 47, 50."""
    address = reverse("portal:request", args=[about])
    answer = inside.post(address, {"text": "<b>My name</b> is wrong."}, follow=True)
    task = Task.objects.get()
    assert (task.kind, task.patient) == ("privacy", alice)
    assert "We answer by" in page(answer)
    assert f'href="{address}"' not in answer.content.decode()
    assert "<b>My name</b>" not in answer.content.decode()
    again = inside.post(address, {"text": "Once more."})
    assert again.status_code == 409
    assert "We answer that first." in page(again)
    assert "Once more." in page(again)
    tasks.close(task=task, outcome="done", by=UserFactory())
    assert "Done as asked" in page(inside.get(ASKED))


def test_a_request_without_words_or_too_long_is_refused_beside_its_field(inside):
    """P31."""
    address = reverse("portal:request", args=["correct"])
    for text, said in (("", "Please write what we should do."), ("x" * 1001, "This is too long.")):
        answer = inside.post(address, {"text": text})
        assert answer.status_code == 422
        assert said in page(answer)
        assert 'href="#id_text"' in answer.content.decode()
    assert inside.get(reverse("portal:request", args=["steal"])).status_code == 404
    assert Task.objects.count() == 0


def test_messages_come_in_the_language_that_was_chosen(inside, alice):
    inside.post(reverse("portal:language"), {"language": "zh-hans", "name": "Mallory"})
    alice.refresh_from_db()
    assert (alice.language, alice.name) == ("zh-hans", "Alice Smith")
    assert PortalAccount.objects.get().language == "zh-hans"
    inside.post(reverse("portal:language"), {"language": "xx"})
    alice.refresh_from_db()
    assert alice.language == "zh-hans"


def test_signing_out_everywhere_is_one_press(inside, client, alice):
    inside.post(reverse("portal:everywhere"))
    assert PortalAccount.objects.get().sessions == 2
    assert inside.get(DATA).status_code == 302


@pytest.mark.parametrize("address", GETS + POSTS)
def test_strangers_sign_in_first_and_change_nothing(client, alice, address):
    """H1."""
    for ask in (client.get, client.post):
        answer = ask(address, {"purpose": "research", "answer": "yes", "text": "x", "language": "zh-hans"})
        assert answer.status_code in (302, 405)
        assert answer.status_code == 405 or answer["Location"].startswith(reverse("portal:sign_in"))
    assert (Consent.objects.count(), Task.objects.count(), AccessLog.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("address", GETS + POSTS)
def test_who_has_not_shown_who_they_are_is_asked_first(client, address):
    enter(client, None)
    answer = client.post(address, {"purpose": "research", "answer": "yes"})
    assert answer.status_code in (302, 405)
    assert (Consent.objects.count(), Patient.objects.count()) == (0, 0)


def test_more_fields_than_asked_for_change_nothing(inside, alice):
    """H3."""
    bob = PatientFactory(name="Bob")
    more = {"patient": bob.pk, "id": 1, "by": 1, "version": "9", "text_shown": "x", "given_at": "2020-01-01"}
    inside.post(CONSENTS, {"purpose": "research", "answer": "yes"} | more)
    given = Consent.objects.get()
    assert (given.patient, given.version, given.text_shown) == (alice, "1", TEXTS["research"].en)
    inside.post(
        reverse("portal:request", args=["delete"]), {"text": "All.", "due_at": "2030-01-01", "state": "done"} | more
    )
    task = Task.objects.get()
    assert (task.patient, task.state) == (alice, "open")


def test_no_page_asks_much_of_the_database(inside, alice, session, django_assert_max_num_queries):
    booked(session, alice)
    for purpose in ("portal", "research"):
        agree(alice, purpose)
    for number in range(5):
        revealing.note_opening(alice, by=StaffFactory(role="front_desk", username=f"u{number}"))
    inside.get(DATA)
    for address in GETS:
        with django_assert_max_num_queries(8):
            assert inside.get(address).status_code == 200, address
