import datetime as dt
import uuid

import pytest

from common import clock
from directory.tests.factories import PractitionerFactory
from patients.tests.factories import PatientFactory
from scheduling.models import WaitlistEntry
from scheduling.services import waitlist
from scheduling.tests.factories import SlotFactory, WaitlistEntryFactory, desk


@pytest.fixture
def wanted(db):
    """Somebody who wants a place of a service within a month, as a request body."""
    return {
        "patient": PatientFactory().uuid,
        "service": SlotFactory().service.uuid,
        "practitioner": PractitionerFactory().uuid,
        "earliest": clock.today(),
        "latest": clock.today() + dt.timedelta(days=30),
        "part_of_day": "am",
        "notice_hours": 1,
        "note": "knee",
    }


def test_somebody_waits_and_waits_no_longer(phone, wanted):
    made = phone.post("waitlist/", wanted)
    waiting = WaitlistEntry.objects.get()
    assert (made.status_code, made.json()["id"], made.json()["status"]) == (201, str(waiting.uuid), "waiting")
    assert (waiting.by, waiting.channel, waiting.note) == (phone.user, "phone", "knee")
    assert phone.delete(f"waitlist/{waiting.uuid}/").status_code == 204
    assert phone.get(f"waitlist/{waiting.uuid}/").json()["status"] == "withdrawn"


def test_nobody_waits_twice_for_one_service(phone, wanted):
    phone.post("waitlist/", wanted)
    answer = phone.post("waitlist/", wanted)
    assert (answer.status_code, answer.json()["code"]) == (422, "already_waiting")


@pytest.mark.parametrize("field", ["patient", "service", "practitioner"])
def test_what_does_not_exist_is_not_found(phone, wanted, field):
    answer = phone.post("waitlist/", wanted | {field: uuid.uuid4()})
    assert (answer.status_code, answer.json()["code"]) == (404, f"{field}_not_found")


@pytest.mark.parametrize(
    "change", [{"latest": "2020-01-01"}, {"notice_hours": True}, {"notice_hours": "1"}, {"notice_hours": 721}]
)
def test_what_makes_no_sense_is_malformed(phone, wanted, change):
    answer = phone.post("waitlist/", wanted | change)
    assert (answer.status_code, answer.json()["field"]) == (400, next(iter(change)))


@pytest.fixture
def offered(phone):
    """A place that the desk has offered to somebody who asked by phone."""
    entry = WaitlistEntryFactory(by=phone.user)
    return waitlist.offer(entry=entry, slot=SlotFactory(session__service=entry.service), origin=desk())


def test_an_offer_is_seen_and_accepted_once(phone, offered):
    seen = phone.get(f"waitlist/{offered.entry.uuid}/").json()["offer"]
    assert (seen["id"], seen["appointment"]["status"]) == (str(offered.uuid), "held")
    first, again = (phone.post(f"offers/{offered.uuid}/accept/", repeat="yes") for _ in range(2))
    assert (first.status_code, first.json()["status"]) == (200, "booked")
    assert again.json() == first.json()
    assert phone.get(f"waitlist/{offered.entry.uuid}/").json()["status"] == "booked"
    assert phone.get(f"appointments/{first.json()['id']}/").status_code == 200


def test_who_declines_waits_on(phone, offered):
    answer = phone.post(f"offers/{offered.uuid}/decline/")
    assert (answer.status_code, answer.json()["status"], answer.json()["offer"]) == (200, "waiting", None)
    answer = phone.post(f"offers/{offered.uuid}/accept/")
    assert (answer.status_code, answer.json()["code"]) == (422, "offer_over")
