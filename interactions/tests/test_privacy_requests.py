"""What people ask about their data: one task for each, with a day until which it is answered. PIPL 44 to 50."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import translation

from common import clock
from interactions import facts, reasons
from interactions.admin.forms import outcomes_for
from interactions.errors import PrivacyRequestEmpty, PrivacyRequestOpen
from interactions.models import Task, TaskKind, TaskOutcome
from interactions.services import privacy_requests, tasks
from interactions.tests.factories import TaskFactory
from patients.tests.factories import PatientFactory, UserFactory


@pytest.fixture
def patient():
    return PatientFactory(name="Charlie")


@pytest.fixture
def boss():
    """May do everything."""
    return UserFactory()


def ask(patient, by, about="correct", text="My name is Charly."):
    return privacy_requests.ask(patient=patient, about=about, text=text, by=by)


def test_it_is_due_in_fifteen_days_and_says_what_is_asked(patient, alice):
    task = ask(patient, alice)
    assert (task.kind, task.patient) == (TaskKind.PRIVACY, patient)
    assert abs(task.due_at - clock.now() - dt.timedelta(days=15)) < dt.timedelta(minutes=1)
    with translation.override("en"):
        assert "My name is Charly." in reasons.words(task.why_code, task.why_values)


def test_one_about_the_same_at_a_time(patient, alice):
    first = ask(patient, alice)
    with pytest.raises(PrivacyRequestOpen):
        ask(patient, alice)
    ask(patient, alice, about="delete")
    tasks.close(task=first, outcome=TaskOutcome.DECLINED, by=alice)
    assert ask(patient, alice) != first
    assert Task.objects.count() == 3


def test_without_words_nobody_would_know_what_to_do(patient, alice):
    with pytest.raises(PrivacyRequestEmpty):
        ask(patient, alice, text="  ")


def test_one_persons_requests_do_not_stop_anothers(patient, alice):
    ask(patient, alice)
    ask(PatientFactory(name="Dora"), alice)
    assert [word for _task, word in privacy_requests.of(patient)] == ["Correct my data"]


@pytest.mark.parametrize(
    ("kind", "fit"),
    [
        ("privacy", ["done", "declined", "not_needed"]),
        ("check_identity", ["done", "not_needed"]),
        ("decide_appeal", ["reached", "not_needed"]),
    ],
)
def test_only_outcomes_that_fit_are_offered(kind, fit):
    assert [value for value, _label in outcomes_for(TaskFactory(kind=kind))] == fit


def test_calls_offer_no_answers_to_requests():
    assert not {"done", "declined"} & {value for value, _label in outcomes_for(TaskFactory())}


@pytest.mark.parametrize("kind", ["privacy", "check_identity"])
def test_the_page_says_what_to_do(kind, alice):
    said = dict(facts.of(TaskFactory(kind=kind), alice))
    assert "close" in str(said["What to do"])


def test_records_to_compare_are_a_click_away(patient, client, boss):
    other = PatientFactory(name="Charlie Two", record_number="P777")
    task = TaskFactory(
        kind="check_identity", patient=patient, why_code="perhaps_known", why_values={"records": "P777, P778"}
    )
    client.force_login(boss)
    html = client.get(reverse("admin:interactions_task_change", args=[task.pk])).content.decode()
    assert "Charlie Two" in html
    assert reverse("admin:patients_patientmerge_preview", args=[other.uuid, patient.uuid]) in html


def test_a_record_that_was_merged_meanwhile_leads_to_the_kept_one(patient, boss):
    kept = PatientFactory(name="Dora Kept")
    for number, into in (("P777", kept), ("P778", kept), ("P779", patient)):
        PatientFactory(name="Old", record_number=number, merged_into=into)
    task = TaskFactory(kind="check_identity", patient=patient, why_values={"records": "P777, P778, P779"})
    found = [value for name, value in facts.of(task, boss) if name == "Perhaps the same"]
    assert len(found) == 1
    assert "Dora Kept" in found[0]


def test_a_request_is_closed_with_its_outcome_on_its_page(patient, client, boss):
    task = ask(patient, boss)
    client.force_login(boss)
    client.post(
        reverse("admin:interactions_task_change", args=[task.pk]), {"outcome": "declined", "note": "Kept by law."}
    )
    task.refresh_from_db()
    assert (task.state, task.outcome, task.note) == ("done", "declined", "Kept by law.")
