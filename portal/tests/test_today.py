"""The day itself: one's own place in the queue and nobody else's."""

import datetime as dt
import re

import pytest

from common import clock
from patients.tests.factories import PatientFactory
from portal.tests.signing import enter
from portal.tests.test_my_visits import address, text
from visits.services import arrival, queue
from visits.tests import factories as house


@pytest.fixture(autouse=True)
def _noon(noon):
    """It is noon."""
    noon.now = house.noon()


@pytest.fixture
def running():
    return house.clinic(service__department__site__phone="010 5555 0100")


@pytest.fixture
def visit(running):
    """Alice's visit half an hour from now; two others wait before her."""
    house.waiting(running, -10, name="Zhang San")
    house.waiting(running, -5, name="Li Si")
    return house.booked(running, 30, name="Alice Smith", language="en")


@pytest.fixture
def own(client, visit):
    enter(client, visit.patient)
    return client


def arrive(visit):
    return arrival.check_in(appointment=visit, origin=house.counter(), at=clock.now())


def test_p25_before_the_check_in_the_page_says_where_and_shows_an_opaque_code(own, visit):
    page = own.get(address("today", visit))
    said = text(page)
    assert "You are not checked in yet." in said
    assert "Up to 10 minutes late you keep your turn." in said
    assert "data:image/svg+xml" in page.content.decode()
    assert "Today: my place in the queue" in text(own.get(address("visit", visit)))


def test_p26_own_number_how_many_are_ahead_how_long_and_as_of_when(own, visit):
    entry = arrive(visit)
    page = text(own.get(address("today", visit)))
    assert f"My number {entry.ticket}" in page
    assert "2 people are ahead of you." in page
    assert re.search(r"It takes about \d+ to \d+ minutes more\.", page)
    assert "As of 12:00." in page
    assert "Where to go" in page


def test_p26_nobody_else_is_named(own, visit):
    arrive(visit)
    page = own.get(address("today", visit)).content.decode()
    assert not re.search("Zhang|Li Si|Z\\* S\\*|L\\* S\\*|>001<|>002<|Alice", page)


def test_p26_changes_are_announced_politely_and_the_time_is_not_among_them(own, visit):
    arrive(visit)
    page = own.get(address("today", visit)).content.decode()
    live = re.search(r'<section id="place"[^>]*aria-live="polite"[^>]*>(.*?)</section>', page, re.S)[1]
    assert "As of" not in live
    assert page.count("aria-live") == 1


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        ("call", "You are called. Please go in now:"),
        ("skip", "We called you and you were not there."),
        ("leave", "You left without being seen."),
    ],
)
def test_each_state_says_what_to_do(own, visit, act, sentence):
    entry = arrive(visit)
    if act == "skip":
        queue.call(entry=entry, origin=house.counter(key="k"))
    getattr(queue, act)(entry=entry, origin=house.counter())
    assert sentence in text(own.get(address("today", visit)))


def test_asking_by_itself_keeps_nobody_signed_in(own, visit, noon):
    arrive(visit)
    for _n in range(4):
        noon.later(minutes=10)
        answer = own.get(address("today", visit), headers={"X-Background": "1"})
    assert answer.status_code == 302


def test_a_visit_of_another_day_leads_to_its_page(own, visit, noon):
    noon.now -= dt.timedelta(days=1)
    enter(own, visit.patient)
    assert own.get(address("today", visit))["Location"] == address("visit", visit)


def test_h1_the_ticket_of_somebody_else_reads_like_none(client, visit):
    arrive(visit)
    enter(client, PatientFactory(language="en"))
    assert client.get(address("today", visit)).status_code == 404


def test_a_check_in_that_was_taken_back_is_none(own, visit):
    arrival.take_back(entry=arrive(visit), origin=house.counter(), at=clock.now())
    assert "You are not checked in yet." in text(own.get(address("today", visit)))
