"""What a call by staff does, beside closing its task."""

import datetime as dt

from accounts.models import Channel, User
from interactions import outcomes
from interactions.models import Task, TaskKind, TaskOutcome
from messaging.models import InboundMessage
from messaging.services import receiving
from reminders.errors import AppealOpen
from reminders.judging import VISIT
from scheduling.models import Appointment, AppointmentStatus, BookingRestriction
from scheduling.services import appointments, telling
from scheduling.services.origin import Origin


def confirm(*, task: Task, by: User, at: dt.datetime) -> None:
    """They said that they will come."""
    if task.outcome == TaskOutcome.CONFIRMED and task.about_kind == VISIT:
        booking = Appointment.objects.get(pk=task.about_id)
        if booking.status == AppointmentStatus.BOOKED:
            appointments.confirm(appointment=booking, origin=Origin(by, Channel.PHONE), at=at)


def tell(*, task: Task, by: User, at: dt.datetime) -> None:
    """They know that the clinic does not take place."""
    if task.outcome in (TaskOutcome.REACHED, TaskOutcome.MOVED, TaskOutcome.CANCELLED) and task.about_kind == VISIT:
        booking = Appointment.objects.get(pk=task.about_id)
        if booking.status == AppointmentStatus.CANCELLED:
            telling.tell(appointment=booking, origin=Origin(by, Channel.PHONE), at=at)


def close_answer(*, task: Task, by: User, at: dt.datetime) -> None:
    """The answer was read and dealt with."""
    if task.about_kind == "inboundmessage":
        receiving.close(
            InboundMessage.objects.get(pk=task.about_id), note=task.note or task.get_outcome_display(), by=by
        )


def need_decision(*, task: Task, by: User, at: dt.datetime) -> None:
    """An appeal is decided on the page of the restriction, which then takes this task away. Raises AppealOpen."""
    if BookingRestriction.objects.running(at).appealed().filter(pk=task.about_id).exists():
        raise AppealOpen


for kind in (TaskKind.CALL_RISK, TaskKind.CALL_UNREACHED):
    outcomes.register(kind, confirm)
outcomes.register(TaskKind.CALL_STOPPAGE, tell)
outcomes.register(TaskKind.READ_ANSWER, close_answer)
outcomes.register(TaskKind.DECIDE_APPEAL, need_decision)
