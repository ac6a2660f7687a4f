"""Restrictions after missed visits: the patient hears of each step, and somebody is handed each appeal.

Nothing here restricts anybody. Each look is repeatable: deliveries and tasks have one key.
"""

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.services.actors import system_user
from common import clock
from interactions.models import Task, TaskKind, TaskState
from interactions.services import tasks
from interactions.services.tasks import NewTask
from messaging import labels
from messaging.models import Delivery, DeliveryState
from messaging.services import planning
from messaging.services.planning import Planned
from reminders.models import AnswerLink, Notice
from reminders.restriction_kinds import ABOUT
from reminders.services import links
from scheduling.models import BookingRestriction
from scheduling.models.restriction import Outcome
from scheduling.services import restrictions

LATELY = dt.timedelta(days=1)  # how far back a look goes, should the worker have stood still
VALID_FOR = dt.timedelta(days=3)
UNREACHED = (DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.EXPIRED)


def tell(at: dt.datetime | None = None) -> int:
    """Plan what is to be told of the last day's restrictions; returns how many deliveries are new."""
    at = at or clock.now()
    since = at - LATELY
    lately = Q(starts_at__gt=since) | Q(lifted_at__gt=since) | Q(decided_at__gt=since)
    rows = BookingRestriction.objects.filter(lately, until__gt=at)
    new = planning.plan(_planned(rows.order_by("pk"), at), at)
    if new:
        planning.wake()
    return new


def _planned(rows: Iterator[BookingRestriction], at: dt.datetime) -> Iterator[Planned]:
    for row in rows:
        code, since = _latest(row)
        media = Notice.media_for(code) if code else []
        if media and since > at - LATELY:
            yield Planned(
                key=f"restriction:{row.pk}:{code}", patient=row.patient_id, kind=code, media=media, due_at=at,
                expires_at=min(since + VALID_FOR, row.until), about=(ABOUT, row.pk, 0),
            )  # fmt: skip


def _latest(row: BookingRestriction) -> tuple[str, dt.datetime | None]:
    """Which kind of message tells of how it stands, and since when; "" while an appeal is open."""
    if row.lifted_at:
        return "restriction_lifted", row.lifted_at
    if row.has_open_appeal:
        return "", None
    if row.outcome == Outcome.UPHELD:
        return "restriction_upheld", row.decided_at
    return "restricted", row.starts_at


@transaction.atomic
def object_to(link: AnswerLink, restriction: BookingRestriction, text: str, *, at: dt.datetime) -> None:
    """The patient objects on the page behind the link. Raises what `restrictions.appeal` raises."""
    restrictions.appeal(restriction=restriction, text=text, by=system_user(), at=at)
    links.mark_used(link, "objected", at)


labels.name_answer("objected", _("Objected"))


def wanted(at: dt.datetime) -> list[NewTask]:
    """Somebody decides each appeal until its due date, and calls whom no message of a restriction reached."""
    appeals = BookingRestriction.objects.running(at).appealed().select_related("patient")
    unheard = Delivery.objects.lately(UNREACHED, at - LATELY).filter(about_kind=ABOUT, kind="restricted")
    untold = BookingRestriction.objects.standing(at).filter(pk__in=unheard.values("about_id"))
    return [
        *(_task(row, TaskKind.DECIDE_APPEAL, "appeal", due_at=row.appeal_due_at) for row in appeals),
        *(_task(row, TaskKind.CALL_UNREACHED, "untold_restriction") for row in untold.select_related("patient")),
    ]


def _task(row: BookingRestriction, kind: TaskKind, why: str, **more: dt.datetime) -> NewTask:
    return NewTask(
        key=f"{why}:{row.pk}", kind=kind, patient=row.patient, why=why,
        why_values={"when": (row.appeal_due_at or row.until).isoformat()}, about_kind=ABOUT, about_id=row.pk, **more,
    )  # fmt: skip


def drop_needless(at: dt.datetime) -> None:
    """Appeals that are decided, and calls about what has ended or is suspended."""
    live = Task.objects.filter(state__in=(TaskState.OPEN, TaskState.TAKEN), about_kind=ABOUT)
    asked = {TaskKind.DECIDE_APPEAL: BookingRestriction.objects.running(at).appealed(),
             TaskKind.CALL_UNREACHED: BookingRestriction.objects.standing(at)}  # fmt: skip
    for kind, still in asked.items():
        numbers = set(live.filter(kind=kind).values_list("about_id", flat=True))
        for pk in numbers - set(still.filter(pk__in=numbers).values_list("pk", flat=True)):
            tasks.drop_about(ABOUT, pk, "settled", by=system_user(), kinds=[kind], at=at)
