"""Restricting after missed visits: by a written policy, for a time, by a person, with an appeal."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from accounts.tests.factories import UserFactory
from common.errors import NotAllowed, ReasonRequired
from patients.tests.factories import PatientFactory
from scheduling import errors
from scheduling.models import BookingRestriction, NoShowPolicy
from scheduling.services import noshow_policies, restrictions
from scheduling.tests.factories import PolicyFactory, missed, restricted

DAY = dt.timedelta(days=1)


@pytest.fixture
def boss():
    return UserFactory(role="supervisor")


@pytest.fixture
def other():
    return UserFactory(role="supervisor")


def impose(patient, by, **more):
    return restrictions.impose(patient=patient, by=by, **more)


def is_barred(held):
    held.patient.refresh_from_db()
    return held.patient.is_barred()


def test_a_restriction_names_its_policy_its_absences_and_its_end(boss, now):
    held = restricted(by=boss)
    assert held.absences.count() == 3
    assert (held.by, held.policy) == (boss, NoShowPolicy.objects.get())
    assert held.until == held.starts_at + 90 * DAY
    assert held.patient.history.first().history_user == boss
    assert is_barred(held)


def test_nobody_is_restricted_without_a_policy_in_use(boss):
    patient = PatientFactory()
    for days in (30, 20, 10):
        missed(patient, days)
    with pytest.raises(errors.PolicyMissing):
        impose(patient, boss)
    policy = PolicyFactory()
    noshow_policies.end(policy=policy, by=boss)
    with pytest.raises(errors.PolicyMissing):
        impose(patient, boss)


@pytest.mark.parametrize(
    "third",
    [
        {"excused": None},
        {"excused": True},
        {"days": 181},
    ],
)
def test_what_nobody_judged_what_was_excused_and_what_is_long_ago_does_not_count(boss, third):
    PolicyFactory()
    patient = PatientFactory()
    for visit in ({"days": 30}, {"days": 20}, third):
        missed(patient, **visit)
    with pytest.raises(errors.TooFewAbsences, match="Only 2"):
        impose(patient, boss)
    assert restrictions.reached(noshow_policies.live(), dt.datetime.now(dt.UTC)) == {}


def test_what_was_missed_before_there_was_a_policy_does_not_count(boss, now):
    PolicyFactory(live_since=now - 15 * DAY)
    patient = PatientFactory()
    for days in (30, 20, 10):
        missed(patient, days)
    with pytest.raises(errors.TooFewAbsences, match="Only 1"):
        impose(patient, boss)


def test_absences_that_were_used_are_not_used_again(boss, now):
    held = restricted(by=boss)
    restrictions.lift(restriction=held, reason="agreed at the desk", by=boss)
    with pytest.raises(errors.TooFewAbsences, match="Only 0"):
        impose(held.patient, boss)


def test_those_who_reached_the_policy_are_known_with_their_absences_until_they_are_restricted(boss, now):
    policy, patient = PolicyFactory(), PatientFactory()
    for days in (40, 30, 20, 10):
        missed(patient, days)
    assert restrictions.reached(policy, now) == {patient.pk: 4}
    impose(patient, boss)
    assert restrictions.reached(policy, now) == {}


def test_it_may_be_shorter_than_the_policy_says_but_not_longer_and_there_is_one_at_a_time(boss):
    patient = PatientFactory()
    PolicyFactory()
    for days in (30, 20, 10):
        missed(patient, days)
    for days in (0, 91):
        with pytest.raises(errors.RestrictionLength):
            impose(patient, boss, days=days)
    held = impose(patient, boss, days=7)
    assert held.until == held.starts_at + 7 * DAY
    with pytest.raises(errors.AlreadyRestricted):
        impose(patient, boss)


def test_the_desk_imposes_and_lifts_nothing_and_a_clinician_records_no_appeal():
    held = restricted()
    desk = UserFactory(role="front_desk")
    with pytest.raises(NotAllowed):
        impose(PatientFactory(), desk)
    with pytest.raises(NotAllowed):
        restrictions.lift(restriction=held, reason="x", by=desk)
    with pytest.raises(NotAllowed):
        restrictions.decide(restriction=held, outcome="lifted", reason="x", by=desk)
    with pytest.raises(NotAllowed):
        restrictions.appeal(restriction=held, text="x", by=UserFactory(role="clinician"))


def test_it_ends_by_itself(boss, now):
    held = restricted(by=boss)
    assert not held.patient.is_barred(held.until)
    assert held.state(held.until) == "over"
    with pytest.raises(errors.RestrictionOver):
        restrictions.lift(restriction=held, reason="late", by=boss, at=held.until)


def test_it_is_lifted_with_a_reason_and_only_once(boss):
    held = restricted()
    with pytest.raises(ReasonRequired):
        restrictions.lift(restriction=held, reason="", by=boss)
    held = restrictions.lift(restriction=held, reason="moved house", by=boss)
    assert not is_barred(held)
    assert held.state(held.lifted_at) == "lifted"
    with pytest.raises(errors.RestrictionOver):
        restrictions.lift(restriction=held, reason="again", by=boss)


def test_an_appeal_suspends_it_until_it_is_decided_and_has_a_due_date():
    held = restrictions.appeal(restriction=restricted(), text="I was in hospital", by=UserFactory(role="front_desk"))
    assert not is_barred(held)
    assert held.appeal_due_at == held.appealed_at + 5 * DAY
    assert list(BookingRestriction.objects.appealed()) == [held]


def test_an_appeal_that_is_turned_down_leaves_the_end_as_it_was(boss, other):
    held = restricted(by=boss)
    end = held.until
    restrictions.appeal(restriction=held, text="unfair", by=boss)
    held = restrictions.decide(restriction=held, outcome="upheld", reason="three times without a word", by=other)
    assert is_barred(held)
    assert held.patient.barred_until == end


def test_an_appeal_that_is_granted_lifts_it(boss, other):
    held = restricted(by=boss)
    restrictions.appeal(restriction=held, text="I called each time", by=boss)
    held = restrictions.decide(restriction=held, outcome="lifted", reason="the calls are noted", by=other)
    assert (held.lifted_by, held.decided_by, held.outcome) == (other, other, "lifted")
    assert not is_barred(held)


def test_who_imposed_it_does_not_decide_the_appeal(boss):
    held = restricted(by=boss)
    restrictions.appeal(restriction=held, text="unfair", by=boss)
    with pytest.raises(errors.NotYourOwn):
        restrictions.decide(restriction=held, outcome="upheld", reason="no", by=boss)
    fields = {"decided_at": held.starts_at, "decided_by": boss, "outcome": "upheld", "decision_reason": "no"}
    with pytest.raises(IntegrityError), transaction.atomic():
        BookingRestriction.objects.filter(pk=held.pk).update(**fields)


def test_there_is_one_appeal_and_nothing_to_decide_without_it(boss, other):
    held = restricted(by=boss)
    with pytest.raises(errors.NoAppeal):
        restrictions.decide(restriction=held, outcome="upheld", reason="no", by=other)
    with pytest.raises(ReasonRequired):
        restrictions.appeal(restriction=held, text="  ", by=boss)
    restrictions.appeal(restriction=held, text="unfair", by=boss)
    with pytest.raises(errors.AlreadyAppealed):
        restrictions.appeal(restriction=held, text="very unfair", by=boss)


def test_the_database_takes_no_restriction_without_an_end_or_longer_than_half_a_year():
    held = restricted()
    for until in (held.starts_at, held.starts_at + 181 * DAY):
        with pytest.raises(IntegrityError), transaction.atomic():
            BookingRestriction.objects.filter(pk=held.pk).update(until=until)
    assert BookingRestriction.objects.filter(pk=held.pk).update(until=held.starts_at + 180 * DAY) == 1


WORDS = {"text_zh": "三次爽约后只能在窗口预约。", "text_en": "After three missed visits you book at the desk.",
         "absences": 3, "within_days": 90, "restrict_days": 30, "appeal_days": 3}  # fmt: skip


def test_a_policy_in_use_is_followed_by_its_next_version_and_never_changed(boss, now):
    first = noshow_policies.put_in_use(policy=noshow_policies.write(by=boss, **WORDS), by=boss, at=now - DAY)
    assert first.counts_from == now - DAY
    draft = noshow_policies.write(by=boss, **WORDS | {"absences": 4})
    second = noshow_policies.put_in_use(policy=draft, by=boss, at=now)
    first.refresh_from_db()
    assert (first.state, first.absences, first.ended_at) == ("ended", 3, now)
    assert (second.state, second.absences, second.counts_from) == ("live", 4, now - DAY)
    with pytest.raises(errors.PolicyNotADraft):
        noshow_policies.put_in_use(policy=first, by=boss)
    with pytest.raises(errors.PolicyNotADraft):
        noshow_policies.discard(policy=second, by=boss)
    with pytest.raises(errors.PolicyNotInUse):
        noshow_policies.end(policy=first, by=boss)


def test_a_draft_binds_nobody_is_there_once_and_can_be_discarded(boss):
    draft = noshow_policies.write(by=boss, **WORDS)
    assert noshow_policies.write(by=boss, **WORDS | {"absences": 5}).pk == draft.pk
    assert noshow_policies.live() is None
    noshow_policies.discard(policy=draft, by=boss)
    assert noshow_policies.draft() is None


def test_the_policy_is_not_written_or_used_by_the_desk(boss):
    desk = UserFactory(role="front_desk")
    draft = noshow_policies.write(by=boss, **WORDS)
    with pytest.raises(NotAllowed):
        noshow_policies.write(by=desk, **WORDS)
    for act in (noshow_policies.put_in_use, noshow_policies.end, noshow_policies.discard):
        with pytest.raises(NotAllowed):
            act(policy=draft, by=desk)
