"""How many questions the pages ask the database: few, and as many for many rows as for one."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from directory.models import Site
from patients.tests.factories import PatientFactory
from portal.tests.factories import another, booked, clinic, slot_of
from portal.tests.signing import enter
from portal.tests.test_my_visits import address
from scheduling.tests.factories import AppointmentFactory, SlotFactory, WaitlistEntryFactory, missed
from visits.services import arrival
from visits.tests import factories as house

MOST = 8


@pytest.fixture
def alice():
    return PatientFactory(name="Alice Smith", language="en")


def questions(client, where) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(where).status_code == 200
    return len(asked)


@pytest.mark.parametrize("name", ["visits", "past", "missed", "waiting"])
def test_lists_ask_the_same_for_one_row_and_for_25(client, alice, name):
    enter(client, alice)
    client.get(reverse("portal:home"))  # the phones of the foot are remembered for a minute
    asked = []
    for rows in (range(1), range(1, 25)):
        for number in rows:
            session = SlotFactory(session__day=clock.today() + dt.timedelta(days=1 + number)).session
            AppointmentFactory(patient=alice, slot=session.slots.get())
            missed(alice, 2 + number), WaitlistEntryFactory(patient=alice)
        asked.append(questions(client, reverse(f"portal:{name}")))
    assert asked[0] == asked[1]
    assert asked[1] <= MOST


def test_pages_of_one_visit_ask_few_questions(client, alice):
    session = clinic()
    visit = booked(session, alice)
    another(session)
    enter(client, alice)
    client.get(address("move", visit))  # the acting user is made at the first time
    day, slot = session.day.isoformat(), slot_of(session, 1).uuid
    wheres = [
        address("visit", visit), address("cancel", visit), address("move", visit), address("move_day", visit, day),
        address("move_to", visit, slot), reverse("portal:waiting") + f"?service={session.service.uuid}",
    ]  # fmt: skip
    assert [(where, n) for where in wheres if (n := questions(client, where)) > MOST] == []


def test_the_place_in_the_queue_asks_the_same_however_many_wait(client, alice, noon):
    noon.now = house.noon()
    running = house.clinic()
    Site.objects.update(phone="010 5555 0100")
    visit = house.booked(running, 30)
    arrival.check_in(appointment=visit, origin=house.counter(), at=clock.now())
    enter(client, visit.patient)
    few = questions(client, address("today", visit))
    for number in range(20):
        house.waiting(running, -number)
    assert questions(client, address("today", visit)) == few <= MOST
