"""The pool's lists: whose rows, in how many statements, opened on what matters."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tests.factories import UserFactory
from common import clock
from directory.models import Scope
from directory.tests.factories import PractitionerFactory
from patients.tests.factories import PatientFactory
from scheduling.models import AppointmentEvent, ChannelRule, ClosedDay, Leave, Stoppage, WaitlistOffer
from scheduling.tests.factories import (
    AppointmentFactory,
    ScheduleFactory,
    SessionFactory,
    SlotFactory,
    WaitlistEntryFactory,
)

BACKEND = "django.contrib.auth.backends.ModelBackend"
LISTS = ("appointment", "session", "slot", "schedule", "waitlistentry", "waitlistoffer", "appointmentevent", "stoppage",
         "leave", "closedday", "channelrule")  # fmt: skip
EVERYTHING = {"waitlistentry": {"standing": "all"}, "schedule": {"use": "all"}, "channelrule": {"use": "all"},
              "waitlistoffer": {}}  # fmt: skip


def page(client, name, **query):
    return client.get(reverse(f"admin:scheduling_{name}_changelist"), query)


@pytest.fixture
def as_user(client, db):
    def sign_in(person):
        client.force_login(person, backend=BACKEND)
        return client

    return sign_in


def rows(slot, number: int = 0):
    """One row of every noun that hangs on `slot`, made by a person with a name."""
    user, now = UserFactory(), clock.now()
    booking = AppointmentFactory(slot=slot, patient=PatientFactory(name=f"Alice {slot.pk}"))
    offered = SlotFactory(session=slot.session, number=1)
    entry = WaitlistEntryFactory(service=slot.service, patient=PatientFactory(name=f"Bob {slot.pk}"))
    ScheduleFactory(practitioner=slot.session.practitioner, service=slot.service)
    WaitlistOffer.objects.create(
        entry=entry, by=user, offered_at=now, expires_at=now + dt.timedelta(minutes=30),
        appointment=AppointmentFactory(slot=offered, patient=entry.patient, status="held", held_until=now),
    )  # fmt: skip
    AppointmentEvent.objects.create(appointment=booking, kind="booked", at=now, by=user, channel="desk", slot=slot)
    Stoppage.objects.create(session=slot.session, batch=slot.uuid, kind="stop_new", reason="ill", at=now, by=user)
    Leave.objects.create(practitioner=slot.session.practitioner, starts_at=now, ends_at=now + dt.timedelta(days=2))
    ClosedDay.objects.create(day=clock.today() + dt.timedelta(days=number), name_en="Open day")
    ChannelRule.objects.create(channel="phone", name_en="Phone", service=slot.service, reserved_percent=20)
    return booking


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_for_one_row_and_for_many(as_user, name):
    client = as_user(UserFactory(is_superuser=True))
    rows(SlotFactory(), 0)
    page(client, name, **EVERYTHING.get(name, {"when": "all"}))
    with CaptureQueriesContext(connection) as one:
        assert page(client, name, **EVERYTHING.get(name, {"when": "all"})).status_code == 200
    for number in range(1, 6):
        rows(SlotFactory(), number)
    with CaptureQueriesContext(connection) as many:
        page(client, name, **EVERYTHING.get(name, {"when": "all"}))
    assert len(many) <= len(one), [query["sql"][:100] for query in many]


SCOPED = (
    "appointment",
    "session",
    "slot",
    "schedule",
    "waitlistentry",
    "waitlistoffer",
    "appointmentevent",
    "stoppage",
)


@pytest.mark.parametrize("name", SCOPED)
@pytest.mark.parametrize("role", ["front_desk", "agent", "supervisor", "auditor", "administrator"])
def test_a_role_of_one_site_sees_no_row_of_another(as_user, name, role):
    mine, other = rows(SlotFactory(), 0), rows(SlotFactory(), 1)
    person = UserFactory(role=role, sees_all_sites=False)
    Scope.objects.create(user=person, site=mine.slot.service.department.site)
    answer = page(as_user(person), name, **EVERYTHING.get(name, {"when": "all"}))
    if answer.status_code == 403:
        assert (name, role) in [("schedule", "front_desk"), ("schedule", "agent")]
        return
    assert answer.context["cl"].result_count == (2 if name in ("slot", "appointment") else 1)
    assert str(other.slot.session.practitioner) not in answer.text
    assert str(other.patient) not in answer.text


@pytest.mark.parametrize("name", ["appointment", "session", "slot", "appointmentevent", "stoppage"])
def test_a_clinician_sees_their_own_sessions_only(as_user, name):
    mine = SlotFactory(session=SessionFactory(practitioner=PractitionerFactory(name="Chen Yu")))
    other = SlotFactory(
        session=SessionFactory(practitioner=PractitionerFactory(name="Zhang Min"), service=mine.service)
    )
    rows(mine, 0), rows(other, 1)
    clinician = UserFactory(role="clinician", sees_all_sites=False)
    Scope.objects.create(user=clinician, site=mine.service.department.site)
    mine.session.practitioner.user = clinician
    mine.session.practitioner.save()
    text = page(as_user(clinician), name, **EVERYTHING.get(name, {"when": "all"})).text
    assert "Chen Yu" in text
    assert "Zhang Min" not in text


@pytest.mark.parametrize("name", ["appointment", "session", "slot", "appointmentevent", "stoppage"])
def test_a_clinician_without_a_scope_sees_their_own_and_nobody_elses(as_user, name):
    mine = SlotFactory(session=SessionFactory(practitioner=PractitionerFactory(name="Chen Yu")))
    other = SlotFactory(
        session=SessionFactory(practitioner=PractitionerFactory(name="Zhang Min"), service=mine.service)
    )
    rows(mine, 0), rows(other, 1)
    clinician = UserFactory(role="clinician", sees_all_sites=False)
    mine.session.practitioner.user = clinician
    mine.session.practitioner.save()
    text = page(as_user(clinician), name, **EVERYTHING.get(name, {"when": "all"})).text
    assert "Chen Yu" in text
    assert "Zhang Min" not in text


@pytest.mark.parametrize("name", ["appointment", "session", "slot", "schedule", "waitlistentry", "waitlistoffer"])
@pytest.mark.parametrize("part", ["change", "history"])
def test_a_page_of_another_site_is_not_there_and_neither_is_its_history(as_user, name, part):
    booking = rows(SlotFactory(), 0)
    models = {
        "appointment": booking, "session": booking.slot.session, "slot": booking.slot,
        "schedule": booking.slot.service.schedules.first(),
        "waitlistentry": booking.slot.service.waitlist_entries.first(),
        "waitlistoffer": WaitlistOffer.objects.first(),
    }  # fmt: skip
    stranger = UserFactory(role="supervisor", sees_all_sites=False)
    answer = as_user(stranger).get(reverse(f"admin:scheduling_{name}_{part}", args=[models[name].pk]))
    assert answer.status_code in (302, 404)
    assert "Alice" not in answer.text


@pytest.mark.parametrize("name", ["appointment", "appointmentevent", "stoppage", "session", "slot", "waitlistoffer"])
def test_facts_are_neither_added_nor_deleted_by_hand(as_user, name):
    booking = rows(SlotFactory(), 0)
    client = as_user(UserFactory(is_superuser=True))
    assert client.get(reverse(f"admin:scheduling_{name}_add")).status_code == 403
    address = reverse(f"admin:scheduling_{name}_delete", args=[booking.pk])
    assert client.post(address, {"post": "yes"}).status_code in (302, 403, 404)
    booking.refresh_from_db()


def test_status_cannot_be_posted(as_user):
    booking = rows(SlotFactory(), 0)
    client = as_user(UserFactory(is_superuser=True))
    address = reverse("admin:scheduling_appointment_change", args=[booking.pk])
    assert client.post(address, {"status": "fulfilled", "patient": ""}).status_code == 403
    booking.refresh_from_db()
    assert booking.status == "booked"


def test_the_list_of_bookings_opens_on_today_and_a_search_looks_at_every_day(as_user):
    client = as_user(UserFactory(role="front_desk"))
    tomorrow = AppointmentFactory(patient=PatientFactory(name="Alice Smith"))
    assert "Alice Smith" not in page(client, "appointment").text
    assert "Alice Smith" in page(client, "appointment", when="tomorrow").text
    assert "Alice Smith" in page(client, "appointment", q="alice").text
    assert "Alice Smith" in page(client, "appointment", q=str(tomorrow).lower()).text


def test_phones_are_masked_and_dates_are_written_for_people(as_user):
    booking = rows(SlotFactory(), 0)
    text = page(as_user(UserFactory(role="front_desk")), "appointment", when="all").text
    assert "+86138" not in text
    assert f"{clock.local(booking.starts_at):%Y-%m-%d}" not in text
    assert "None" not in text.split("<tbody")[1]


@pytest.mark.parametrize("lookup", ["patient__name__startswith", "by__password__startswith", "patient__note__contains"])
def test_nobody_feels_their_way_through_other_fields(as_user, lookup):
    rows(SlotFactory(), 0)
    answer = page(as_user(UserFactory(role="front_desk")), "appointment", **{lookup: "A"})
    assert answer.status_code == 400


@pytest.mark.parametrize("name", LISTS)
def test_a_name_that_is_a_script_stays_text(as_user, name):
    canary = "<script>alert(1)</script>"
    slot = SlotFactory(session=SessionFactory(practitioner=PractitionerFactory(name=canary)))
    booking = rows(slot, 0)
    booking.patient.rename(canary)
    booking.patient.save()
    assert (
        canary not in page(as_user(UserFactory(is_superuser=True)), name, **EVERYTHING.get(name, {"when": "all"})).text
    )
