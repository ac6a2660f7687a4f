"""Many presses at once, on real processes: one of them does it."""

import http.client
import re
from contextlib import closing
from urllib.parse import urlencode

import pytest

from messaging.models import Delivery
from portal.tests.factories import another, booked, offered, slot_of, stopped, told
from scheduling.models import Appointment, AppointmentEvent
from scheduling.services import pool
from tests.clients import all_at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


@pytest.fixture(autouse=True)
def _database(transactional_db):
    """Other processes read what the test wrote."""


@pytest.fixture
def many(live_processes):
    """`many([(path, {…}), …])`: press them all at the same moment; returns the status of each."""

    def press(presses):
        token = _token(live_processes.port, presses[0][0])
        return all_at_once(len(presses), lambda n: _post(live_processes.port, token, *presses[n]))

    return press


def _token(port, path):
    """The cookie and the form's token. Any page with a form has them."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as asked:
        asked.request("GET", path)
        answer = asked.getresponse()
        page = answer.read().decode()
    cookie = re.search(r"csrftoken=(\w+)", answer.headers["Set-Cookie"])[1]
    return cookie, re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]


def _post(port, token, path, said):
    cookie, proof = token
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"csrftoken={cookie}"}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as asked:
        asked.request("POST", path, urlencode({**said, "csrfmiddlewaretoken": proof}), kind)
        answer = asked.getresponse()
        answer.read()
    return answer.status


def test_twenty_presses_of_confirm_and_cancel_end_in_one_cancellation(many, session):
    visit = booked(session)
    address = told("reminder", visit)
    codes = ["confirm", "cancel"] * 10
    statuses = many([(address, {"answer": code, "version": 1}) for code in codes])
    kinds = list(AppointmentEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds.count("cancelled") == 1
    assert kinds.count("confirmed") <= 1
    assert kinds[-1] == "cancelled"
    assert set(statuses) <= {302, 409}
    assert {status for status, code in zip(statuses, codes, strict=True) if code == "cancel"} == {302}
    assert Delivery.objects.get().answer == "cancelled"
    assert pool.check() == []


def test_twenty_presses_of_different_places_move_to_one(many, session):
    visit = booked(session)
    later = another(session)
    address = told("reminder", visit)
    refs = [slot_of(later, n % 4).uuid for n in range(20)]
    statuses = many([(f"{address}times/{ref}/", {"version": 1}) for ref in refs])
    assert AppointmentEvent.objects.filter(kind="moved").count() == 1
    assert statuses.count(302) == 5  # the same place, said again, is said once
    assert pool.check() == []


def test_a_kept_place_is_taken_or_let_go_once(many, session):
    _lost, address = stopped(session)
    statuses = many([(address, {"answer": code, "version": 1}) for code in ["yes", "no"] * 10])
    assert statuses.count(302) == 10
    assert Appointment.objects.filter(status="booked").count() in (0, 1)
    assert pool.check() == []


def test_an_offer_is_taken_or_let_go_once(many, session):
    _offer, address = offered(session)
    statuses = many([(address, {"answer": code, "version": 1}) for code in ["yes", "no"] * 10])
    assert statuses.count(302) == 10
    assert pool.check() == []
