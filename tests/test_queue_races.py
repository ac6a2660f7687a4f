"""Desks that press the same button at the same moment: real web processes over HTTP, on whichever database is used."""

import http.client
import uuid
from collections import Counter
from urllib.parse import urlencode, urlsplit

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.middleware.csrf import _get_new_csrf_string
from django.urls import reverse

from accounts.tests.factories import UserFactory
from tests.clients import all_at_once
from visits.models import Call, QueueEntry
from visits.tests.factories import booked, clinic, waiting

pytestmark = pytest.mark.django_db(transaction=True)
DESKS = 12


class Desk:
    """A signed-in person whose browser speaks as htmx does."""

    def __init__(self, base_url: str, user):
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        token = _get_new_csrf_string()
        self.host = urlsplit(base_url).netloc
        self.headers = {
            "Cookie": f"sessionid={session.session_key}; csrftoken={token}",
            "X-CSRFToken": token,
            "HX-Request": "true",
            "Content-Type": "application/x-www-form-urlencoded",
        }

    def press(self, address: str, **data) -> int:
        """POST; returns the status."""
        connection = http.client.HTTPConnection(self.host, timeout=60)
        connection.request("POST", address, urlencode(data), self.headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status


@pytest.fixture
def desks(live_processes):
    users = [UserFactory(role="front_desk", sees_all_sites=True) for _ in range(DESKS)]
    return [Desk(live_processes.base_url, user) for user in users]


def test_desks_that_press_next_at_once_call_different_people(desks):
    session = clinic()
    for minutes in range(DESKS):
        waiting(session, minutes)
    address = reverse("admin:desk:call_next", kwargs={"session": session.uuid})
    answers = all_at_once(DESKS, lambda n: desks[n].press(address, key=uuid.uuid4()))
    assert Counter(answers) == {200: DESKS}
    assert QueueEntry.objects.filter(state="called").count() == DESKS
    assert Call.objects.values("entry").distinct().count() == Call.objects.count() == DESKS


def test_more_desks_than_people_call_each_once_and_the_rest_hear_that_nobody_waits(desks):
    session = clinic()
    for minutes in range(3):
        waiting(session, minutes)
    address = reverse("admin:desk:call_next", kwargs={"session": session.uuid})
    answers = all_at_once(DESKS, lambda n: desks[n].press(address, key=uuid.uuid4()))
    assert Counter(answers) == {200: 3, 422: DESKS - 3}
    assert Call.objects.values("entry").distinct().count() == Call.objects.count() == 3


def test_one_press_that_arrives_many_times_calls_one(desks):
    session = clinic()
    for minutes in range(DESKS):
        waiting(session, minutes)
    address = reverse("admin:desk:call_next", kwargs={"session": session.uuid})
    key = uuid.uuid4()
    assert Counter(all_at_once(DESKS, lambda n: desks[0].press(address, key=key))) == {200: DESKS}
    assert QueueEntry.objects.filter(state="called").count() == Call.objects.count() == 1


def test_desks_that_check_in_the_same_person_draw_one_ticket(desks):
    booking = booked(clinic())
    address = reverse("admin:desk:check_in", kwargs={"booking": booking.uuid})
    assert Counter(all_at_once(DESKS, lambda n: desks[n].press(address))) == {200: DESKS}
    assert QueueEntry.objects.count() == 1


def test_people_who_arrive_at_once_get_different_numbers(desks):
    session = clinic()
    bookings = [booked(session, minutes).uuid for minutes in range(DESKS)]
    addresses = [reverse("admin:desk:check_in", kwargs={"booking": one}) for one in bookings]
    assert Counter(all_at_once(DESKS, lambda n: desks[n].press(addresses[n]))) == {200: DESKS}
    assert sorted(QueueEntry.objects.values_list("number", flat=True)) == list(range(1, DESKS + 1))
