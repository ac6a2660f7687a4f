import datetime

import pytest

from common import clock
from patients.errors import (
    BirthDateImpossible,
    DeathImpossible,
    EmailInvalid,
    IdentifierInvalid,
    IdentifierMismatch,
    IdentifierTaken,
    LooksAlike,
    NameMissing,
    PhoneInvalid,
    RecordMerged,
)
from patients.models import Patient
from patients.services import identifiers, lookalikes, merging, record_numbers, registration
from patients.services.identity_numbers import GivenIdentifier
from patients.tests.factories import ZHANG_WEI_CARD, ContactPointFactory, IdentifierFactory, PatientFactory

pytestmark = pytest.mark.django_db
CARD = GivenIdentifier("resident_id", ZHANG_WEI_CARD)
BORN = datetime.date(1990, 3, 7)


def register(by, name="张伟", **facts):
    return registration.register(name=name, by=by, **facts)


def test_a_person_is_stored_with_phones_numbers_and_author(alice):
    patient = register(alice, phones=["138 0013 8000", "13900139000"], email="Zhang@Example.org", identifiers=[CARD])
    assert patient.record_number.startswith("P")
    assert [point.value for point in patient.contact_points.order_by("rank")] == [
        "+8613800138000",
        "+8613900139000",
        "zhang@example.org",
    ]
    assert patient.identifiers.get().unsealed() == ZHANG_WEI_CARD
    assert patient.created_by == alice
    assert patient.history.get().history_user == alice


def test_the_identity_card_fills_in_birth_date_and_sex(alice):
    patient = register(alice, identifiers=[CARD])
    assert (patient.birth_date, patient.sex) == (BORN, "male")


def test_a_phone_typed_twice_is_stored_once(alice):
    assert register(alice, phones=["13800138000", "+8613800138000", " "]).contact_points.count() == 1


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "…"])
def test_nobody_is_registered_without_a_name(alice, name):
    with pytest.raises(NameMissing):
        register(alice, name)


@pytest.mark.parametrize("birth_date", [datetime.date(1800, 1, 1), datetime.date(2999, 1, 1)])
def test_an_impossible_birth_date_is_refused(alice, birth_date):
    with pytest.raises(BirthDateImpossible):
        register(alice, birth_date=birth_date)


def test_a_phone_that_cannot_be_called_is_refused(alice):
    with pytest.raises(PhoneInvalid):
        register(alice, phones=["12345"])


def test_an_address_that_is_none_is_refused(alice):
    with pytest.raises(EmailInvalid):
        register(alice, email="zhang at home")


@pytest.mark.parametrize("number", ["110101199003070135", "110101199013070134", "1234", "", "11010119900307013"])
def test_a_wrong_identity_card_is_refused(alice, number):
    with pytest.raises(IdentifierInvalid):
        register(alice, identifiers=[GivenIdentifier("resident_id", number)])


@pytest.mark.parametrize("facts", [{"birth_date": datetime.date(1990, 3, 8)}, {"sex": "female"}])
def test_a_card_that_contradicts_birth_date_or_sex_is_refused(alice, facts):
    with pytest.raises(IdentifierMismatch):
        register(alice, identifiers=[CARD], **facts)


def test_a_number_that_somebody_has_is_refused_even_when_confirmed(alice):
    owner = IdentifierFactory(system="resident_id", value=ZHANG_WEI_CARD).patient
    with pytest.raises(IdentifierTaken) as refused:
        register(alice, "李娜", identifiers=[CARD], confirm_not_duplicate=True)
    assert refused.value.alternatives == [owner]
    assert Patient.objects.count() == 1


def test_an_ended_number_may_be_given_to_somebody_else(alice):
    old = IdentifierFactory(value="E12345678")
    identifiers.end(identifier=old, by=alice, reason="typed for the wrong person")
    assert register(alice, "李娜", identifiers=[GivenIdentifier("passport", "E12345678")]).identifiers.exists()


