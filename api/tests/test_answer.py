"""Status, headers, language and limits of answers, whatever was asked."""

import importlib
import pkgutil
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

import accounts
import api
import common
import directory
import patients
import scheduling
from common.errors import Busy, Refusal
from patients.tests.factories import PatientFactory
from scheduling.services import appointments, free_places
from scheduling.tests.factories import SlotFactory

STATEMENTS = 9  # of a booking, with the key and the note that it was used
FEWER_ON_POSTGRESQL = 2  # claim, history and event are one INSERT there


def every_refusal():
    for package in (accounts, api, common, directory, patients, scheduling):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            if module.name.rsplit(".", 1)[1] in ("errors", "refusals"):
                importlib.import_module(module.name)
    found = [Refusal]
    for kind in found:
        found += kind.__subclasses__()
    return sorted(set(found), key=lambda kind: kind.code)


KINDS = every_refusal()


def test_codes_are_unique():
    codes = [kind.code for kind in KINDS]
    assert len(codes) == len(set(codes)) > 60


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_refusal_has_words_and_a_status(kind, language):
    with override(language):
        assert str(kind.message).strip()
    assert kind.status in (400, 401, 403, 404, 405, 406, 409, 410, 413, 415, 422, 429, 503)


def test_every_code_that_the_pool_can_answer_stands_in_the_documentation():
    page = Path(settings.BASE_DIR, "docs", "api.md").read_text(encoding="utf-8")
    wanted = [kind.code for kind in KINDS if kind.__module__ in ("scheduling.errors", "api.refusals")]
    assert [code for code in wanted if f"`{code}`" not in page] == []


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_language_of_an_answer_is_named(phone, language):
    answer = phone.get("sites/", language=language)
    assert answer["Content-Language"] == language
    assert "Accept-Language" in answer["Vary"]


def test_no_answer_is_kept_by_a_proxy(phone):
    assert "no-store" in phone.get("sites/")["Cache-Control"]


def test_who_asks_too_often_is_told_when_to_come_back(phone, caller, settings):
    settings.API_RATE = 2
    answers = [phone.get("sites/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[2]["Retry-After"]) <= 60
    assert answers[2].json()["code"] == "rate_limited"
    assert caller("kiosk").get("sites/").status_code == 200


@pytest.mark.parametrize("error", [Busy(), OperationalError("database is locked")])
def test_a_busy_database_is_said_so(phone, monkeypatch, error):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(free_places, "search", fail)
    answer = phone.get("slots/")
    assert (answer.status_code, answer["Retry-After"], answer.json()["code"]) == (503, "1", "busy")


def test_a_fault_of_ours_is_answered_without_a_trace(phone, monkeypatch):
    def fail(**kwargs):
        raise RuntimeError("secret")

    monkeypatch.setattr(appointments, "book", fail)
    phone.client.raise_request_exception = False
    answer = phone.post("appointments/", {"slot": SlotFactory().uuid, "patient": PatientFactory().uuid})
    assert answer.status_code == 500
    assert set(answer.json()) == {"code", "message"}
    assert b"secret" not in answer.content


def statements_of_a_booking(phone):
    body = {"slot": SlotFactory().uuid, "patient": PatientFactory().uuid}
    with CaptureQueriesContext(connection) as captured:
        assert phone.post("appointments/", body, repeat=body["slot"].hex).status_code == 201
    ours = [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    return len(ours)


def test_a_booking_takes_nine_statements_at_most_and_no_more_when_there_is_more_of_everything(phone, caller):
    most = STATEMENTS - (FEWER_ON_POSTGRESQL if connection.vendor == "postgresql" else 0)
    assert statements_of_a_booking(phone) == most  # the first of its minute notes that the key was used
    few = statements_of_a_booking(phone)
    for _ in range(10):
        SlotFactory(), PatientFactory(), caller()
    many = statements_of_a_booking(phone)
    assert few == many == most - 1
