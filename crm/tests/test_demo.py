import dataclasses
import datetime as dt
import itertools
import os
import subprocess
import sys
from collections import Counter

import phonenumbers
import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, F
from stdnum.cn import ric

from accounts.models import User
from accounts.roles import ROLES
from common import clock, sealing
from crm.demo import catalogue, hospital, outcomes
from crm.demo.people import Town
from directory.models import Department, Practitioner, Site
from directory.tests.factories import SiteFactory
from patients.models import Identifier, IdentifierSystem, Patient, RelatedPerson, Sex
from scheduling.models import Appointment, AppointmentEvent, Session, Slot, Stoppage, WaitlistEntry, WaitlistOffer
from scheduling.services import pool, wanted
from visits.models import Call, Encounter, QueueEntry
from visits.services import waiting_times

DAY = dt.date(2026, 3, 18)  # a Wednesday
SMALL = hospital.Wish(patients=300, seed=7, day=DAY)


def people(count: int):
    return [person for household in Town(3, DAY).households(count) for person in household]


def natural() -> dict:
    """What the hospital is, without the numbers that are drawn anew each time."""
    visits = Appointment.objects.order_by("starts_at", "slot__session__practitioner__code", "place", "created_at", "pk")
    return {
        "people": list(Patient.objects.order_by("pk").values_list("name", "birth_date", "sex", "created_at")),
        "doctors": list(Practitioner.objects.order_by("code").values_list("name", "title")),
        "visits": list(visits.values_list("patient__name", "starts_at", "status", "channel", "requested_at", "reason")),
        "events": Counter(AppointmentEvent.objects.values_list("kind", "at", "channel", "reason")),
        "waiting": sorted(WaitlistEntry.objects.values_list("patient__name", "service__code", "created_at")),
    }


@pytest.mark.django_db
def test_the_pool_of_the_demo_is_clean_and_every_kind_of_thing_is_there():
    hospital.make(SMALL)
    assert pool.check() == []
    assert (Site.objects.count(), Department.objects.count()) == (2, 14)
    assert Patient.objects.filter(merged_into=None).count() == 300
    statuses = dict(Appointment.objects.order_by().values_list("status").annotate(Count("pk")))
    assert set(statuses) == {"booked", "cancelled", "fulfilled", "noshow", "held"}
    assert 0.15 < statuses["noshow"] / (statuses["noshow"] + statuses["fulfilled"]) < 0.3
    assert WaitlistEntry.objects.exists()
    assert WaitlistOffer.objects.count() == Stoppage.objects.count() == 1
    assert statuses["held"] == 4
    assert RelatedPerson.objects.filter(patient__birth_date__gt=dt.date(2008, 3, 18), relation="parent").exists()
    days = Session.objects.values_list("day", flat=True)
    assert min(days) < DAY - dt.timedelta(days=50)
    assert max(days) > DAY + dt.timedelta(days=20)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "departments"),
    [
        ("膝盖痛", {"ortho"}),
        ("knee pain", {"ortho"}),
        ("发烧", {"paed", "resp"}),
        ("Fever", {"paed", "resp"}),
        ("体检", {"check"}),
    ],
)
def test_patients_find_the_services_of_the_demo_by_what_is_wrong(said, departments):
    catalogue.make()
    assert {match.department.code for match in wanted.matching(said)} == departments


@pytest.mark.django_db
def test_what_the_demo_tells_could_have_happened():
    hospital.make(SMALL)
    start = clock.at_wall(DAY, dt.time.min)
    assert not AppointmentEvent.objects.filter(at__gt=start).exists()
    assert not Appointment.objects.filter(status="booked", starts_at__lt=start).exists()
    assert not Appointment.objects.filter(status__in=("fulfilled", "noshow"), starts_at__gt=start).exists()
    assert not Appointment.objects.filter(created_at__lt=F("slot__session__released_at")).exists()
    assert not Appointment.objects.filter(created_at__gt=F("ends_at")).exists()
    assert not Appointment.objects.filter(patient__deceased_on__isnull=False).exists()
    women_only = Appointment.objects.filter(slot__service__sex=Sex.FEMALE, patient__isnull=False)
    assert women_only.exists()
    assert not women_only.exclude(patient__sex=Sex.FEMALE).exists()
    for booking in Appointment.objects.filter(slot__service__department__code="paed", patient__isnull=False):
        assert booking.patient.age(clock.today(booking.starts_at)) <= 14


@pytest.mark.django_db
def test_each_booking_has_its_events_in_order_and_one_history_row():
    hospital.make(SMALL)
    ends = {"fulfilled": "fulfilled", "noshow": "noshow", "cancelled": "cancelled"}
    events = AppointmentEvent.objects.order_by("appointment_id", "pk").values_list("appointment_id", "kind", "at")
    told = {pk: list(rows) for pk, rows in itertools.groupby(events, key=lambda row: row[0])}
    for pk, status in Appointment.objects.values_list("pk", "status"):
        assert told[pk][0][1] in ("booked", "held")
        assert [at for _pk, _kind, at in told[pk]] == sorted(at for _pk, _kind, at in told[pk])
        assert told[pk][-1][1] == ends.get(status, told[pk][-1][1])
    assert set(Appointment.objects.values_list("pk", flat=True)) == set(
        Appointment.history.values_list("id", flat=True)
    )
    assert Slot.history.count() >= Slot.objects.count()


