"""Contacts, numbers, proxies, consents, restrictions, tags: each refusal once."""

import datetime

import pytest

from common import clock
from common.errors import ReasonRequired
from patients import errors
from patients.models import Consent, ContactPoint, Identifier
from patients.services import consents, contacts, identifiers, proxies, tagging
from patients.services.identity_numbers import GivenIdentifier
from patients.tests.factories import (
    ZHANG_WEI_CARD,
    ConsentFactory,
    ContactPointFactory,
    IdentifierFactory,
    PatientFactory,
    RelatedPersonFactory,
    TagFactory,
)

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def test_a_phone_is_added_behind_the_known_ones(alice):
    patient = ContactPointFactory().patient
    assert contacts.add(patient=patient, value="13900139000", by=alice).rank == 2


def test_the_same_phone_is_not_added_twice(alice):
    point = ContactPointFactory(value="+8613800138000")
    with pytest.raises(errors.ContactKnown):
        contacts.add(patient=point.patient, value="138 0013 8000", by=alice)
    with pytest.raises(errors.ContactKnown):
        contacts.change_phone(contact_point=point, phone="138 0013 8000", by=alice)


def test_a_changed_phone_ends_the_old_one_and_takes_its_rank_unproved(alice):
    old = contacts.verify(contact_point=ContactPointFactory(rank=3), by=alice)
    new = contacts.change_phone(contact_point=old, phone="13900139000", by=alice, reason="new phone")
    assert (new.rank, new.verified_at) == (3, None)
    assert list(ContactPoint.objects.live()) == [new]
    with pytest.raises(errors.ContactEnded):
        contacts.verify(contact_point=old, by=alice)


def test_a_refused_contact_is_not_reachable_until_accepted(alice):
    point = ContactPointFactory()
    contacts.refuse(contact_point=point, by=alice, reason="asked us not to call")
    assert not point.patient.contact_points.reachable().exists()
    contacts.accept(contact_point=point, by=alice)
    assert point.patient.contact_points.reachable().exists()
    with pytest.raises(ReasonRequired):
        contacts.refuse(contact_point=point, by=alice, reason="")


def test_an_ended_contact_stays_on_record(alice):
    point = contacts.end(contact_point=ContactPointFactory(), by=alice, reason="not theirs")
    assert point.patient.contact_points.count() == 1
    assert point.patient.main_phone is None


def test_an_identity_card_fills_in_what_was_unknown(alice):
    patient = PatientFactory(birth_date=None, sex="unknown")
    identifiers.add(patient=patient, given=GivenIdentifier("resident_id", ZHANG_WEI_CARD), by=alice)
    patient.refresh_from_db()
    assert (patient.birth_date, patient.sex) == (datetime.date(1990, 3, 7), "male")


def test_a_number_of_somebody_else_is_refused(alice):
    IdentifierFactory(value="E12345678")
    with pytest.raises(errors.IdentifierTaken):
        identifiers.add(patient=PatientFactory(), given=GivenIdentifier("passport", "e12345678"), by=alice)


def test_a_number_is_ended_once(alice):
    identifier = identifiers.end(identifier=IdentifierFactory(), by=alice)
    with pytest.raises(errors.IdentifierEnded):
        identifiers.end(identifier=identifier, by=alice)


def test_numbers_are_resealed_with_a_new_key(alice, settings):
    IdentifierFactory(value="E12345678")
    settings.FIELD_KEY = ["new-key", *settings.FIELD_KEY]
    assert identifiers.reseal() == 1
    assert identifiers.reseal() == 0
    settings.FIELD_KEY = ["new-key"]
    assert Identifier.objects.with_value("E12345678").get().unsealed() == "E12345678"


def grant(alice, patient=None, proxy=None, **facts):
    facts = {"relation": "parent", "proof": "household", "by": alice} | facts
    return proxies.grant(patient=patient or PatientFactory(), proxy=proxy or PatientFactory(), **facts)


def test_a_proxy_may_book_until_the_last_day(alice):
    today = clock.today()
    related = grant(alice, ends_on=today)
    assert proxies.may_book_for(proxy=related.proxy, patient=related.patient)
    assert not proxies.may_book_for(proxy=related.proxy, patient=related.patient, on=today + DAY)
    assert not proxies.may_book_for(proxy=related.patient, patient=related.proxy)


def test_an_ended_proxy_may_not_book_and_ends_once(alice):
    related = grant(alice)
    proxies.end(related=related, by=alice)
    assert not proxies.may_book_for(proxy=related.proxy, patient=related.patient)
    with pytest.raises(errors.ProxyEnded):
        proxies.end(related=related, by=alice)
    assert grant(alice, related.patient, related.proxy).pk != related.pk


def test_rights_of_one_pair_do_not_overlap(alice):
    related = RelatedPersonFactory()
    with pytest.raises(errors.ProxyExists):
        grant(alice, related.patient, related.proxy)


def test_nobody_is_their_own_proxy(alice):
    patient = PatientFactory()
    with pytest.raises(errors.ProxyIsSelf):
        grant(alice, patient, patient)


def test_a_proxy_has_a_right_and_a_sensible_period(alice):
    with pytest.raises(errors.ProxyWithoutRights):
        grant(alice, can_book=False)
    with pytest.raises(errors.ProxyEndsBeforeStart):
        grant(alice, ends_on=clock.today() - DAY)


def give(alice, patient, version="1"):
    return consents.give(
        patient=patient, purpose="reminders", channel="counter", version=version, text_shown="We may call.", by=alice
    )


def test_a_newer_version_of_a_consent_ends_the_older(alice):
    patient = PatientFactory()
    first = give(alice, patient)
    assert give(alice, patient) == first
    assert give(alice, patient, "2") == Consent.objects.live().get()


def test_a_consent_is_withdrawn_once(alice):
    consent = ConsentFactory()
    consents.withdraw(patient=consent.patient, purpose="reminders", by=alice)
    with pytest.raises(errors.ConsentWithdrawn):
        consents.withdraw(patient=consent.patient, purpose="reminders", by=alice)


def test_a_tag_is_put_on_once_and_taken_off(alice):
    patient, tag = PatientFactory(), TagFactory()
    hung = tagging.put(patient=patient, tag=tag, by=alice)
    with pytest.raises(errors.TagKnown):
        tagging.put(patient=patient, tag=tag, by=alice)
    tagging.take_off(patient_tag=hung, by=alice)
    assert not patient.patient_tags.current().exists()
    assert tagging.put(patient=patient, tag=tag, by=alice).pk != hung.pk


def test_an_expired_tag_makes_way_for_a_new_one(alice):
    patient, tag = PatientFactory(), TagFactory()
    tagging.put(patient=patient, tag=tag, by=alice, until=clock.today() - DAY)
    assert tagging.put(patient=patient, tag=tag, by=alice).is_current()
