import pytest
from django.apps import apps

from common.errors import NotAllowed, ReasonRequired
from patients.errors import MergeConflict, MergeImpossible, UnmergeImpossible
from patients.models import MergedRow, Patient, PatientMerge, VerificationAttempt
from patients.services import merging
from patients.tests.factories import (
    ConsentFactory,
    ContactPointFactory,
    IdentifierFactory,
    PatientFactory,
    PatientTagFactory,
    RelatedPersonFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(alice):
    """Two records of one person; the second has a row of every kind."""
    kept, merged = PatientFactory(name="张伟"), PatientFactory(name="Bob")
    ContactPointFactory(patient=merged)
    IdentifierFactory(patient=merged)
    ConsentFactory(patient=merged)
    PatientTagFactory(patient=merged)
    RelatedPersonFactory(patient=merged)
    RelatedPersonFactory(proxy=merged)
    VerificationAttempt.objects.create(patient=merged, ok=True, asked="phone", by=alice)
    return kept, merged


def owners():
    """Every row that points to a patient, and to whom."""
    return {
        (relation.related_model._meta.label, row.pk, relation.field.name): getattr(row, relation.field.attname)
        for relation in Patient._meta.related_objects
        if relation.one_to_many or relation.one_to_one
        for row in relation.related_model._base_manager.all()
    }


def merge(pair, by, reason="same person"):
    return merging.merge(kept=pair[0], merged=pair[1], by=by, reason=reason)


def test_every_row_is_moved_and_noted(pair, alice):
    before = owners()
    record = merge(pair, alice)
    moved = {key for key, owner in before.items() if owner == pair[1].pk}
    assert {key for key, owner in owners().items() if owner == pair[0].pk} >= moved
    assert record.rows.count() == len(moved) >= 7
    assert Patient.objects.get(pk=pair[1].pk).merged_into == pair[0]


def test_unmerging_moves_exactly_these_back(pair, alice):
    before = owners()
    record = merge(pair, alice)
    added = ContactPointFactory(patient=pair[0], value="+8613700000000")
    merging.unmerge(merge=record, by=alice, reason="two people")
    after = owners()
    assert after.pop(("patients.ContactPoint", added.pk, "patient")) == pair[0].pk
    assert after == before
    assert not Patient.objects.get(pk=pair[1].pk).is_merged


def test_a_moved_row_leaves_history_with_author_and_reason(pair, alice):
    point = pair[1].contact_points.get()
    merge(pair, alice, reason="same card")
    latest = point.history.latest()
    assert (latest.patient_id, latest.history_user, latest.history_change_reason) == (pair[0].pk, alice, "same card")


def test_history_rows_stay_where_they_were_written(pair, alice):
    point = pair[1].contact_points.get()
    merge(pair, alice)
    assert list(point.history.order_by("history_date").values_list("patient_id", flat=True)) == [pair[1].pk, pair[0].pk]


def test_a_fact_that_both_have_stays_behind(alice):
    kept, merged = PatientFactory(), PatientFactory()
    for patient in (kept, merged):
        ContactPointFactory(patient=patient, value="+8613800138000")
    RelatedPersonFactory(patient=kept, proxy=merged)
    record = merge((kept, merged), alice)
    assert kept.contact_points.count() == merged.contact_points.count() == 1
    assert not record.rows.filter(model="patients.ContactPoint").exists()


def test_a_plan_tells_everything_and_writes_nothing(pair):
    before = owners()
    plan = merging.plan(kept=pair[0], merged=pair[1])
    assert sum(plan.moved.values()) >= 7
    assert [label for label, _kept, _merged in plan.differences] == ["name"]
    assert owners() == before
    assert not PatientMerge.objects.exists()


def test_a_conflict_of_a_higher_floor_is_told_and_nothing_is_half_done(pair, alice, monkeypatch):
    monkeypatch.setattr(merging, "_checks", [lambda kept, merged: ["two appointments at nine"]])
    before = owners()
    with pytest.raises(MergeConflict) as refused:
        merge(pair, alice)
    assert refused.value.alternatives == ["two appointments at nine"]
    assert "two appointments at nine" in str(refused.value)
    assert owners() == before
    assert not MergedRow.objects.exists()


def test_a_row_that_the_database_refuses_is_a_conflict(alice, monkeypatch):
    kept, merged = ConsentFactory().patient, ConsentFactory().patient
    monkeypatch.setattr(apps.get_model("patients.Consent"), "merge_leaves_duplicates", False)
    with pytest.raises(MergeConflict, match="Reminders"):
        merge((kept, merged), alice)
    assert merged.consents.exists()


def test_a_record_merged_twice_over_leads_straight_to_the_last(alice):
    first, second, third = (PatientFactory() for _ in range(3))
    merge((second, first), alice)
    merge((third, second), alice)
    assert Patient.objects.get(pk=first.pk).merged_into == third


def test_the_later_merge_is_undone_first(alice):
    first, second, third = (PatientFactory() for _ in range(3))
    early, late = merge((second, first), alice), merge((third, second), alice)
    with pytest.raises(UnmergeImpossible):
        merging.unmerge(merge=early, by=alice, reason="two people")
    merging.unmerge(merge=late, by=alice, reason="two people")
    merging.unmerge(merge=early, by=alice, reason="two people")
    assert Patient.objects.active().count() == 3
    with pytest.raises(UnmergeImpossible):
        merging.unmerge(merge=early, by=alice, reason="again")


def test_a_record_is_not_merged_with_itself_nor_twice(alice):
    kept, merged = PatientFactory(), PatientFactory()
    with pytest.raises(MergeImpossible):
        merge((kept, kept), alice)
    merge((kept, merged), alice)
    with pytest.raises(MergeImpossible):
        merge((kept, merged), alice)


def test_merging_needs_the_right_and_a_reason(pair, alice):
    with pytest.raises(NotAllowed):
        merge(pair, UserFactory(is_superuser=False))
    with pytest.raises(ReasonRequired):
        merge(pair, alice, reason=" ")


def test_only_history_and_merges_may_point_to_a_patient_without_being_moved():
    hidden = {
        relation.related_model._meta.label
        for relation in Patient._meta.get_fields(include_hidden=True)
        if relation.auto_created and relation.is_relation and relation.hidden
    }
    assert {label for label in hidden if "Historical" not in label} <= {"patients.PatientMerge", "patients.Patient"}
