"""Whom somebody on the portal may act for."""

import datetime as dt

import pytest

from patients.errors import FamilyFull, GrownUp, GuardianNeeded, ProxyExists
from patients.models import IdentifierSystem, Patient, RelatedPerson
from patients.services import family, identifiers, proxies
from patients.services.identity_numbers import GivenIdentifier
from patients.services.portal_accounts import Papers
from patients.tests.factories import ContactPointFactory, PatientFactory, UserFactory

pytestmark = pytest.mark.django_db
MINE, THEIRS = "+8613800138000", "+8613900139000"
OLD = Papers("王秀英", dt.date(1952, 3, 7))
PASSPORT = GivenIdentifier(IdentifierSystem.PASSPORT, "E12345678")


@pytest.fixture
def by():
    return UserFactory()


@pytest.fixture
def mother():
    return PatientFactory(name="李娜", birth_date=dt.date(1985, 5, 5))


def child(years=5, **more):
    return Papers("张小雨", dt.date.today() - dt.timedelta(days=years * 366), **more)


def test_a_child_that_is_not_known_yet_is_registered(by, mother):
    found = family.add_child(guardian=mother, papers=child(), relation="parent", phone=MINE, by=by)
    assert [one.patient for one in family.members(mother)] == [mother, found.patient]
    assert RelatedPerson.objects.get().proof == "declared"


def test_a_known_child_is_theirs_when_their_phone_stands_on_its_record(by, mother):
    known = PatientFactory(name="张小雨", birth_date=child().birth_date)
    ContactPointFactory(patient=known, value=MINE)
    assert family.add_child(guardian=mother, papers=child(), relation="parent", phone=MINE, by=by).patient == known


def test_the_document_of_a_strangers_child_opens_nothing(by, mother):
    known = PatientFactory(name="张小雨", birth_date=child().birth_date)
    identifiers.add(patient=known, given=PASSPORT, by=by)
    found = family.add_child(guardian=mother, papers=child(number=PASSPORT), relation="parent", phone=MINE, by=by)
    assert found.patient != known
    assert found.doubt == (known,)


def test_an_adult_is_not_added_as_a_child(by, mother):
    with pytest.raises(GrownUp):
        family.add_child(guardian=mother, papers=child(19), relation="parent", phone=MINE, by=by)


def test_an_adult_who_agreed_by_the_phone_on_their_record_is_added(by, mother):
    known = PatientFactory(name=OLD.name, birth_date=OLD.birth_date)
    ContactPointFactory(patient=known, value=THEIRS)
    found = family.add_adult(guardian=mother, papers=OLD, phone=THEIRS, relation="child", by=by)
    assert found.patient == known
    assert RelatedPerson.objects.get().proof == "code"


def test_a_code_to_ones_own_second_phone_does_not_open_an_adults_record(by, mother):
    known = PatientFactory(name=OLD.name, birth_date=OLD.birth_date)
    ContactPointFactory(patient=known, value="+8613700137000")
    found = family.add_adult(guardian=mother, papers=OLD, phone=THEIRS, relation="child", by=by)
    assert found.patient != known


def test_nobody_is_added_twice(by, mother):
    family.add_adult(guardian=mother, papers=OLD, phone=THEIRS, relation="child", by=by)
    with pytest.raises(ProxyExists):
        family.add_adult(guardian=mother, papers=OLD, phone=THEIRS, relation="child", by=by)
    assert Patient.objects.count() == 2


def test_there_is_a_limit_and_nothing_is_registered_beyond_it(by, mother, settings):
    settings.MAX_FAMILY = 1
    family.add_child(guardian=mother, papers=child(), relation="parent", phone=MINE, by=by)
    with pytest.raises(FamilyFull):
        family.add_child(guardian=mother, papers=child(7), relation="parent", phone=MINE, by=by)
    assert Patient.objects.count() == 2


def test_an_adult_ends_it_and_is_gone_from_the_list(by, mother):
    found = family.add_adult(guardian=mother, papers=OLD, phone=THEIRS, relation="child", by=by)
    (right,) = family.acting_for(found.patient)
    family.end(related=right, by=by)
    assert [one.patient for one in family.members(mother)] == [mother]


def test_the_list_is_one_statement_however_long(by, mother, django_assert_num_queries):
    for years in (3, 5, 7):
        family.add_child(guardian=mother, papers=child(years), relation="parent", phone=MINE, by=by)
    with django_assert_num_queries(1):
        assert len(family.members(mother)) == 4


def test_before_a_code_is_sent_nothing_is_told_but_what_the_papers_say(mother, settings):
    ContactPointFactory(patient=PatientFactory(name=OLD.name, birth_date=OLD.birth_date), value=THEIRS)
    assert family.check_adult(guardian=mother, papers=OLD) is None
    with pytest.raises(GuardianNeeded):
        family.check_adult(guardian=mother, papers=child(13))
    settings.MAX_FAMILY = 0
    with pytest.raises(FamilyFull):
        family.check_adult(guardian=mother, papers=OLD)


def test_below_fourteen_a_code_is_no_agreement(by, mother):
    with pytest.raises(GuardianNeeded):
        family.add_adult(guardian=mother, papers=child(13), phone=THEIRS, relation="parent", by=by)
    assert not RelatedPerson.objects.exists()


def test_who_was_added_and_removed_counts_for_ninety_days(by, mother, settings):
    """Else nobody's number would be limited: invented children would book in turn."""
    settings.MAX_FAMILY = 2
    for years in (3, 5):
        family.add_child(guardian=mother, papers=child(years), relation="parent", phone=MINE, by=by)
        family.end(related=RelatedPerson.objects.get(ended_at=None), by=by)
    with pytest.raises(FamilyFull):
        family.add_child(guardian=mother, papers=child(7), relation="parent", phone=MINE, by=by)


def test_a_right_to_book_alone_shows_nobody_on_the_portal(by, mother):
    proxies.grant(patient=PatientFactory(name="Bob"), proxy=mother, relation="child", proof="present", by=by)
    assert [one.patient for one in family.members(mother)] == [mother]


def test_the_guardians_phone_on_a_childs_record_is_a_relatives(by, mother):
    found = family.add_child(guardian=mother, papers=child(), relation="parent", phone=MINE, by=by)
    assert found.patient.contact_points.get().use == "relative"
