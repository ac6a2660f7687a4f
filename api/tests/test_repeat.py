import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from accounts.services import devices
from accounts.tests.factories import DeviceFactory
from patients.tests.factories import PatientFactory
from scheduling.models import Appointment, AppointmentEvent, Slot
from scheduling.tests.factories import SlotFactory


@pytest.fixture
def wanted(db):
    """One of two places, and somebody who wants it, as a request body."""
    return {"slot": SlotFactory(capacity=2).uuid, "patient": PatientFactory().uuid}


def test_a_repeated_booking_gets_the_first_answer(phone, wanted):
    first, again = (phone.post("appointments/", wanted, repeat="monday-1") for _ in range(2))
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert Appointment.objects.count() == Slot.objects.get().taken == 1


@pytest.mark.parametrize("change", [{"reason": "other"}, {"slot": None}, {"patient": None}])
def test_the_same_key_with_another_request_is_refused(phone, wanted, change):
    phone.post("appointments/", wanted, repeat="monday-1")
    other = wanted | change
    other["slot"] = other["slot"] or SlotFactory(number=2).uuid
    other["patient"] = other["patient"] or PatientFactory().uuid
    answer = phone.post("appointments/", other, repeat="monday-1")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert Appointment.objects.count() == 1


def test_two_devices_may_choose_the_same_key(phone, caller, wanted):
    assert phone.post("appointments/", wanted, repeat="1").status_code == 201
    other = wanted | {"patient": PatientFactory().uuid}
    assert caller("kiosk").post("appointments/", other, repeat="1").status_code == 201


def test_a_rotated_key_of_the_same_device_still_knows_the_request(phone, wanted):
    first = phone.post("appointments/", wanted, repeat="1").json()
    phone.key, phone.secret = devices.rotate(phone.key)
    assert phone.post("appointments/", wanted, repeat="1").json() == first


def test_every_act_can_be_repeated(phone, wanted):
    held = twice(phone, "holds/", {"slot": wanted["slot"]}, "hold")
    twice(phone, f"holds/{held['id']}/renew/", {}, "renew")
    twice(phone, f"appointments/{held['id']}/confirm/", {"patient": wanted["patient"]}, "book")
    twice(phone, f"appointments/{held['id']}/confirm/", {}, "confirm")
    other = SlotFactory(session=Slot.objects.get().session, number=1)
    twice(phone, f"appointments/{held['id']}/move/", {"slot": other.uuid}, "move")
    twice(phone, f"appointments/{held['id']}/cancel/", {"reason": "away"}, "cancel")
    assert AppointmentEvent.objects.count() == 6
    assert sum(Slot.objects.values_list("taken", flat=True)) == 0


def twice(phone, path, body, key):
    first, again = (phone.post(path, body, repeat=key) for _ in range(2))
    assert first.status_code in (200, 201), first.content
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    return first.json()


def test_twenty_requests_at_once_with_one_key_make_one_booking(live_processes):
    _key, secret = devices.create_key(DeviceFactory())
    body = json.dumps({"slot": str(SlotFactory(capacity=20).uuid), "patient": str(PatientFactory().uuid)})
    headers = {"Authorization": f"Api-Key {secret}", "Content-Type": "application/json", "Idempotency-Key": "one"}

    def send(_number):
        with closing(HTTPConnection(urlsplit(live_processes.base_url).netloc, timeout=60)) as connection:
            connection.request("POST", "/api/v1/appointments/", body, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, range(20)))
    assert [status for status, _body in answers] == [201] * 20
    assert len({body["id"] for _status, body in answers}) == 1
    assert Appointment.objects.count() == Slot.objects.get().taken == 1
