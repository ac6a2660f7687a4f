"""Whom a campaign is for."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from messaging.models import OptOut
from patients.models import Purpose
from patients.tests.factories import (
    ConsentFactory,
    ContactPointFactory,
    PatientFactory,
    PatientTagFactory,
    TagFactory,
)
from reminders.services import audience
from scheduling.models import AppointmentStatus
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory

from .factories import CampaignFactory

TODAY = dt.date(2026, 12, 1)


def person(name="Alice", **facts):
    return PatientFactory(name=name, **facts)


def visit(patient, day, status=AppointmentStatus.FULFILLED, service=None):
    known = {"service": service} if service else {}
    slot = SlotFactory(session=SessionFactory(day=day, **known))
    return AppointmentFactory(patient=patient, slot=slot, status=status)


@pytest.fixture
def fits(noon):
    """`fits(unseen_months=6)`: the names of those for whom such a campaign is."""

    def ask(**filters):
        rows = audience.of(CampaignFactory(**filters), clock.now())
        return sorted(rows.values_list("name", flat=True))

    return ask


def test_without_filters_it_is_for_everybody_who_lives_and_has_one_record(fits):
    kept = person("Alice")
    person("Dead", deceased_on=dt.date(2026, 5, 1))
    person("Merged", merged_into=kept)
    assert fits() == ["Alice"]


def test_who_said_stop_is_left_out_and_who_has_no_channel_is_not(fits):
    person("Without phone")
    for name in ("Asked", "Stopped"):
        point = ContactPointFactory(patient=person(name))
        if name == "Stopped":
            OptOut.objects.create(medium="sms", address=point.value, said="stop", at=clock.now())
    assert fits() == ["Asked", "Without phone"]
    assert fits(media="voice") == ["Asked", "Without phone"]


def test_who_said_stop_by_sms_still_counts_where_another_channel_reaches_them(fits):
    alice = person()
    point = ContactPointFactory(patient=alice)
    ContactPointFactory(patient=alice, system="wechat", value="wx-alice")
    OptOut.objects.create(medium="sms", address=point.value, said="stop", at=clock.now())
    assert (fits(media="sms"), fits(media="wechat sms")) == ([], ["Alice"])


def test_a_stop_that_was_taken_back_counts_no_more(fits):
    point = ContactPointFactory(patient=person())
    OptOut.objects.create(medium="sms", address=point.value, said="stop", at=clock.now(), ended_at=clock.now())
    assert fits() == ["Alice"]


def test_consent_is_of_the_purpose_and_not_withdrawn(fits):
    ConsentFactory(patient=person("Agreed"), purpose=Purpose.MARKETING)
    ConsentFactory(patient=person("Other"), purpose=Purpose.REMINDERS)
    withdrawn = ConsentFactory(patient=person("Withdrawn"), purpose=Purpose.MARKETING)
    withdrawn.withdrawn_at = withdrawn.given_at
    withdrawn.save()
    assert fits(consent=Purpose.MARKETING) == ["Agreed"]


def test_tags_any_and_all_and_only_those_in_force(fits):
    one, two = TagFactory(), TagFactory()
    for name, tags in (("One", [one]), ("Both", [one, two])):
        patient = person(name)
        for tag in tags:
            PatientTagFactory(patient=patient, tag=tag)
    PatientTagFactory(patient=person("Over"), tag=one, until=TODAY - dt.timedelta(days=1))
    assert fits(tags_any=[one, two]) == ["Both", "One"]
    assert fits(tags_all=[one, two]) == ["Both"]


def test_the_last_visit_is_the_last_one_that_took_place(fits):
    often, long_ago, missed = person("Often"), person("Long ago"), person("Missed")
    visit(often, dt.date(2025, 3, 1))
    visit(often, dt.date(2026, 11, 2))
    visit(long_ago, dt.date(2025, 3, 1))
    visit(missed, dt.date(2026, 11, 2), AppointmentStatus.NOSHOW)
    assert fits(unseen_months=6) == ["Long ago"]
    assert fits(seen_from=dt.date(2026, 11, 2)) == ["Often"]
    assert fits(seen_until=dt.date(2025, 3, 1)) == ["Long ago"]
    assert fits(seen_until=dt.date(2025, 2, 28)) == []


def test_not_seen_for_six_months_counts_the_day_itself(fits):
    visit(person("Just so"), dt.date(2026, 6, 1))
    visit(person("A day short"), dt.date(2026, 6, 2))
    assert fits(unseen_months=6) == ["Just so"]


def test_services_and_departments_choose_by_where_somebody_was_seen(fits):
    here, there = visit(person("Here"), dt.date(2026, 1, 5)), visit(person("There"), dt.date(2026, 1, 5))
    assert fits(services=[here.slot.service]) == ["Here"]
    assert fits(departments=[there.slot.service.department]) == ["There"]
    assert fits(services=[here.slot.service], departments=[there.slot.service.department]) == ["Here", "There"]


def test_ages_count_from_the_birthday_and_need_a_birth_date(fits):
    person("Forty today", birth_date=dt.date(1986, 12, 1))
    person("Forty tomorrow", birth_date=dt.date(1986, 12, 2))
    person("Unknown", birth_date=None)
    assert fits(age_from=40) == ["Forty today"]
    assert fits(age_to=39) == ["Forty tomorrow"]
    assert fits(age_from=39, age_to=40) == ["Forty today", "Forty tomorrow"]


def test_missed_visits_are_counted_in_their_months(fits):
    twice, once = person("Twice"), person("Once")
    for patient, days in ((twice, (3, 40)), (once, (3, 200))):
        for ago in days:
            visit(patient, TODAY - dt.timedelta(days=ago), AppointmentStatus.NOSHOW)
    person("Never")
    assert fits(missed_least=2, missed_months=3) == ["Twice"]
    assert fits(missed_least=1, missed_months=3) == ["Once", "Twice"]


def test_who_has_a_booking_to_come_there_is_left_out_unless_wanted(fits):
    booked = visit(person("Booked"), TODAY + dt.timedelta(days=3), AppointmentStatus.BOOKED)
    visit(person("Cancelled"), TODAY + dt.timedelta(days=3), AppointmentStatus.CANCELLED)
    assert fits() == ["Cancelled"]
    assert fits(only_unbooked=False) == ["Booked", "Cancelled"]
    visit(booked.patient, dt.date(2026, 1, 5))
    elsewhere = visit(booked.patient, dt.date(2026, 1, 6)).slot.service
    assert fits(services=[elsewhere]) == ["Booked"]


def test_why_somebody_does_not_fit_any_more_is_the_first_reason(noon):
    alice, bob, carol = person("Alice"), person("Bob", deceased_on=TODAY), person("Carol")
    visit(carol, TODAY + dt.timedelta(days=3), AppointmentStatus.BOOKED)
    campaign = CampaignFactory(age_from=90)
    found = audience.left_out(campaign, [alice.pk, bob.pk, carol.pk], clock.now())
    assert found == {alice.pk: "changed", bob.pk: "gone", carol.pk: "booked"}


def test_it_costs_as_many_statements_for_one_as_for_many(noon):
    tag = TagFactory()
    campaign = CampaignFactory(tags_any=[tag], unseen_months=6, missed_least=1, media="wechat sms", age_from=1)

    def cost():
        with CaptureQueriesContext(connection) as found:
            list(audience.of(campaign, clock.now()))
        return len(found)

    visit(person(), dt.date(2025, 1, 5))
    few = cost()
    for _number in range(20):
        visit(person(), dt.date(2025, 1, 5))
    assert cost() == few
