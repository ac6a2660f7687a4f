"""Whose record somebody on the portal gets, and that nobody gets another's."""

import datetime as dt

import pytest

from accounts.models import AccessLog
from common import clock
from patients.errors import (
    AccountEnded,
    AccountLinked,
    GuardianNeeded,
    IdentifierInvalid,
    MergeConflict,
    RecordLinkedElsewhere,
)
from patients.models import ContactPoint, IdentifierSystem, Patient, PortalAccount
from patients.services import consents, contacts, identifiers, merging, portal_accounts
from patients.services.identity_numbers import GivenIdentifier
from patients.services.portal_accounts import Papers
from patients.tests.factories import ZHANG_WEI_CARD, ConsentFactory, ContactPointFactory, PatientFactory, UserFactory

pytestmark = pytest.mark.django_db
PHONE = "+8613800138000"
BORN = dt.date(1990, 3, 7)
CARD = GivenIdentifier(IdentifierSystem.RESIDENT_ID, ZHANG_WEI_CARD)


@pytest.fixture
def by():
    return UserFactory()


@pytest.fixture
def account(by):
    return portal_accounts.sign_in(phone=PHONE, language="zh-hans", by=by)


@pytest.fixture
def zhang():
    return PatientFactory(name="张伟", birth_date=BORN)


def with_card(patient, by):
    identifiers.add(patient=patient, given=CARD, by=by)
    return patient


def papers(name="张伟", birth_date=BORN, number=None):
    return Papers(name, birth_date, number)


def test_a_phone_has_one_account_however_often_it_signs_in(by, account):
    again = portal_accounts.sign_in(phone=PHONE, language="en", by=by)
    assert again == account
    assert again.language == "zh-hans"
    assert PortalAccount.objects.count() == 1


def test_the_phone_on_the_record_with_name_and_birth_date_is_enough(by, account, zhang):
    ContactPointFactory(patient=zhang, value=PHONE)
    assert portal_accounts.link_by_phone(account=account, papers=papers("张 伟"), by=by) == zhang
    account.refresh_from_db()
    assert (account.patient, account.way) == (zhang, "phone")
    assert ContactPoint.objects.get(patient=zhang).verified_at is not None


@pytest.mark.parametrize("wrong", [{"name": "张维"}, {"birth_date": dt.date(1990, 7, 3)}])
def test_the_phone_alone_opens_nothing(by, account, zhang, wrong):
    ContactPointFactory(patient=zhang, value=PHONE)
    assert portal_accounts.link_by_phone(account=account, papers=papers(**wrong), by=by) is None
    account.refresh_from_db()
    assert account.patient is None


def test_of_two_namesakes_with_one_phone_neither_is_taken(by, account, zhang):
    for one in (zhang, PatientFactory(name="张伟", birth_date=BORN)):
        ContactPointFactory(patient=one, value=PHONE)
    assert portal_accounts.link_by_phone(account=account, papers=papers(), by=by) is None


def test_a_document_with_name_and_birth_date_leads_to_the_record_and_adds_the_phone(by, account, zhang):
    with_card(zhang, by)
    found = portal_accounts.link(account=account, papers=papers(number=CARD), by=by)
    assert (found.patient, found.way, found.doubt) == (zhang, "papers", ())
    assert ContactPoint.objects.get(patient=zhang).value == PHONE


def test_a_document_of_somebody_else_opens_a_record_of_its_own_and_staff_compare(by, account, zhang):
    with_card(zhang, by)
    found = portal_accounts.link(account=account, papers=papers("李娜", number=CARD), by=by)
    assert found.patient != zhang
    assert (found.way, found.doubt) == ("registered", (zhang,))
    assert found.patient.identifiers.count() == 0


def test_somebody_unknown_is_registered_with_their_document_and_phone(by, account):
    found = portal_accounts.link(account=account, papers=papers(number=CARD), by=by)
    assert (found.way, found.doubt) == ("registered", ())
    assert found.patient.sex == "male"
    assert found.patient.main_phone.value == PHONE
    assert found.patient.identifiers.get().unsealed() == ZHANG_WEI_CARD


def test_somebody_without_a_document_is_registered_and_compared_with_who_looks_alike(by, account, zhang):
    found = portal_accounts.link(account=account, papers=papers(), by=by)
    assert (found.way, found.doubt) == ("registered", (zhang,))


def test_a_record_with_another_account_stays_with_it(by, account, zhang):
    with_card(zhang, by)
    portal_accounts.link(account=account, papers=papers(number=CARD), by=by)
    other = portal_accounts.sign_in(phone="+8613900139000", language="zh-hans", by=by)
    with pytest.raises(RecordLinkedElsewhere):
        portal_accounts.link(account=other, papers=papers(number=CARD), by=by)
    assert Patient.objects.count() == 1
    assert ContactPoint.objects.filter(value=other.phone).count() == 0


def test_an_account_is_linked_once(by, account, zhang):
    portal_accounts.link(account=account, papers=papers(), by=by)
    with pytest.raises(AccountLinked):
        portal_accounts.link(account=account, papers=papers("李娜"), by=by)


