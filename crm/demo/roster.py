"""Practitioners, rooms, weekly rosters, leave, special days and channel rules of the demo hospital."""

import datetime as dt
import random

from accounts.models import Channel
from common import clock, names
from directory.models import Grade, Location, Practitioner, PractitionerRole
from directory.models.practitioner import Title
from scheduling.models import ChannelRule, ClosedDay, Leave, Schedule
from scheduling.models.schedule import Weekday

from . import names as invented
from .catalogue import DEPARTMENTS, Catalogue

PRACTITIONERS = 70
FULL_TOWN = 20_000  # patients; a smaller town has fewer practitioners, but one in each department at least
MORNING = (dt.time(8, 0), dt.time(11, 30))
AFTERNOON = (dt.time(13, 30), dt.time(17, 0))
HALF_DAYS = [(weekday, half) for weekday in Weekday.values for half in (MORNING, AFTERNOON)]
TITLES = [Title.ASSOCIATE_CHIEF, Title.CHIEF, Title.ATTENDING, Title.ATTENDING, Title.ASSOCIATE_CHIEF, Title.RESIDENT]
# Half-days a week in each kind of clinic
WEEK = {
    Title.CHIEF: [Grade.EXPERT] * 3 + [Grade.SPECIAL],
    Title.ASSOCIATE_CHIEF: [Grade.EXPERT] * 2 + [Grade.GENERAL] * 4,
    Title.ATTENDING: [Grade.GENERAL] * 7,
    Title.RESIDENT: [Grade.GENERAL] * 8,
}


def make(catalogue: Catalogue, *, patients: int, seed: int, first: dt.date, day: dt.date) -> list[Practitioner]:
    """Store everything that sessions are made from, valid from `first`; `day` is the day of the demo."""
    rng = random.Random(f"{seed}:roster")  # noqa: S311
    people = []
    for code, _zh, _en, site, full, *_rest in DEPARTMENTS:
        for number in range(max(1, round(full * min(1, patients / FULL_TOWN)))):
            doctor = _practitioner(rng, len(people) + 1, TITLES[number % len(TITLES)])
            PractitionerRole.objects.create(practitioner=doctor, department=catalogue.departments[code])
            room = _room(catalogue, site, len(people))
            _schedules(rng, catalogue, doctor, code, room, first)
            people.append(doctor)
    _make_leaves(rng, people, day)
    _make_special_days(catalogue, day)
    _make_rules()
    return people


def _practitioner(rng: random.Random, number: int, title: str) -> Practitioner:
    """Every twelfth comes from elsewhere."""
    female = rng.random() < 0.5
    if number % 12 == 0:
        name = invented.name_elsewhere(rng, invented.family_elsewhere(rng), female=female)
    else:
        born = 1966 if title == Title.CHIEF else 1985
        name = invented.surname(rng) + invented.given_name(rng, female=female, born=born)
    return Practitioner.objects.create(name=name, name_pinyin=names.pinyin(name), code=f"D{number:03d}", title=title)


def _room(catalogue: Catalogue, site: str, number: int) -> Location:
    floor, door = 1 + number // 10, 1 + number % 10
    code = f"{floor}{door:02d}"
    return Location.objects.create(
        site=catalogue.sites[site], code=code, floor=f"{floor}F", name_zh=f"{code} 诊室", name_en=f"Room {code}"
    )


def _schedules(
    rng: random.Random, catalogue: Catalogue, doctor: Practitioner, department: str, room: Location, first: dt.date
) -> None:
    grades = [Grade.CHECKUP] * 6 if department == "check" else WEEK[doctor.title]
    for (weekday, half), grade in zip(rng.sample(HALF_DAYS, len(grades)), grades, strict=True):
        service = catalogue.services[department, grade]
        Schedule.objects.create(
            practitioner=doctor,
            service=service,
            location=room,
            weekday=weekday,
            starts=half[0],
            ends=half[1],
            slot_minutes=service.length_minutes,
            capacity=3 if grade == Grade.CHECKUP else 1,
            overbook_limit=2 if grade in (Grade.GENERAL, Grade.EXPERT) else 0,
            valid_from=first,
            runs_on_holidays=department == "paed",
        )


def _make_leaves(rng: random.Random, people: list[Practitioner], day: dt.date) -> None:
    reasons = ["年假", "外出会诊", "学术会议", "病假", "Conference", "年假"]
    away = rng.sample(people, min(len(people), len(reasons)))
    for doctor, reason, offset in zip(away, reasons, (-40, -24, -9, 3, 10, 18), strict=False):
        first = day + dt.timedelta(days=offset)
        Leave.objects.create(
            practitioner=doctor,
            starts_at=clock.at_wall(first, dt.time.min),
            ends_at=clock.at_wall(first + dt.timedelta(days=rng.randrange(2, 6)), dt.time.min),
            reason=reason,
        )


def _make_special_days(catalogue: Catalogue, day: dt.date) -> None:
    ClosedDay.objects.create(
        day=day + dt.timedelta(days=19), site=catalogue.sites["east"], name_zh="设备检修", name_en="Maintenance"
    )
    ClosedDay.objects.create(day=day - dt.timedelta(days=33), name_zh="全院培训", name_en="Training of all staff")
    ClosedDay.objects.create(
        day=day + dt.timedelta(days=26), is_open=True, name_zh="照常应诊", name_en="Open as on any working day"
    )


def _make_rules() -> None:
    """Shares of one pool, and when a channel opens; all melt a day before the visit."""
    ChannelRule.objects.create(
        channel=Channel.PHONE,
        grade=Grade.EXPERT,
        reserved_percent=20,
        name_zh="专家号电话预留两成",
        name_en="A fifth of expert places for callers",
    )
    ChannelRule.objects.create(
        channel=Channel.PARTNER, max_percent=30, name_zh="合作平台至多三成", name_en="Partners take at most 30 %"
    )
    ChannelRule.objects.create(
        channel=Channel.KIOSK, opens_days=0, name_zh="自助机只售当日号", name_en="Kiosks book the day's own places"
    )
