import json
import uuid

import pytest
from django.apps import apps

from patients.models import Patient
from patients.tests.factories import PatientFactory
from scheduling.models import Appointment
from scheduling.tests.factories import SlotFactory


@pytest.fixture
def wanted(db):
    """A free place and somebody who wants it, as a request body."""
    return {"slot": str(SlotFactory().uuid), "patient": str(PatientFactory().uuid)}


def raw(phone, body, **headers):
    headers = {"Authorization": f"Api-Key {phone.secret}"} | headers
    kind = headers.pop("Content-Type", "application/json")
    return phone.client.generic("POST", "/api/v1/appointments/", body, content_type=kind, headers=headers)


BROKEN = [b"{", b"\xff\xfe", b"nonsense", b'{"slot": NaN}', b"[" * 60_000, b"1" * 5000, b'{"a": 1} {"b": 2}']


@pytest.mark.parametrize("body", BROKEN, ids=range(len(BROKEN)))
def test_what_is_no_json_is_malformed(phone, body):
    answer = raw(phone, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


@pytest.mark.parametrize("body", [[], "text", 1, None, True, [{"slot": 1}]])
def test_a_body_is_an_object(phone, body):
    assert raw(phone, json.dumps(body)).status_code == 400


WRONG_SLOTS = [None, 1, 1.5, True, [], {}, "", " ", "x", str(uuid.uuid4()).replace("-", ""), f"{{{uuid.uuid4()}}}"]


@pytest.mark.parametrize("value", WRONG_SLOTS, ids=range(len(WRONG_SLOTS)))
def test_an_id_is_a_uuid(phone, wanted, value):
    answer = phone.post("appointments/", wanted | {"slot": value})
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, "malformed", "slot")


@pytest.mark.parametrize("reason", ["a" * 201, "\0", "a\0b", "\ud800", 1, None, [], {}])
def test_a_text_is_a_text_that_can_be_stored(phone, wanted, reason):
    answer = raw(phone, json.dumps(wanted | {"reason": reason}))
    assert (answer.status_code, answer.json()["field"]) == (400, "reason")
    assert not Appointment.objects.exists()


def test_an_unknown_field_is_refused(phone, wanted):
    answer = phone.post("appointments/", wanted | {"slots": "x"})
    assert (answer.status_code, answer.json()["field"]) == (400, "slots")


@pytest.mark.parametrize("field", ["slot", "patient"])
def test_a_missing_field_is_named(phone, wanted, field):
    del wanted[field]
    assert phone.post("appointments/", wanted).json()["field"] == field


def test_other_content_is_refused(phone):
    answer = raw(phone, b"slot=1", **{"Content-Type": "application/x-www-form-urlencoded"})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_too_much_is_refused(phone):
    answer = raw(phone, b'"' + b"a" * 70_000 + b'"')
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("text/html", 406),
        ("application/json;q=0", 406),
        ("", 200),
        ("*/*", 200),
        ("text/html, application/json;q=0.9", 200),
        ("application/*", 200),
    ],
)
def test_answers_are_json_only(phone, accept, status):
    answer = phone.get("sites/", Accept=accept)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/json"


@pytest.mark.parametrize("key", [" ", "a b", "é", "a" * 81])
def test_an_idempotency_key_is_short_and_visible(phone, wanted, key):
    answer = phone.post("appointments/", wanted, **{"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["field"]) == (400, "Idempotency-Key")


@pytest.mark.parametrize("id", ["1", "x", "0" * 32, "%00", "-" * 36])
def test_an_address_names_a_uuid(phone, id):
    answer = phone.get(f"appointments/{id}/")
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


@pytest.mark.parametrize("path", ["nothing/", "appointments/a/b/c/", "holds/x/y/", "patients/1/"])
def test_an_unknown_address_is_answered_in_json(phone, path):
    answer = phone.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


QUERIES = [
    "slots/?service=1",
    "slots/?from=2026-13-01",
    "slots/?from=20260101",
    "slots/?from=0001-01-01",
    "slots/?to=9999-12-31",
    "slots/?from=2026-03-02&to=2026-03-01",
    "slots/?from=2026-03-02&to=2026-09-01",
    "slots/?part_of_day=noon",
    "slots/?include=some",
    "slots/?cursor=%00",
    "slots/?cursor=MTIz",
    "slots/?cursor=é",
    "slots/?limit=0",
    "slots/?limit=1e3",
    "slots/?limit=201",
    "slots/?service=",
    "slots/?colour=red",
    "slots/?from=2026-03-02&from=2026-03-03",
    "services/?grade=best",
    "services/?cursor=00000000-0000-0000-0000-000000000000",
    "departments/?site=x",
    "practitioners/?%00=1",
    "patients/",
    "patients/?q=%00",
    "patients/?q=a&phone=1",
    "patients/?phone=",
    "patients/?q=" + "a" * 61,
]


@pytest.mark.parametrize("path", QUERIES)
def test_a_query_of_another_shape_is_malformed(phone, path):
    answer = phone.get(path)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def fields_of(*models):
    """Every column and relation that these models know, and some more that people try."""
    names = {field.name for model in models for field in apps.get_model(model)._meta.get_fields()}
    return sorted(names | {"id", "pk", "by_id", "slot_id", "patient_id", "site", "overbook", "price"})


@pytest.mark.parametrize("field", fields_of("scheduling.Appointment"))
def test_no_other_field_of_a_booking_can_be_set(phone, wanted, field):
    if field in ("slot", "patient", "reason"):
        return
    answer = phone.post("appointments/", wanted | {field: "1"})
    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("field", fields_of("patients.Patient"))
def test_no_other_field_of_a_patient_can_be_set(phone, field):
    allowed = ("name", "sex", "birth_date", "language", "identifiers")
    if field in allowed:
        return
    answer = phone.post("patients/", {"name": "Alice Example", field: "1"})
    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert not Patient.objects.exists()
