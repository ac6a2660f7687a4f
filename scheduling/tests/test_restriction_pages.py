"""The pages on which missed visits are judged, the policy is written and restrictions are worked with."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.tests.factories import UserFactory
from patients.tests.factories import PatientFactory
from scheduling.models import Absence, BookingRestriction, NoShowPolicy
from scheduling.services import restrictions
from scheduling.tests.factories import PolicyFactory, missed, restricted

MISSED = reverse("admin:scheduling_missedvisit_changelist")
RESTRICTIONS = reverse("admin:scheduling_bookingrestriction_changelist")
POLICIES = reverse("admin:scheduling_noshowpolicy_changelist")
IMPOSE = reverse("admin:scheduling_bookingrestriction_impose")


def as_role(role="supervisor"):
    client = Client()
    client.force_login(UserFactory(role=role, sees_all_sites=True), "django.contrib.auth.backends.ModelBackend")
    return client


def page(model, row, act="change"):
    return reverse(f"admin:scheduling_{model}_{act}", args=[row.pk])


def test_the_desk_judges_a_missed_visit_from_the_list():
    booking, desk = missed(PatientFactory(name="Alice Smith"), excused=None), as_role("front_desk")
    address = page("missedvisit", booking, "excuse")
    assert address in desk.get(MISSED).text
    assert desk.post(address, {"reason": ""}).status_code == 422
    assert desk.post(address, {"reason": "was in hospital"}).url == MISSED
    assert Absence.objects.get().is_excused
    assert "Alice Smith" not in desk.get(MISSED).text
    assert "was in hospital" in desk.get(MISSED, {"judged": "excused"}).text


def test_the_list_opens_with_the_last_thirty_days_and_shows_all_when_asked():
    alice, bob, desk = PatientFactory(name="Alice Smith"), PatientFactory(name="Bob Jones"), as_role("front_desk")
    missed(alice, 29, excused=None)
    missed(bob, 31, excused=None)
    opened = desk.get(MISSED).text
    assert ("Alice Smith" in opened, "Bob Jones" in opened) == (True, False)
    assert "The last 30 days" in opened
    every_day = desk.get(MISSED, {"when": "all"}).text
    assert ("Alice Smith" in every_day, "Bob Jones" in every_day) == (True, True)
    assert "Bob Jones" in desk.get(MISSED, {"q": "Bob Jones"}).text
    assert "Bob Jones" in desk.get(MISSED, {"patient__id__exact": bob.pk}).text


def test_a_verdict_is_changed_on_the_page_which_tells_the_whole_story():
    booking, desk = missed(), as_role("front_desk")
    assert page("missedvisit", booking, "not_excuse") not in desk.get(page("missedvisit", booking)).text
    desk.post(page("missedvisit", booking, "excuse"), {"reason": "the ward called"})
    text = desk.get(page("missedvisit", booking)).text
    assert "said so" in text
    assert "the ward called" in text


def test_the_list_of_missed_visits_reads_as_much_for_many_as_for_one(django_assert_max_num_queries):
    desk = as_role("front_desk")
    missed(excused=None)
    desk.get(MISSED)
    for days in range(1, 9):
        missed(days=days, excused=None)
    with django_assert_max_num_queries(22):
        assert desk.get(MISSED).text.count("To judge") >= 9


def test_whoever_judges_hears_that_the_policy_is_reached():
    patient, desk = PatientFactory(), as_role("front_desk")
    PolicyFactory()
    for days in (30, 20):
        missed(patient, days)
    last = missed(patient, 10, excused=None)
    answer = desk.post(page("missedvisit", last, "not_excuse"), {"reason": "forgot"}, follow=True)
    assert "A supervisor decides what follows." in answer.text


def test_a_clinician_sees_none_of_it_and_an_auditor_changes_nothing():
    booking, held = missed(excused=None), restricted()
    for address in (MISSED, RESTRICTIONS, POLICIES):
        assert as_role("clinician").get(address).status_code == 403
        assert as_role("auditor").get(address).status_code == 200
    for address in (page("missedvisit", booking, "excuse"), page("bookingrestriction", held, "lift"), IMPOSE):
        assert as_role("auditor").post(address, {"reason": "x"}).status_code == 403
    assert as_role("auditor").get(f"{POLICIES}add/").status_code == 403


def test_the_empty_lists_say_what_to_do():
    boss = as_role()
    assert "No missed visit waits to be judged." in boss.get(MISSED).text
    assert "Nobody is restricted." in boss.get(RESTRICTIONS).text
    assert "No policy is written, so nobody can be restricted." in boss.get(POLICIES).text


def test_a_policy_is_written_put_in_use_copied_and_ended():
    boss = as_role()
    words = {"text_zh": "三次爽约。", "text_en": "Three missed visits.", "absences": 3, "within_days": 90,
             "restrict_days": 30, "appeal_days": 3}  # fmt: skip
    assert boss.post(f"{POLICIES}add/", words | {"restrict_days": 181}).status_code == 422
    assert boss.post(f"{POLICIES}add/", words).status_code == 302
    first = NoShowPolicy.objects.get()
    assert "Three missed visits." in boss.get(page("noshowpolicy", first, "put_in_use")).text
    assert boss.post(page("noshowpolicy", first, "put_in_use")).status_code == 302
    assert boss.post(page("noshowpolicy", first, "change_copy"), words | {"absences": 4}).status_code == 302
    draft = NoShowPolicy.objects.get(state="draft")
    assert (draft.absences, NoShowPolicy.objects.get(state="live").absences) == (4, 3)
    assert boss.post(page("noshowpolicy", draft, "discard")).status_code == 302
    assert boss.post(page("noshowpolicy", first, "end")).status_code == 302
    assert list(NoShowPolicy.objects.values_list("state", flat=True)) == ["ended"]


def test_imposing_names_those_who_reached_the_policy_with_their_days_and_nobody_else():
    boss, patient, other = as_role(), PatientFactory(name="Alice Smith"), PatientFactory(name="Bob Jones")
    PolicyFactory()
    for days in (30, 20, 10):
        missed(patient, days)
        missed(other, days, excused=days == 10)
    text = boss.get(IMPOSE).text
    assert "Alice Smith" in text
    assert "3 unexcused absences" in text
    assert "Bob Jones" not in text
    assert boss.post(IMPOSE, {"patient": other.pk, "days": 30}).status_code == 422
    assert boss.post(IMPOSE, {"patient": patient.pk, "days": 91}).status_code == 422
    assert boss.post(IMPOSE, {"patient": patient.pk, "days": 30}).status_code == 302
    held = BookingRestriction.objects.get()
    assert (held.patient, (held.until - held.starts_at).days) == (patient, 30)


def test_imposing_without_a_policy_or_without_anybody_says_so():
    boss = as_role()
    assert "No policy on missed visits is in use" in boss.get(IMPOSE, follow=True).text
    PolicyFactory()
    assert "Nobody has as many unexcused absences" in boss.get(IMPOSE, follow=True).text


def test_the_desk_records_an_appeal_and_a_second_supervisor_decides_it():
    boss, desk = UserFactory(role="supervisor"), as_role("front_desk")
    held = restricted(by=boss)
    assert page("bookingrestriction", held, "lift") not in desk.get(page("bookingrestriction", held)).text
    assert desk.post(page("bookingrestriction", held, "appeal"), {"text": "I was ill"}).status_code == 302
    own = Client()
    own.force_login(boss, "django.contrib.auth.backends.ModelBackend")
    decide = page("bookingrestriction", held, "decide")
    assert decide not in own.get(page("bookingrestriction", held)).text
    assert own.post(decide, {"outcome": "upheld", "reason": "no"}).status_code == 422
    other = as_role()
    assert "I was ill" in other.get(decide).text
    assert other.post(decide, {"outcome": "upheld", "reason": "three times without a word"}).status_code == 302
    assert "three times without a word" in other.get(page("bookingrestriction", held)).text


def test_the_patients_page_shows_the_restriction_until_it_is_lifted():
    held, boss = restricted(), as_role()
    address = reverse("admin:patients_patient_change", args=[held.patient_id])
    text = boss.get(address).text
    assert "Restricted until" in text
    assert page("bookingrestriction", held) in text
    assert boss.post(page("bookingrestriction", held, "lift"), {"reason": "agreed"}).status_code == 302
    assert "Restricted until" not in boss.get(address).text


def test_what_runs_is_listed_and_what_waits_for_a_decision(now):
    boss, held = as_role(), restricted(PatientFactory(name="Alice Smith"))
    assert "Alice Smith" in boss.get(RESTRICTIONS).text
    assert "Alice Smith" not in boss.get(RESTRICTIONS, {"standing": "appealed"}).text
    restrictions.appeal(restriction=held, text="unfair", by=UserFactory(role="front_desk"))
    assert "Alice Smith" in boss.get(RESTRICTIONS, {"standing": "appealed"}).text


@pytest.mark.parametrize("act", ["put_in_use", "end", "discard", "change_copy"])
def test_acts_on_a_policy_are_not_for_the_desk(act):
    assert as_role("front_desk").post(page("noshowpolicy", PolicyFactory(), act)).status_code == 403
