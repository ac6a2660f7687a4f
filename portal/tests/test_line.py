"""The waiting room: fair, cheap, and not to be got around."""

import re

import pytest
from django.conf import settings as conf
from django.core.signing import Signer
from django.urls import reverse

from accounts.services import turnstiles
from common import clock
from patients.tests.factories import PatientFactory
from portal import line
from portal.tests.factories import booked
from portal.tests.signing import enter


@pytest.fixture
def slow(settings):
    """One person in ten seconds."""
    settings.PORTAL_PER_SECOND = 0.1


@pytest.fixture
def alice():
    return PatientFactory(name="Alice Smith", language="en")


@pytest.fixture
def wanted(alice):
    return reverse("portal:what", args=[alice.uuid])


def crowd(people: int) -> None:
    for _n in range(people):
        turnstiles.take(line.NAME, per_second=conf.PORTAL_PER_SECOND)


def before(client, address: str) -> int | None:
    """How many go in before; None when the page itself came."""
    answer = client.get(address)
    assert answer.status_code == 200
    found = re.search(r"data-ahead>(\d+)<", answer.content.decode())
    return int(found[1]) if found else None


def test_each_gets_the_next_free_moment_in_the_order_of_coming(noon, slow):
    turns = [turnstiles.take("door", per_second=0.1) for _n in range(3)]
    assert [(turn - noon.now).total_seconds() for turn in turns] == [0, 10, 20]
    noon.later(minutes=5)
    assert turnstiles.take("door", per_second=0.1) == noon.now


def test_without_a_crowd_nobody_waits(client, noon, slow, alice, wanted):
    enter(client, alice)
    assert before(client, wanted) is None


def test_in_a_crowd_one_waits_sees_how_many_are_before_and_comes_in_then(client, noon, slow, alice, wanted):
    crowd(6)
    enter(client, alice)
    assert before(client, wanted) == 6
    noon.later(seconds=59)
    assert before(client, wanted) is None


def test_to_wait_and_to_ask_costs_no_look_at_the_database(client, noon, slow, alice, wanted, django_assert_num_queries):
    crowd(6)
    enter(client, alice)
    client.get(wanted)
    with django_assert_num_queries(0):
        assert before(client, wanted) == 6
        assert client.get(line.PATH).json() == {"ahead": 6, "seconds": 61}


def test_who_throws_the_cookie_away_keeps_the_place_and_gets_no_better_one(client, noon, slow, alice, wanted):
    crowd(6)
    enter(client, alice)
    assert before(client, wanted) == 6
    crowd(3)
    del client.cookies[line.COOKIE]
    assert before(client, wanted) == 6


def test_a_turn_of_somebody_else_or_one_that_was_made_up_lets_nobody_in(client, noon, slow, alice, wanted):
    bob = enter(client, PatientFactory(name="Bob"), phone="+8613900139000")
    turn = line.Turn(bob.pk, clock.now())
    crowd(6)
    enter(client, alice)
    client.cookies[line.COOKIE] = line.written(turn)
    assert before(client, wanted)
    client.cookies[line.COOKIE] = Signer(key="x", salt="portal.line").sign(f"1:{clock.now().timestamp()}")
    assert before(client, wanted)


def test_a_turn_lasts_long_enough_to_book_and_then_one_stands_in_line_again(client, noon, slow, alice, wanted):
    enter(client, alice)
    client.get(wanted)
    crowd(200)
    noon.later(minutes=19)
    assert before(client, wanted) is None
    noon.later(minutes=2)
    assert before(client, wanted)


def test_with_the_room_switched_off_nobody_is_counted(client, settings, alice, wanted, django_assert_num_queries):
    settings.PORTAL_PER_SECOND = 0
    enter(client, alice)
    assert before(client, wanted) is None
    assert line.COOKIE not in client.cookies


def test_to_move_or_book_again_is_no_way_around_the_line(client, noon, slow, alice, session):
    visit = booked(session, alice)
    crowd(9)
    enter(client, alice)
    for name in ("move", "again_visit"):
        assert before(client, reverse(f"portal:{name}", args=[visit.uuid])) == 9


def test_a_form_that_comes_too_early_is_not_answered_by_a_page_that_reloads(client, noon, slow, alice, wanted, session):
    crowd(9)
    enter(client, alice)
    address = reverse("portal:times", args=[alice.uuid, session.service.uuid, session.day])
    assert client.post(address, {"choice": session.slots.first().uuid})["Location"] == address