@pytest.mark.django_db
def test_the_same_seed_makes_the_same_hospital_and_another_one_another():
    made = []
    for seed in (7, 7, 8):
        with transaction.atomic():
            hospital.make(hospital.Wish(patients=120, seed=seed, day=DAY))
            made.append(natural())
            transaction.set_rollback(True)
    assert made[0] == made[1]
    assert made[0]["people"] != made[2]["people"]


@pytest.mark.django_db
def test_a_demo_with_a_moment_shows_the_clinic_at_work_then():
    at = clock.at_wall(DAY, dt.time(10, 20))
    hospital.make(dataclasses.replace(SMALL, patients=3_000, at=at))
    assert set(QueueEntry.objects.values_list("state", flat=True)) >= {"waiting", "inside", "done"}
    assert pool.check() == []
    assert not AppointmentEvent.objects.filter(at__gt=at).exists()
    assert not Call.objects.filter(at__gt=at).exists()
    assert not Encounter.objects.filter(ended_at__gt=at).exists()
    assert QueueEntry.history.count() == QueueEntry.objects.count()
    seen = QueueEntry.objects.filter(state="done")
    assert set(seen.values_list("appointment__status", flat=True)) == {"fulfilled"}
    session = Session.objects.filter(day=DAY, queue__state="waiting").first()
    assert waiting_times.length_of(session, at) != waiting_times.planned_length(session)


@pytest.mark.django_db
def test_a_hospital_of_one_patient_can_be_made():
    hospital.make(hospital.Wish(patients=1, seed=1, day=DAY))
    assert Practitioner.objects.count() == 14


@pytest.mark.django_db
def test_each_role_can_sign_in_and_sees_what_is_theirs(settings):
    settings.DEMO_PASSWORD = "a password for a demo"
    hospital.make(hospital.Wish(patients=60, seed=1, day=DAY))
    for role in ROLES:
        user = User.objects.get(username=role)
        assert user.check_password("a password for a demo")
        assert user.groups.get().name == role
        assert user.is_staff
    departments = Department.objects
    assert departments.visible_to(User.objects.get(username="administrator")).count() == 14
    assert {one.site.code for one in departments.visible_to(User.objects.get(username="front_desk"))} == {"main"}
    clinician = User.objects.get(username="clinician")
    assert departments.visible_to(clinician).get() == clinician.practitioner.roles.get().department


@pytest.mark.django_db
def test_without_a_password_nobody_can_sign_in(settings, capsys, monkeypatch):
    settings.DEMO_PASSWORD = ""
    monkeypatch.setenv("LC_ALL", "C")
    call_command("demo", patients=20)
    assert not any(user.has_usable_password() for user in User.objects.all())
    assert "no logins" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_hospital_that_is_there_is_left_alone():
    SiteFactory()
    call_command("demo", "--if-empty")
    with pytest.raises(CommandError):
        call_command("demo")
    assert Site.objects.count() == 1
    assert not Patient.objects.exists()


@pytest.mark.processes
def test_a_second_demo_keeps_the_old_database_under_another_name(tmp_path):
    environment = os.environ | {"VAR_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3"}
    environment |= {"DJANGO_SETTINGS_MODULE": "crm.settings", "DEMO_PASSWORD": ""}
    for command in (["migrate", "-v0"], ["demo", "--patients=5"], ["demo", "--patients=7"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=project.BASE_DIR, env=environment, check=True)
    assert len(list(tmp_path.glob("db-*.sqlite3"))) == 1


def test_identity_cards_are_of_the_right_shape_and_nobodys():
    cards = [
        (one.value, person.newcomer)
        for person in people(2_000)
        for one in person.newcomer.identifiers
        if one.system == IdentifierSystem.RESIDENT_ID
    ]
    assert len({number for number, _newcomer in cards}) == len(cards) > 1_000
    for number, newcomer in cards:
        assert ric.validate(number).startswith("710000")
        assert ric.get_birth_date(number) == newcomer.birth_date
        assert (int(number[16]) % 2 == 0) == (newcomer.sex == Sex.FEMALE)


def test_phones_are_chinese_mobiles_and_families_share_them():
    newcomers = [person.newcomer for person in people(1_000)]
    used = Counter(phone for newcomer in newcomers for phone in newcomer.phones)
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(phone)) for phone in used)
    assert max(used.values()) >= 3


def test_names_and_ages_are_as_mixed_as_in_a_town():
    newcomers = [person.newcomer for person in people(4_000)]
    chinese = [one for one in newcomers if "\u4e00" <= one.name[0] <= "\u9fff"]
    assert 0.8 < len(chinese) / len(newcomers) < 0.9
    assert {surname for surname, _n in Counter(one.name[0] for one in chinese).most_common(4)} & set("王李张") == set(
        "王李张"
    )
    ages = [(DAY - one.birth_date).days // 365 for one in newcomers]
    assert 0.1 < sum(age < 15 for age in ages) / len(ages) < 0.2
    assert 0.1 < sum(age >= 65 for age in ages) / len(ages) < 0.2


def test_longer_waits_youth_and_missed_visits_make_an_absence_likelier():
    def chance(**known):
        return outcomes.chance_of_noshow(**({"lead_days": 10, "age": 45, "visits": 0, "missed": 0} | known))

    assert chance(lead_days=0) < 0.06 < 0.2 < chance(lead_days=1) < chance(lead_days=20)
    assert chance(age=70) < chance(age=45) < chance(age=20)
    assert chance(visits=4, missed=0) < chance() < chance(visits=4, missed=4)


@pytest.mark.django_db
def test_numbers_are_sealed():
    hospital.make(hospital.Wish(patients=20, seed=1, day=DAY))
    assert all(sealing.is_current(one.sealed) for one in Identifier.objects.all())
