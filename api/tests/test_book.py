import uuid

import pytest

from common import shown
from directory.models import HealthcareService
from patients.tests.factories import PatientFactory
from scheduling.models import Appointment
from scheduling.tests.factories import SessionFactory, SlotFactory, restricted


@pytest.fixture
def wanted(db):
    """A free place and somebody who wants it, as a request body."""
    return {"slot": SlotFactory().uuid, "patient": PatientFactory().uuid}


def test_a_booking_is_answered_with_all_that_a_caller_reads_out(phone, wanted):
    answer = phone.post("appointments/", wanted | {"reason": "knee"})
    made = Appointment.objects.get()
    assert answer.status_code == 201
    told = answer.json()
    assert (told["id"], told["status"], told["slot"]) == (str(made.uuid), "booked", str(wanted["slot"]))
    assert (told["patient"], told["reference"]) == (str(wanted["patient"]), made.reference)
    assert told["department"]["name"] == "Orthopaedics"
    assert told["starts_at"].endswith("T09:00:00+08:00")
    assert (made.reason, made.channel, made.by) == ("knee", "phone", phone.user)


def test_names_follow_the_language(phone, wanted):
    assert phone.post("appointments/", wanted, language="zh-hans").json()["department"]["name"] == "骨科"


def test_a_booking_can_be_seen_moved_confirmed_and_cancelled(phone, wanted):
    made = phone.post("appointments/", wanted).json()
    other = SlotFactory(session=Appointment.objects.get().slot.session, number=1)
    moved = phone.post(f"appointments/{made['id']}/move/", {"slot": other.uuid}).json()
    assert (moved["slot"], moved["version"], moved["reference"]) == (str(other.uuid), 2, made["reference"])
    assert phone.post(f"appointments/{made['id']}/confirm/").json()["confirmed_at"]
    assert phone.post(f"appointments/{made['id']}/cancel/", {"reason": "away"}).json()["status"] == "cancelled"
    assert phone.get(f"appointments/{made['id']}/").json()["status"] == "cancelled"


def test_who_comes_too_late_gets_the_nearest_free_slots(phone, wanted):
    session = SessionFactory()
    full, free = SlotFactory(session=session), SlotFactory(session=session, number=1)
    phone.post("appointments/", wanted | {"slot": full.uuid})
    answer = phone.post("appointments/", {"slot": full.uuid, "patient": PatientFactory().uuid})
    assert answer.status_code == 409
    told = answer.json()
    assert (told["code"], told["field"]) == ("slot_full", "slot")
    assert [(slot["id"], slot["free"]) for slot in told["alternatives"]] == [(str(free.uuid), 1)]


def test_a_restricted_patient_is_refused_with_the_end_and_where_to_object_but_not_from_urgent_care(phone, wanted):
    held = restricted()
    wanted |= {"patient": held.patient.uuid}
    answer = phone.post("appointments/", wanted | {"reason": "please"})
    told = answer.json()
    assert (answer.status_code, told["code"], told["field"]) == (422, "patient_barred", "patient")
    assert shown.moment(held.until) in told["message"]
    assert "To object, contact" in told["message"]
    assert phone.post("holds/", wanted).json()["code"] == "patient_barred"
    HealthcareService.objects.update(is_urgent=True)
    assert phone.post("appointments/", wanted).status_code == 201


def test_a_rule_that_says_no_is_named(phone, wanted):
    patient = PatientFactory(deceased_on="2020-01-01")
    answer = phone.post("appointments/", wanted | {"patient": patient.uuid})
    assert answer.status_code == 422
    assert answer.json() == {
        "code": "patient_deceased",
        "message": "This patient is recorded as deceased.",
        "field": "patient",
    }


@pytest.mark.parametrize(("field", "code"), [("slot", "slot_not_found"), ("patient", "patient_not_found")])
def test_what_does_not_exist_is_not_found(phone, wanted, field, code):
    answer = phone.post("appointments/", wanted | {field: uuid.uuid4()})
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (404, code, field)


def test_a_held_place_is_booked_with_its_hold(phone, wanted):
    held = phone.post("holds/", {"slot": wanted["slot"]}).json()
    assert (held["status"], held["patient"]) == ("held", None)
    booked = phone.post("appointments/", wanted | {"hold": held["id"]})
    assert (booked.status_code, booked.json()["id"], booked.json()["status"]) == (201, held["id"], "booked")


def test_a_hold_is_booked_by_confirming_it(phone, wanted):
    held = phone.post("holds/", {"slot": wanted["slot"]}).json()
    answer = phone.post(f"appointments/{held['id']}/confirm/", {"patient": wanted["patient"], "reason": "knee"})
    assert (answer.status_code, answer.json()["status"]) == (200, "booked")


def test_a_hold_of_another_slot_is_noticed(phone, wanted):
    held = phone.post("holds/", {"slot": SlotFactory().uuid}).json()
    answer = phone.post("appointments/", wanted | {"hold": held["id"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "hold_of_other_slot")


def test_a_hold_is_renewed_once_and_given_up_once(phone, wanted):
    held = phone.post("holds/", wanted).json()
    assert phone.post(f"holds/{held['id']}/renew/").json()["held_until"] >= held["held_until"]
    assert phone.post(f"holds/{held['id']}/renew/").json()["code"] == "hold_renewed_already"
    assert phone.delete(f"holds/{held['id']}/").status_code == 204
    assert phone.delete(f"holds/{held['id']}/").status_code == 404


def test_a_booking_is_no_hold(phone, wanted):
    made = phone.post("appointments/", wanted).json()
    assert phone.delete(f"holds/{made['id']}/").status_code == 404


def test_what_a_channel_changes_is_recorded_as_its_doing(phone, wanted):
    phone.post("appointments/", wanted)
    record = Appointment.objects.get().history.get()
    assert (record.history_user, record.history_type, record.status) == (phone.user, "+", "booked")


@pytest.mark.parametrize("act", ["move", "cancel"])
def test_a_channel_that_shows_an_old_time_is_told_before_it_changes_the_new_one(phone, wanted, act):
    made = phone.post("appointments/", wanted).json()
    session = Appointment.objects.get().slot.session
    there, elsewhere = (SlotFactory(session=session, number=number) for number in (1, 2))
    phone.post(f"appointments/{made['id']}/move/", {"slot": there.uuid})
    body = {"version": made["version"]} | ({"slot": elsewhere.uuid} if act == "move" else {})
    answer = phone.post(f"appointments/{made['id']}/{act}/", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "moved_meanwhile")
    assert phone.user.name not in answer.json()["message"]
    assert phone.post(f"appointments/{made['id']}/{act}/", body | {"version": 2}).status_code == 200
