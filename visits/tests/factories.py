"""A clinic that runs right now: a session of today that began an hour ago, and who has come to it."""

import datetime as dt

from accounts.models import Channel
from accounts.tests.factories import UserFactory
from common import clock
from patients.tests.factories import PatientFactory
from scheduling.models import Appointment, Session
from scheduling.services.origin import Origin
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory
from visits.models import QueueEntry
from visits.services import arrival

NOON = dt.time(12)


def noon() -> dt.datetime:
    """Noon of today on the hospital's clock: the moment at which these tests happen."""
    return clock.at_wall(clock.today(), NOON)


def clinic(**fields) -> Session:
    """A session of today from eleven to one."""
    today = clock.today()
    fields = {
        "day": today,
        "starts_at": noon() - dt.timedelta(hours=1),
        "ends_at": noon() + dt.timedelta(hours=1),
    } | fields
    return SessionFactory(**fields)


def booked(session: Session, minutes: int = 0, **person) -> Appointment:
    """Somebody with a booking so many minutes from noon."""
    starts_at = noon() + dt.timedelta(minutes=minutes)
    slot = SlotFactory(session=session, starts_at=starts_at, capacity=9)
    return AppointmentFactory(slot=slot, patient=PatientFactory(**person))


def counter(user=None, key: str = "") -> Origin:
    """A front-desk person who sees everything."""
    return Origin(user or UserFactory(role="front_desk", sees_all_sites=True), Channel.DESK, key)


def waiting(session: Session, minutes: int = 0, arrived: int = 0, **person) -> QueueEntry:
    """Booked and checked in, both in minutes from noon."""
    at = noon() + dt.timedelta(minutes=arrived)
    return arrival.check_in(appointment=booked(session, minutes, **person), origin=counter(), at=at)
