"""One valid default of each noun of the pool: a session tomorrow from nine to ten, released, slots of 15 minutes."""

import datetime as dt

import factory

from accounts.models import Channel
from accounts.tests.factories import UserFactory
from common import clock
from directory.tests.factories import PractitionerFactory, ServiceFactory
from patients.tests.factories import PatientFactory
from scheduling.models import (
    Absence,
    Appointment,
    BookingRestriction,
    NoShowPolicy,
    Schedule,
    Session,
    Slot,
    WaitlistEntry,
)
from scheduling.services import restrictions
from scheduling.services.claiming import lowest_free_place
from scheduling.services.origin import Origin


class ScheduleFactory(factory.django.DjangoModelFactory):
    """Mondays from nine to ten, a quarter of an hour each."""

    class Meta:
        model = Schedule

    practitioner = factory.SubFactory(PractitionerFactory)
    service = factory.SubFactory(ServiceFactory)
    weekday = 0
    starts = dt.time(9)
    ends = dt.time(10)
    valid_from = dt.date(2020, 1, 1)


class SessionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Session

    practitioner = factory.SubFactory(PractitionerFactory)
    service = factory.SubFactory(ServiceFactory)
    day = factory.LazyFunction(lambda: clock.today() + dt.timedelta(days=1))
    starts_at = factory.LazyAttribute(lambda session: clock.at_wall(session.day, dt.time(9)))
    ends_at = factory.LazyAttribute(lambda session: session.starts_at + dt.timedelta(hours=1))
    released_at = factory.LazyAttribute(lambda session: session.starts_at - dt.timedelta(days=14))


class SlotFactory(factory.django.DjangoModelFactory):
    """The first quarter of an hour of a session; `number=1` is the second."""

    class Meta:
        model = Slot

    class Params:
        number = 0

    session = factory.SubFactory(SessionFactory)
    service = factory.SelfAttribute("session.service")
    starts_at = factory.LazyAttribute(lambda slot: slot.session.starts_at + dt.timedelta(minutes=15 * slot.number))
    ends_at = factory.LazyAttribute(lambda slot: slot.starts_at + dt.timedelta(minutes=15))


class AppointmentFactory(factory.django.DjangoModelFactory):
    """A booked place whose slot counts it, as if the service had made it."""

    class Meta:
        model = Appointment

    patient = factory.SubFactory(PatientFactory)
    slot = factory.SubFactory(SlotFactory)
    starts_at = factory.SelfAttribute("slot.starts_at")
    ends_at = factory.SelfAttribute("slot.ends_at")
    channel = Channel.DESK
    by = factory.SubFactory(UserFactory)
    requested_at = factory.LazyFunction(clock.now)
    created_at = factory.LazyFunction(clock.now)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        assert Slot.objects.claim(kwargs["slot"].pk), "the slot has no place left"
        kwargs.setdefault("place", lowest_free_place(kwargs["slot"]))
        return super()._create(model_class, *args, **kwargs)


class WaitlistEntryFactory(factory.django.DjangoModelFactory):
    """Waits for the service from today for a month."""

    class Meta:
        model = WaitlistEntry

    patient = factory.SubFactory(PatientFactory)
    service = factory.SubFactory(ServiceFactory)
    earliest = factory.LazyFunction(clock.today)
    latest = factory.LazyAttribute(lambda entry: entry.earliest + dt.timedelta(days=30))
    notice_hours = 1
    channel = Channel.DESK
    by = factory.SubFactory(UserFactory)
    created_at = factory.LazyFunction(clock.now)


def desk(role: str = "front_desk", key: str = "", **user: object) -> Origin:
    """Somebody at the front desk who asks."""
    return Origin(UserFactory(role=role, **user), Channel.DESK, key, "digest" if key else "")


def channel(name: str = Channel.PORTAL, key: str = "", digest: str = "digest") -> Origin:
    """A device of a channel that asks."""
    return Origin(UserFactory(kind="device", is_staff=False), name, key, digest if key else "")


class PolicyFactory(factory.django.DjangoModelFactory):
    """In use for a year: three unexcused absences in 180 days, at most 90 days without booking by oneself."""

    class Meta:
        model = NoShowPolicy

    text_zh = "一百八十天内三次爽约，最长九十天只能在窗口预约；急诊不受限，可申诉。"
    text_en = "After three missed visits in 180 days you book only at the desk for up to 90 days. You can object."
    state = "live"
    live_since = factory.LazyFunction(lambda: clock.now() - dt.timedelta(days=365))
    counts_from = factory.SelfAttribute("live_since")
    by = factory.SubFactory(UserFactory)


def missed(patient=None, days: int = 10, excused: bool | None = False, **session: object) -> Appointment:
    """A visit that `patient` missed so many days ago, judged unless `excused` is None."""
    day = clock.today() - dt.timedelta(days=days)
    slot = SlotFactory(session=SessionFactory(day=day, **session))
    booking = AppointmentFactory(patient=patient or PatientFactory(), slot=slot, status="noshow")
    if excused is not None:
        by = UserFactory(role="front_desk", sees_all_sites=True)
        Absence.objects.create(appointment=booking, is_excused=excused, reason="said so", by=by, at=clock.now())
    return booking


def restricted(patient=None, by=None, **policy: object) -> BookingRestriction:
    """Three missed visits, and a supervisor who restricts for them now."""
    patient = patient or PatientFactory()
    if not NoShowPolicy.objects.filter(state="live").exists():
        PolicyFactory(**policy)
    for days in (30, 20, 10):
        missed(patient, days)
    return restrictions.impose(patient=patient, by=by or UserFactory(role="supervisor"))