def test_look_alikes_are_shown_before_saving_and_can_be_overruled(alice):
    known = PatientFactory(name="张伟", birth_date=BORN)
    with pytest.raises(LooksAlike) as refused:
        register(alice, birth_date=BORN)
    assert [alike.patient for alike in refused.value.alternatives] == [known]
    assert register(alice, birth_date=BORN, confirm_not_duplicate=True).pk != known.pk


def reasons(**facts):
    return [set(alike.reasons) for alike in lookalikes.find(**facts)]


def test_a_name_that_sounds_the_same_with_the_same_birth_date_looks_alike():
    PatientFactory(name="章伟", birth_date=BORN)
    assert reasons(name="张伟", birth_date=BORN) == [{"sound", "birth_date"}]


def test_a_slip_in_the_birth_date_looks_alike():
    PatientFactory(name="张伟", birth_date=datetime.date(1990, 7, 3))
    assert reasons(name="张伟", birth_date=BORN) == [{"name", "birth_date_slip"}]


def test_a_family_that_shares_a_phone_does_not_look_alike():
    ContactPointFactory(patient=PatientFactory(name="李娜", birth_date=BORN), value="+8613800138000")
    assert reasons(name="张小宝", birth_date=datetime.date(2020, 5, 5), phones=["+8613800138000"]) == []


def test_a_namesake_with_another_birth_date_does_not_look_alike():
    PatientFactory(name="张伟", birth_date=datetime.date(1955, 12, 24))
    assert reasons(name="张伟", birth_date=BORN) == []


def test_the_same_phone_and_name_look_alike_without_a_birth_date():
    ContactPointFactory(patient=PatientFactory(name="张伟", birth_date=None), value="+8613800138000")
    assert reasons(name="Zhang Wei", phones=["+8613800138000"]) == [{"phone", "sound"}]


def test_the_same_number_is_the_most_alike():
    IdentifierFactory(system="resident_id", value=ZHANG_WEI_CARD, patient=PatientFactory(name="李娜", birth_date=None))
    [alike] = lookalikes.find(name="张伟", identifiers=[CARD])
    assert (alike.score, alike.reasons[0]) == (100, "identifier")


def test_a_correction_keeps_who_did_it_and_why(alice):
    patient = registration.update(patient=PatientFactory(), by=alice, reason="misheard", name="王芳", note="deaf")
    assert (patient.name, patient.name_pinyin, patient.name_initials, patient.note) == (
        "王芳",
        "wang fang",
        "wf",
        "deaf",
    )
    latest = patient.history.latest()
    assert (latest.history_user, latest.history_change_reason) == (alice, "misheard")


def test_a_birth_date_that_contradicts_the_recorded_card_is_refused(alice):
    patient = register(alice, identifiers=[CARD])
    with pytest.raises(IdentifierMismatch):
        registration.update(patient=patient, by=alice, birth_date=datetime.date(1991, 1, 1))


def test_nobody_dies_before_birth(alice):
    with pytest.raises(DeathImpossible):
        registration.update(patient=PatientFactory(), by=alice, deceased_on=datetime.date(1980, 1, 1))


def test_a_merged_record_is_not_changed_any_more(alice):
    kept, merged = PatientFactory(), PatientFactory()
    merging.merge(kept=kept, merged=merged, by=alice, reason="same person")
    with pytest.raises(RecordMerged) as refused:
        registration.update(patient=merged, by=alice, note="lost")
    assert refused.value.alternatives == [kept]


def test_record_numbers_carry_a_check_digit_and_avoid_taken_ones(monkeypatch):
    drawn = iter(["P000000000", "P123456782"])
    PatientFactory(record_number="P000000000")
    monkeypatch.setattr(record_numbers, "draw", lambda: next(drawn))
    assert record_numbers.fresh() == ["P123456782"]


@pytest.mark.parametrize(
    ("on", "age"), [((2020, 3, 6), 29), ((2020, 3, 7), 30), ((1990, 3, 7), 0), ((1980, 1, 1), None)]
)
def test_age_is_counted_in_full_years(on, age):
    assert PatientFactory.build(birth_date=BORN).age(datetime.date(*on)) == age


def test_a_patient_of_today_has_an_age_today():
    assert PatientFactory.build(birth_date=clock.today()).age() == 0
