"""What messages could not do is handed to people; and taken from them again when it is not needed any more.

Each look is repeatable: a task has one key, so finding the same again opens nothing new.
"""

import datetime as dt
from collections.abc import Iterable

from django.utils import translation

from accounts.services.actors import system_user
from common import clock
from directory.models import Department
from interactions.models import Task, TaskKind, TaskPriority, TaskState
from interactions.services import tasks
from interactions.services.tasks import NewTask
from messaging import kinds
from messaging.models import Delivery, DeliveryState, InboundMessage, InboundState
from reminders.judging import VISIT
from reminders.services import restricting, stopped
from reminders.services.stopped import STOPPED
from scheduling.models import Appointment, AppointmentStatus

LATELY = dt.timedelta(days=1)
NO_ANSWER = dt.timedelta(days=1)
MOST_ANSWERS = 500  # looked at in one run
NEEDS_BOOKING = (TaskKind.CALL_RISK, TaskKind.CALL_UNREACHED, TaskKind.CHECK_MESSAGE)
UNREACHED = (DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.EXPIRED)
WHY = {DeliveryState.UNKNOWN: "unknown_outcome", DeliveryState.ACCEPTED: "no_sign"}
OF_THE_END = ("cancelled", *STOPPED)  # what they say stays true when the visit is off
NOT_IN_VAIN = ("cancelled", "moved", *STOPPED)  # who does not hear of it comes in vain, or not at all


def follow(at: dt.datetime | None = None) -> int:
    """One look at everything; returns how many tasks were opened."""
    at = at or clock.now()
    stopped.mark_told(at)
    _drop_needless(at)
    restricting.drop_needless(at)
    wanted = [*_unreached(at), *_unanswered_misses(at), *_answers(at), *restricting.wanted(at)]
    return tasks.open_many(wanted, by=system_user(), at=at) if wanted else 0


def _bookings(rows: Iterable[Delivery]) -> dict[int, Appointment]:
    return Appointment.objects.for_desk().in_bulk({row.about_id for row in rows})


def _unreached(at: dt.datetime) -> list[NewTask]:
    """No channel could carry it, or nobody knows: somebody calls, while the visit is still to come."""
    rows = Delivery.objects.lately(UNREACHED, at - LATELY).filter(about_kind=VISIT)
    told = rows.exclude(kind__in=("reply", "places", "missed", "rating", "rating_why")).order_by("pk")
    rows = [row for row in told if row.state != DeliveryState.EXPIRED or row.kind in NOT_IN_VAIN]
    rows += stopped.without_a_sign(at)
    bookings = _bookings(rows)
    return [
        _call(row, booking)
        for row in rows
        if (booking := bookings[row.about_id]).starts_at > at and _is_still_so(row, booking)
    ]


def _is_still_so(row: Delivery, booking: Appointment) -> bool:
    """Is what the message would have said still true?"""
    if row.kind in OF_THE_END:
        return booking.status == AppointmentStatus.CANCELLED
    return booking.status == AppointmentStatus.BOOKED and booking.version == row.about_version


def _call(row: Delivery, booking: Appointment) -> NewTask:
    is_stopped = row.kind in STOPPED
    unknown = row.state == DeliveryState.UNKNOWN
    kind = TaskKind.CALL_STOPPAGE if is_stopped else TaskKind.CHECK_MESSAGE if unknown else TaskKind.CALL_UNREACHED
    return NewTask(
        key=f"unreached:{row.kind}:{booking.pk}:{booking.version}", kind=kind, patient=booking.patient,
        why=WHY.get(row.state, "unreached"), why_values={"message": _label(row)},
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
    """What nobody understood is read by a person: on its own page, by who may read messages."""
    rows = InboundMessage.objects.filter(state=InboundState.OPEN).select_related("patient", "answers__delivery")
    rows = list(rows.order_by("-pk")[:MOST_ANSWERS])
    asked = [row.answers.delivery for row in rows if row.answers and row.answers.delivery.about_kind == VISIT]
    bookings = _bookings(asked)
    return [
        NewTask(
            key=f"inbound:{row.pk}",
            kind=TaskKind.READ_ANSWER,
            patient=row.patient,
            why="read_answer",
            department=_department(row, bookings),
            about_kind="inboundmessage",
            about_id=row.pk,
        )
        for row in rows
    ]


def _department(row: InboundMessage, bookings: dict[int, Appointment]) -> Department | None:
    booking = bookings.get(row.answers.delivery.about_id) if row.answers else None
    return booking.slot.service.department if booking else None


def _drop_needless(at: dt.datetime) -> None:
    """Calls about visits that were confirmed, moved, cancelled or came; about missed ones, once there is another
    booking; and answers that somebody has read."""
    live = Task.objects.filter(state__in=(TaskState.OPEN, TaskState.TAKEN))
    about_visits = live.filter(kind__in=(*NEEDS_BOOKING, TaskKind.CALL_MISSED), about_kind=VISIT)
    bookings = Appointment.objects.for_desk().in_bulk(set(about_visits.values_list("about_id", flat=True)))
    for task in about_visits:
        if _is_settled(task, bookings[task.about_id]):
            tasks.drop_about(VISIT, task.about_id, "settled", by=system_user(), kinds=[task.kind], at=at)
    read = live.filter(about_kind="inboundmessage").values_list("about_id", flat=True)
    dealt_with = (InboundState.CLOSED, InboundState.UNDERSTOOD)
    for pk in InboundMessage.objects.filter(pk__in=list(read), state__in=dealt_with).values_list("pk", flat=True):
        tasks.drop_about("inboundmessage", pk, "settled", by=system_user(), at=at)


def _is_settled(task: Task, booking: Appointment) -> bool:
    if task.kind == TaskKind.CALL_MISSED:
        return booking.status != AppointmentStatus.NOSHOW or _has_other(booking)
    if task.key.startswith(tuple(f"unreached:{kind}:" for kind in OF_THE_END)):
        return booking.status != AppointmentStatus.CANCELLED
    is_moved = not task.key.endswith(f":{booking.version}")
    return is_moved or booking.confirmed_at is not None or booking.status != AppointmentStatus.BOOKED
