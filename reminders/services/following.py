"""What messages could not do is handed to people; and taken from them again when it is not needed any more.

Each look is repeatable: a task has one key, so finding the same again opens nothing new.
"""

import datetime as dt
from collections.abc import Iterable

from django.db.models import F, Q
from django.utils import translation

from accounts.services.actors import system_user
from common import clock
from common.errors import Refusal
from interactions.models import Task, TaskKind, TaskPriority, TaskState
from interactions.services import tasks
from interactions.services.tasks import NewTask
from messaging import kinds
from messaging.models import Delivery, DeliveryState, InboundMessage, InboundState
from reminders.judging import VISIT
from reminders.services import choosing, substituting
from scheduling.models import Appointment, AppointmentStatus
from scheduling.services import telling

LATELY = dt.timedelta(days=1)
SETTLED = dt.timedelta(minutes=10)  # an accepted message counts as read after this, unless the carrier says otherwise
NO_ANSWER = dt.timedelta(days=1)
NEEDS_BOOKING = (TaskKind.CALL_RISK, TaskKind.CALL_UNREACHED)


def follow(at: dt.datetime | None = None) -> int:
    """One look at everything; returns how many tasks were opened."""
    at = at or clock.now()
    _mark_told(at)
    _drop_needless(at)
    wanted = [*_unreached(at), *_unanswered_misses(at), *_answers(at)]
    return tasks.open_many(wanted, by=system_user(), at=at) if wanted else 0


def _bookings(rows: Iterable[Delivery]) -> dict[int, Appointment]:
    return Appointment.objects.for_desk().in_bulk({row.about_id for row in rows})


def _unreached(at: dt.datetime) -> list[NewTask]:
    """No channel could carry it, or nobody knows: somebody calls, while the visit is still to come."""
    rows = Delivery.objects.ended_since(at - LATELY).filter(
        Q(state=DeliveryState.FAILED) | Q(state=DeliveryState.UNKNOWN), about_kind=VISIT
    )
    rows = list(rows.exclude(kind__in=("reply", "places", "missed")).order_by("pk"))
    bookings = _bookings(rows)
    return [_call(row, bookings[row.about_id]) for row in rows if bookings[row.about_id].starts_at > at]


def _call(row: Delivery, booking: Appointment) -> NewTask:
    is_stopped = row.kind in ("stopped", "stopped_kept")
    unknown = row.state == DeliveryState.UNKNOWN
    kind = TaskKind.CALL_STOPPAGE if is_stopped else TaskKind.CHECK_MESSAGE if unknown else TaskKind.CALL_UNREACHED
    return NewTask(
        key=f"unreached:{booking.pk}:{booking.version}:{kind}", kind=kind, patient=booking.patient,
        why="unknown_outcome" if unknown else "unreached", why_values={"message": _label(row)},
        department=booking.slot.service.department, about_kind=VISIT, about_id=booking.pk,
        priority=TaskPriority.URGENT if is_stopped else TaskPriority.NORMAL, expires_at=booking.starts_at,
    )  # fmt: skip


def _label(row: Delivery) -> dict[str, str]:
    """What the message was, for readers of either language."""
    known = kinds.get(row.kind)
    label = known.label if known else row.kind
    with translation.override("zh-hans"):
        zh = str(label)
    with translation.override("en"):
        return {"zh": zh, "en": str(label)}


def _unanswered_misses(at: dt.datetime) -> list[NewTask]:
    """A day after the message about a missed visit, without an answer or a new booking: one call, then rest."""
    rows = Delivery.objects.filter(
        kind="missed", answered_at=None, due_at__lte=at - NO_ANSWER, due_at__gt=at - NO_ANSWER - LATELY
    ).exclude(state=DeliveryState.CANCELLED)
    rows = list(rows)
    bookings = _bookings(rows)
    return [
        NewTask(
            key=f"missed:{one.pk}:{one.version}",
            kind=TaskKind.CALL_MISSED,
            patient=one.patient,
            why="missed_visit",
            why_values={"when": one.starts_at.isoformat()},
            department=one.slot.service.department,
            about_kind=VISIT,
            about_id=one.pk,
        )
        for one in (bookings[row.about_id] for row in rows)
        if one.status == AppointmentStatus.NOSHOW and not _has_other(one)
    ]


def _has_other(booking: Appointment) -> bool:
    later = Appointment.objects.claiming().filter(patient=booking.patient_id, created_at__gt=booking.starts_at)
    return later.filter(slot__service__department=booking.slot.service.department_id).exists()


def _answers(at: dt.datetime) -> list[NewTask]:
    """What nobody understood is read by a person."""
    rows = InboundMessage.objects.filter(state=InboundState.OPEN, at__gte=at - LATELY).select_related("patient")
    return [
        NewTask(
            key=f"inbound:{row.pk}",
            kind=TaskKind.READ_ANSWER,
            patient=row.patient,
            why="read_answer",
            why_values={"text": row.text[:80]},
            about_kind="inboundmessage",
            about_id=row.pk,
        )
        for row in rows.order_by("pk")
    ]


def _drop_needless(at: dt.datetime) -> None:
    """Calls about visits that were confirmed, moved, cancelled or came; and answers that somebody has read."""
    open_ones = Task.objects.filter(
        state__in=(TaskState.OPEN, TaskState.TAKEN), kind__in=NEEDS_BOOKING, about_kind=VISIT
    )
    pks = list(open_ones.values_list("about_id", flat=True).distinct())
    settled = Q(confirmed_at__isnull=False) | ~Q(status=AppointmentStatus.BOOKED)
    for pk in Appointment.objects.filter(settled, pk__in=pks).values_list("pk", flat=True):
        tasks.drop_about(VISIT, pk, "settled", by=system_user(), at=at)
    read = Task.objects.filter(state__in=(TaskState.OPEN, TaskState.TAKEN), about_kind="inboundmessage")
    closed = InboundMessage.objects.filter(
        pk__in=list(read.values_list("about_id", flat=True)), state__in=(InboundState.CLOSED, InboundState.UNDERSTOOD)
    )
    for pk in closed.values_list("pk", flat=True):
        tasks.drop_about("inboundmessage", pk, "settled", by=system_user(), at=at)


def _mark_told(at: dt.datetime) -> None:
    """Who got the message of a stopped clinic knows. While a place is kept for them, they are still to decide."""
    arrived = Q(state=DeliveryState.DELIVERED) | Q(state=DeliveryState.ACCEPTED, sent_at__lte=at - SETTLED)
    rows = Delivery.objects.filter(
        arrived, kind__in=("stopped", "stopped_kept"), changed_at__gte=at - LATELY - SETTLED, about_kind=VISIT
    )
    for booking in _bookings(rows).values():
        is_known = booking.events.filter(kind="told", at__gte=F("appointment__cancelled_at")).exists()
        if is_known or substituting.standing(booking, at):
            continue
        try:
            telling.tell(appointment=booking, origin=choosing.origin(), at=at)
        except Refusal:  # it was taken back, or booked anew, in the same moment
            continue
