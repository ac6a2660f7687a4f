"""The page behind the link in a message about a restriction."""

import pytest

from accounts.tests.factories import UserFactory
from messaging.models import Delivery
from patients.tests.factories import PatientFactory
from portal.tests.factories import restriction
from scheduling.models import BookingRestriction
from scheduling.services import restrictions


@pytest.fixture
def told(noon):
    return restriction()


@pytest.fixture
def held(told):
    return told[0]


@pytest.fixture
def address(told):
    return told[1]


def test_it_says_how_often_which_visits_the_rule_and_until_when(client, held, address):
    text = client.get(address).content.decode()
    assert "Until Mon 1 Mar 2027 12:00 you can book only at our desk" in text
    assert "3 missed visits" in text
    assert "Sat 21 Nov 09:00" in text
    assert held.policy.text_en in text
    assert "Urgent care is open to you" in text
    assert "Alice Smith" not in text


def test_looking_changes_nothing(client, held, address):
    client.get(address)
    assert BookingRestriction.objects.get().appealed_at is None


def test_an_objection_suspends_the_restriction_and_says_until_when_it_is_decided(client, held, address):
    assert client.post(address, {"text": " "}).status_code == 422
    text = client.post(address, {"text": "I called each time"}, follow=True).content.decode()
    assert "We have your objection" in text
    assert "decides until Sun 6 Dec 12:00" in text
    held.patient.refresh_from_db()
    assert not held.patient.is_barred()
    held.refresh_from_db()
    assert (held.appeal_text, held.appeal_by.username) == ("I called each time", "system")
    assert Delivery.objects.get().answer == "objected"


def test_a_second_objection_is_refused_in_words(client, held, address):
    client.post(address, {"text": "I called each time"})
    answer = client.post(address, {"text": "once more"})
    assert answer.status_code == 409
    assert "There was an appeal against this restriction already." in answer.content.decode()


def test_the_answer_stands_there_with_its_reason(client, held, address):
    client.post(address, {"text": "I called each time"})
    other = UserFactory(role="supervisor")
    restrictions.decide(restriction=held, outcome="upheld", reason="Our call list shows no call.", by=other)
    text = client.get(address).content.decode()
    assert "Our call list shows no call." in text
    assert "<textarea" not in text


def test_what_was_lifted_says_so(client, held, address):
    restrictions.lift(restriction=held, reason="inside", by=held.by)
    text = client.get(address).content.decode()
    assert "The restriction is lifted" in text
    assert "inside" not in text


@pytest.mark.parametrize("more", ["sure/cancel/", "times/", "visit.ics"])
def test_what_is_asked_of_a_visit_leads_to_the_first_page(client, address, more):
    assert client.get(f"{address}{more}").url == address


def test_the_page_of_somebody_else_is_not_there(client, held, address):
    BookingRestriction.objects.update(patient=PatientFactory())
    assert client.get(address).status_code == 410