def test_a_wrong_check_digit_registers_nobody(by, account):
    wrong = GivenIdentifier(IdentifierSystem.RESIDENT_ID, ZHANG_WEI_CARD[:-1] + "5")
    with pytest.raises(IdentifierInvalid):
        portal_accounts.link(account=account, papers=papers(number=wrong), by=by)
    assert Patient.objects.count() == 0


def test_a_child_under_14_does_not_sign_in_for_itself(by, account):
    born = dt.date.today() - dt.timedelta(days=13 * 365)
    with pytest.raises(GuardianNeeded):
        portal_accounts.link(account=account, papers=papers(birth_date=born), by=by)


def test_the_dead_are_nobodys_record(by, account, zhang):
    with_card(zhang, by)
    Patient.objects.filter(pk=zhang.pk).update(deceased_on=dt.date(2020, 1, 1))
    assert portal_accounts.link(account=account, papers=papers(number=CARD), by=by).patient != zhang


def test_an_ended_account_does_nothing_more_and_the_phone_begins_anew(by, account):
    ended = portal_accounts.end(account=account, by=by, reason="Phone was lost.")
    assert ended.sessions == account.sessions + 1
    with pytest.raises(AccountEnded):
        portal_accounts.link(account=account, papers=papers(), by=by)
    assert portal_accounts.sign_in(phone=PHONE, language="en", by=by) != account


def test_after_a_merge_the_account_leads_to_the_kept_record(by, account, zhang):
    ContactPointFactory(patient=zhang, value=PHONE)
    portal_accounts.link_by_phone(account=account, papers=papers(), by=by)
    kept = PatientFactory(name="张伟")
    Patient.objects.filter(pk=zhang.pk).update(merged_into=kept)
    assert portal_accounts.person_of(PortalAccount.objects.get()) == kept


def test_leaving_ends_account_and_consent_together(by):
    alice = PatientFactory(name="Alice Smith")
    ConsentFactory(patient=alice, purpose="portal")
    ConsentFactory(patient=alice, purpose="reminders")
    account = PortalAccount.objects.create(phone="+8613800138000", patient=alice, way="phone", linked_at=clock.now())
    portal_accounts.leave(account=account, by=by)
    account.refresh_from_db()
    assert account.ended_at is not None
    assert [one.purpose for one in alice.consents.live()] == ["reminders"]
    with pytest.raises(AccountEnded):
        portal_accounts.leave(account=account, by=by)


def test_who_never_agreed_leaves_as_well(by):
    account = PortalAccount.objects.create(phone="+8613800138000")
    assert portal_accounts.leave(account=account, by=by).ended_at is not None


def test_a_relatives_phone_opens_nobodys_record(by, account, zhang):
    ContactPointFactory(patient=zhang, value=PHONE, use="relative")
    assert portal_accounts.link_by_phone(account=account, papers=papers(), by=by) is None


def test_a_phone_that_reaches_nobody_opens_no_record(by, account, zhang):
    ContactPointFactory(patient=zhang, value=PHONE, failed_at="2026-01-01T00:00Z")
    assert portal_accounts.link_by_phone(account=account, papers=papers(), by=by) is None


def test_after_five_wrong_answers_the_phone_is_no_proof_any_more(by, account, zhang):
    ContactPointFactory(patient=zhang, value=PHONE)
    for day in range(1, 6):
        tried = papers(birth_date=dt.date(1991, 1, day))
        assert portal_accounts.link_by_phone(account=account, papers=tried, by=by) is None
    assert AccessLog.objects.filter(action="failed_check").count() == 5
    assert portal_accounts.link_by_phone(account=account, papers=papers(), by=by) is None
    assert portal_accounts.link(account=account, papers=papers(), by=by).patient != zhang


def test_a_phone_given_up_at_the_desk_ends_its_account(by, account, zhang):
    point = ContactPointFactory(patient=zhang, value=PHONE)
    portal_accounts.link_by_phone(account=account, papers=papers(), by=by)
    contacts.end(contact_point=point, by=by)
    account.refresh_from_db()
    assert account.ended_at is not None


def test_without_consent_there_is_no_account_whoever_withdraws_it(by, account, zhang):
    ContactPointFactory(patient=zhang, value=PHONE)
    portal_accounts.link_by_phone(account=account, papers=papers(), by=by)
    consents.give(patient=zhang, purpose="portal", channel="portal", version="1", text_shown="Yes", by=by)
    consents.withdraw(patient=zhang, purpose="portal", by=by)
    account.refresh_from_db()
    assert account.ended_at is not None


def test_a_record_for_which_somebody_signs_in_is_not_merged_away(by, account, zhang):
    """Else the stranger who registered with a name and a birth date would have the record of whom they named."""
    stranger = portal_accounts.link(account=account, papers=papers(), by=by).patient
    with pytest.raises(MergeConflict):
        merging.merge(kept=zhang, merged=stranger, by=by, reason="same person")
    portal_accounts.end(account=PortalAccount.objects.get(), by=by, reason="Document was seen.")
    merging.merge(kept=zhang, merged=stranger, by=by, reason="same person")
    stranger.refresh_from_db()
    assert stranger.merged_into == zhang
