"""Desks that press the same button at the same moment: real web processes over HTTP, on whichever database is used."""

import uuid
from collections import Counter

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory
from tests.clients import Desk, all_at_once
from visits.models import Call, QueueEntry
from visits.tests.factories import booked, clinic, waiting

pytestmark = pytest.mark.django_db(transaction=True)
DESKS = 12


@pytest.fixture
def desks(live_processes):
    users = [UserFactory(role="front_desk", sees_all_sites=True) for _ in range(DESKS)]
    return [Desk(live_processes.base_url, user) for user in users]


def test_desks_that_press_next_at_once_call_different_people(desks):
    session = clinic()
    for minutes in range(DESKS):
        waiting(session, minutes)
    address = reverse("admin:desk:call_next", kwargs={"session": session.uuid})
    answers = all_at_once(DESKS, lambda n: desks[n].press(address, key=uuid.uuid4()).status)
    assert Counter(answers) == {200: DESKS}
    assert QueueEntry.objects.filter(state="called").count() == DESKS
    assert Call.objects.values("entry").distinct().count() == Call.objects.count() == DESKS


def test_more_desks_than_people_call_each_once_and_the_rest_hear_that_nobody_waits(desks):
    session = clinic()
    for minutes in range(3):
        waiting(session, minutes)
    address = reverse("admin:desk:call_next", kwargs={"session": session.uuid})
    answers = all_at_once(DESKS, lambda n: desks[n].press(address, key=uuid.uuid4()).status)
    assert Counter(answers) == {200: 3, 422: DESKS - 3}
    assert Call.objects.values("entry").distinct().count() == Call.objects.count() == 3


def test_one_press_that_arrives_many_times_calls_one(desks):
    session = clinic()
    for minutes in range(DESKS):
        waiting(session, minutes)
    address = reverse("admin:desk:call_next", kwargs={"session": session.uuid})
    key = uuid.uuid4()
    assert Counter(all_at_once(DESKS, lambda n: desks[0].press(address, key=key).status)) == {200: DESKS}
    assert QueueEntry.objects.filter(state="called").count() == Call.objects.count() == 1


def test_desks_that_check_in_the_same_person_draw_one_ticket(desks):
    booking = booked(clinic())
    address = reverse("admin:desk:check_in", kwargs={"booking": booking.uuid})
    assert Counter(all_at_once(DESKS, lambda n: desks[n].press(address).status)) == {200: DESKS}
    assert QueueEntry.objects.count() == 1


def test_people_who_arrive_at_once_get_different_numbers(desks):
    session = clinic()
    bookings = [booked(session, minutes).uuid for minutes in range(DESKS)]
    addresses = [reverse("admin:desk:check_in", kwargs={"booking": one}) for one in bookings]
    assert Counter(all_at_once(DESKS, lambda n: desks[n].press(addresses[n]).status)) == {200: DESKS}
    assert sorted(QueueEntry.objects.values_list("number", flat=True)) == list(range(1, DESKS + 1))
