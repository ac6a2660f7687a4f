"""Reading what happened to bookings, and telling patients of it."""

import datetime as dt
from collections.abc import Iterator

from accounts.models import Channel
from common import clock
from messaging.models import Delivery, DeliveryState, SendingRule
from messaging.models.rule import Priority
from messaging.services import planning
from messaging.services.planning import Planned
from reminders.judging import VISIT
from reminders.models import Cursor, Notice
from reminders.services import substituting
from scheduling.models import Appointment, AppointmentEvent, AppointmentStatus, EventKind
from scheduling.models.appointment import CancelCause

READER = "notices"
AGAIN = dt.timedelta(minutes=15)  # read once more: a transaction may end later than one that began after it
TOLD_OF = (
    EventKind.BOOKED,
    EventKind.MOVED,
    EventKind.CANCELLED,
    EventKind.RESTORED,
    EventKind.NOSHOW,
    EventKind.FULFILLED,
)
GONE_OUT = (DeliveryState.SENDING, DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.UNKNOWN)
STOPPED = ("stopped", "stopped_kept")
LAST_CALL = dt.timedelta(minutes=30)  # before the visit: later nobody reads it in time
KEEPING = dt.timedelta(minutes=1)  # after a stoppage, until places are kept for those whom it takes theirs
AFTERWARDS = {  # what is said after a visit: how long after, and how long it is worth saying
    "missed": (dt.timedelta(hours=1), dt.timedelta(days=3)),
    "rating": (dt.timedelta(hours=2), dt.timedelta(days=2)),
}


def tell_of_events(at: dt.datetime | None = None) -> int:
    """Plan what is to be told of the events since the last time; returns how many deliveries are new.

    Repeatable, and may run in several processes: each event and message has one key. The first run ever begins at its
    own moment, so a fresh start or an import tells nobody of the past.
    """
    at = at or clock.now()
    cursor, _new = Cursor.objects.get_or_create(name=READER, defaults={"begun_at": at, "read_until": at})
    since = max(cursor.begun_at, min(cursor.read_until, at) - AGAIN)  # the machine's clock may have been set back
    events = AppointmentEvent.objects.filter(kind__in=TOLD_OF, at__gte=since, at__lte=at)
    events = events.exclude(channel=Channel.IMPORT).filter(appointment__patient__isnull=False)
    rows = events.select_related("appointment").order_by("pk").iterator(chunk_size=1_000)
    new = planning.plan(_planned(rows, at), at)
    Cursor.objects.filter(name=READER).update(read_until=at)
    if new:
        planning.wake()
    return new


def _planned(events: Iterator[AppointmentEvent], at: dt.datetime) -> Iterator[Planned]:
    media: dict[str, list[str]] = {}
    rule = SendingRule.objects.get(priority=Priority.REMINDER)
    for event in events:
        code = _code(event, at)
        if code and code not in media:
            media[code] = Notice.media_for(code)
        if code and media[code] and (planned := _one(event, code, media[code], rule, at)):
            yield planned


def _code(event: AppointmentEvent, at: dt.datetime) -> str:
    """Which kind of message tells of it; "" when nobody is told."""
    booking = event.appointment
    if event.kind == EventKind.BOOKED:
        return "booked" if booking.version == 1 else ""  # moved since: that is told instead
    if event.kind == EventKind.MOVED:
        return "moved" if event.slot_id == booking.slot_id else ""
    if event.kind == EventKind.RESTORED:
        return "booked" if booking.status == AppointmentStatus.BOOKED and _heard_of_its_end(booking) else ""
    if event.kind == EventKind.NOSHOW:
        return "missed"
    if event.kind == EventKind.FULFILLED:
        return "rating"
    return _cancelled(booking, event.at, at)


def _heard_of_its_end(booking: Appointment) -> bool:
    """Would the patient stay away, because they were told that it is cancelled?"""
    told = Delivery.objects.about(VISIT, booking.pk).filter(kind__in=("cancelled", *STOPPED), state__in=GONE_OUT)
    return told.exists()


def _cancelled(booking: Appointment, since: dt.datetime, at: dt.datetime) -> str:
    if booking.status != AppointmentStatus.CANCELLED or booking.cancel_cause == CancelCause.ERROR:
        return ""
    if booking.cancel_cause != CancelCause.CLINIC:
        return "cancelled"
    if at - since < KEEPING:
        return ""  # the next look finds it again
    return "stopped_kept" if substituting.standing(booking, at) else "stopped"


def _one(event: AppointmentEvent, code: str, media: list[str], rule: SendingRule, at: dt.datetime) -> Planned | None:
    booking = event.appointment
    due, expires = event.at, booking.starts_at - LAST_CALL
    if code in AFTERWARDS:
        wait, valid = AFTERWARDS[code]
        due = rule.opening(event.at + wait)
        expires = event.at + valid
    if code in STOPPED:
        expires = _until(booking, code, at)
    if expires <= max(due, at):
        return None
    about = "stopped" if code in STOPPED else code  # told once, with the place that is kept or without
    return Planned(
        key=f"event:{event.pk}:{about}", patient=booking.patient_id, kind=code, media=media, due_at=due,
        expires_at=expires, about=(VISIT, booking.pk, booking.version),
    )  # fmt: skip


def _until(booking: Appointment, code: str, at: dt.datetime) -> dt.datetime:
    """Of a stopped clinic people are told until it would have begun; of a place kept for them, while it is kept."""
    kept = substituting.standing(booking, at) if code == "stopped_kept" else None
    return kept.held_until if kept else booking.starts_at
