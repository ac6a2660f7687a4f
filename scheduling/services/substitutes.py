"""Places kept for those whose booking a stoppage took: the nearest equal one for each, for a day.

The plan of the stoppage says which; here it is held, taken when they agree, and given back when they do not.
"""

import datetime as dt
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from common import clock
from common.errors import Refusal
from scheduling.errors import AppointmentNotFound
from scheduling.models import CLAIMING, Appointment, AppointmentStatus, Slot, Substitute
from scheduling.models.appointment import CancelCause

from . import holds
from .claiming import give_up
from .once import once
from .origin import Origin, system_origin
from .stoppages import Affected, Plan

KEPT_FOR = dt.timedelta(hours=24)


def keep_all(plan: Plan, *, origin: Origin, at: dt.datetime | None = None) -> int:
    """Hold, for each booking of the plan that is cancelled by now, a place of those it was shown; returns how many.

    Each in a transaction of its own: who cannot have theirs any more gets the next one, and keeps nobody from theirs.
    Cut off in between, the rest stand on the list of those still to be told without a place of their own.
    """
    at = at or clock.now()
    ended = {"status": AppointmentStatus.CANCELLED, "cancel_cause": CancelCause.CLINIC}
    lost = Appointment.objects.filter(pk__in=plan.seen, substitutes=None, **ended)
    wanted = set(lost.values_list("pk", flat=True))
    return sum(_keep_one(item, origin.keyless, at) for item in plan.affected if item.appointment.pk in wanted)


def _keep_one(item: Affected, origin: Origin, at: dt.datetime) -> bool:
    for slot in item.alternatives if item.is_kept else ():
        try:
            once(origin, lambda slot=slot: _keep(item.appointment, slot, origin, at))
        except Refusal:  # taken meanwhile, or a rule forbids it to this person
            continue
        return True
    return False


def _keep(lost: Appointment, slot: Slot, origin: Origin, at: dt.datetime) -> Substitute:
    until = min(at + KEPT_FOR, slot.starts_at)
    kept = holds.keep(slot=slot, patient=lost.patient, until=until, origin=origin, at=at)
    return Substitute.objects.create(lost=lost, appointment=kept)


def take(*, lost: Appointment, origin: Origin, at: dt.datetime | None = None) -> Appointment:
    """They want the place kept for them. Raises AppointmentNotFound when none was, and what `book_held` raises."""
    kept = lost.substitutes.select_related("appointment").order_by("-pk").first()
    if kept is None:
        raise AppointmentNotFound(field="hold")
    return holds.book_held(hold=kept.appointment, origin=origin, is_offer=True, reason=lost.reason, at=at)


def let_go(rows: QuerySet[Substitute], origin: Origin, at: dt.datetime) -> int:
    """Give back the places of `rows`, one patient's, inside a transaction that runs; returns how many."""
    refs: list[UUID] = list(rows.order_by("appointment__slot").values_list("appointment__uuid", flat=True))
    for ref in refs:
        give_up(holds.lock_hold(ref, origin, at, is_anybodys=True), origin, at)
    return len(refs)


def release_needless(at: dt.datetime | None = None) -> int:
    """Give back what is kept for people who have another place in the department by now; returns how many."""
    at = at or clock.now()
    again = Appointment.objects.filter(
        patient=OuterRef("lost__patient"),
        slot__service__department=OuterRef("lost__slot__service__department"),
        status__in=[status for status in CLAIMING if status != AppointmentStatus.HELD],
        created_at__gte=OuterRef("lost__cancelled_at"),
    )
    needless = Substitute.objects.standing(at).filter(Exists(again.order_by()))
    return sum(_release(pk, at) for pk in list(needless.values_list("pk", flat=True)))


def _release(pk: int, at: dt.datetime) -> int:
    origin = system_origin()
    try:
        return once(origin, lambda: let_go(Substitute.objects.standing(at).filter(pk=pk), origin, at))
    except Refusal:  # taken or ended in the same moment
        return 0
