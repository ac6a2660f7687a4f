"""Many presses at once by signed-in patients, on real processes: each is done once, and nobody loses a place."""

import http.client
import re
from contextlib import closing
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from patients.tests.factories import PatientFactory
from portal.tests.factories import booked, offered, slot_of
from portal.tests.signing import session_of
from portal.tests.test_my_visits import address
from scheduling.models import Appointment, AppointmentEvent
from scheduling.services import pool
from tests.clients import all_at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]
PRESSES = 8


@pytest.fixture(autouse=True)
def _database(transactional_db):
    """Other processes read what the test wrote."""


@pytest.fixture
def press(live_processes):
    """`press([(patient, page with the form, path, {…}), …])`: all at the same moment; the status of each."""

    def at_once(presses):
        ready = [(_open(live_processes.port, patient, page), path, said) for patient, page, path, said in presses]
        return all_at_once(len(ready), lambda n: _post(live_processes.port, *ready[n]))

    return at_once


def _open(port, patient, page):
    """The cookies and the form's token."""
    kept = f"sessionid={session_of(patient)}"
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as asked:
        asked.request("GET", page, headers={"Cookie": kept})
        answer = asked.getresponse()
        body = answer.read().decode()
    cookie = re.search(r"csrftoken=(\w+)", " ".join(answer.headers.get_all("Set-Cookie")))[1]
    return f"{kept}; csrftoken={cookie}", re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', body)[1]


def _post(port, token, path, said):
    cookies, proof = token
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as asked:
        asked.request("POST", path, urlencode({**said, "csrfmiddlewaretoken": proof}), kind)
        answer = asked.getresponse()
        answer.read()
        return answer.status


def test_p12_a_visit_is_moved_once_by_many_presses(press, visit, session):
    to = address("move_to", visit, slot_of(session, 1).uuid)
    answers = press([(visit.patient, to, to, {"version": 1})] * PRESSES)
    assert set(answers) == {302}
    visit.refresh_from_db()
    assert visit.version == 2
    assert pool.check() == []


def test_p18_a_visit_is_cancelled_once_by_many_presses(press, visit):
    where = address("cancel", visit)
    assert set(press([(visit.patient, where, where, {"version": 1})] * PRESSES)) == {302}
    assert AppointmentEvent.objects.filter(appointment=visit, kind="cancelled").count() == 1
    assert pool.check() == []


def test_p9_p17_of_many_who_want_one_place_one_gets_it_and_the_others_keep_theirs(press, session):
    visits = [booked(session, PatientFactory(language="en"), number) for number in range(3)]
    last = slot_of(session, 3).uuid
    answers = press([(one.patient, address("move_to", one, last), address("move_to", one, last), {"version": 1})
                     for one in visits])  # fmt: skip
    assert sorted(answers) == [302, 409, 409]
    assert Appointment.objects.filter(status="booked").count() == 3
    assert [slot.taken for slot in session.slots.order_by("starts_at")].count(1) == 3
    assert pool.check() == []


def test_an_offer_is_taken_once_by_many_presses(press, session):
    offer = offered(session)[0]
    where = reverse("portal:offer", args=[offer.uuid])
    answers = press([(offer.entry.patient, where, where, {"answer": "yes"})] * PRESSES)
    assert set(answers) == {302}
    assert Appointment.objects.filter(patient=offer.entry.patient, status="booked").count() == 1
    assert pool.check() == []
