"""The rules of booking, each a refusal with a code. They read; the claim and the constraints decide."""

import datetime as dt
from typing import NamedTuple

from django.db import models

from common import clock
from common.compiled import Compiled, Given
from common.shown import ages
from common.shown import moment as shown
from patients.models import Patient
from scheduling import shares
from scheduling.errors import (
    AgeNotServed,
    ChannelClosed,
    ChannelNotOpen,
    ChannelReserved,
    ChannelShareUsed,
    NotReleased,
    PatientBusy,
    PatientDeceased,
    PatientMerged,
    SessionStopped,
    SexNotServed,
    SlotBlocked,
    SlotPast,
    TooManyInDepartment,
    TooManyOnDay,
    TooManyOpen,
)
from scheduling.models import (
    OPEN,
    Appointment,
    AppointmentStatus,
    ChannelRule,
    Closure,
    Session,
    SessionStatus,
    Slot,
    Substitute,
)

from .claiming import lapse_holds
from .session_shares import shares_of, taken_and_free

STAFFED = ("desk", "phone", "kiosk")  # doors inside the house may still fill a slot that has begun


class Booked(NamedTuple):
    """What the rules read of a patient's other bookings."""

    pk: int
    status: str
    held_until: dt.datetime | None
    starts_at: dt.datetime
    ends_at: dt.datetime
    department: int

    def has_lapsed(self, at: dt.datetime) -> bool:
        """True for a hold whose time is over."""
        return self.status == AppointmentStatus.HELD and self.held_until <= at


BOOKED_FIELDS = ("pk", "status", "held_until", "starts_at", "ends_at", "slot__service__department")


def check_slot(slot: Slot, channel: str, at: dt.datetime) -> None:
    """Released, not stopped, not blocked, not past."""
    session = slot.session
    if slot.closed == Closure.STOPPED or session.status != SessionStatus.OPEN:
        raise SessionStopped(field="slot")
    if slot.closed:
        raise SlotBlocked(field="slot")
    if at >= (slot.ends_at if channel in STAFFED else slot.starts_at):
        raise SlotPast(field="slot")
    if not session.is_released(at):
        raise NotReleased(field="slot", opens=shown(session.released_at))


def check_person(patient: Patient, slot: Slot) -> None:
    """Alive, this very record, and whom the service is for. Restrictions after missed visits: `barring`."""
    check_record(patient)
    check_service(patient, slot)


def check_record(patient: Patient) -> None:
    """Alive, and not merged into another record."""
    if patient.merged_into_id:
        raise PatientMerged(field="patient", record=patient.merged_into.record_number)
    if patient.deceased_on:
        raise PatientDeceased(field="patient")


def check_service(patient: Patient, slot: Slot) -> None:
    """Age in completed years on the day of the visit, and sex; what is not known is not refused."""
    service = slot.service
    age = patient.age(clock.local(slot.starts_at).date())
    low, high = service.min_age, service.max_age
    if age is not None and not (low or 0) <= age <= (999 if high is None else high):
        raise AgeNotServed(field="patient", service=service.name, ages=ages(low, high))
    if service.sex and patient.sex in ("male", "female") and patient.sex != service.sex:
        raise SexNotServed(field="patient", service=service.name, sex=service.get_sex_display())


def check_calendar(patient: Patient, slot: Slot, at: dt.datetime, ignoring: Appointment | None = None) -> None:
    """No other booking at that time, and within the site's limits. Reads the patient's bookings once.

    ignoring: the booking that is being moved or the hold that is being confirmed.
    """
    rows = [row for row in _bookings(patient, at) if ignoring is None or row.pk != ignoring.pk]
    mine = [row for row in rows if not row.has_lapsed(at)]
    still_open = [row for row in mine if row.status in OPEN and row.ends_at > at]
    if any(row.starts_at < slot.ends_at and row.ends_at > slot.starts_at for row in still_open):
        raise PatientBusy(field="slot")
    try:
        check_limits(slot, mine, still_open)
    except (TooManyOpen, TooManyOnDay, TooManyInDepartment):
        kept = _kept_for(patient, at)  # asked only here: nearly nobody has lost a booking to a stoppage
        if not kept:
            raise
        check_limits(slot, *([row for row in some if row.pk not in kept] for some in (mine, still_open)))
    _end_holds_in_the_way(slot, [row for row in rows if row.has_lapsed(at)], at)


def _kept_for(patient: Patient, at: dt.datetime) -> set[int]:
    """Places kept after a stoppage: the patient did not ask for them, so they do not count when another is booked."""
    kept = Substitute.objects.standing(at).filter(appointment__patient=patient)
    return set(kept.values_list("appointment", flat=True))


def _end_holds_in_the_way(slot: Slot, ended: list[Booked], at: dt.datetime) -> None:
    """A hold that is over still stands in the database, which would refuse the same patient at the same time."""
    overlapping = [row.pk for row in ended if row.starts_at < slot.ends_at and row.ends_at > slot.starts_at]
    if overlapping:
        lapse_holds(Appointment.objects.filter(pk__in=overlapping), at, may_wait=True)


def check_limits(slot: Slot, mine: list[Booked], still_open: list[Booked]) -> None:
    """Open bookings, bookings on the day, and those in one department on the day; the site's figures."""
    department = slot.service.department
    site = department.site
    day = clock.local(slot.starts_at).date()
    on_day = [row for row in mine if clock.local(row.starts_at).date() == day]
    if len(still_open) >= site.max_open:
        raise TooManyOpen(field="patient", limit=site.max_open)
    if len(on_day) >= site.max_per_day:
        raise TooManyOnDay(field="patient", limit=site.max_per_day)
    if sum(row.department == department.pk for row in on_day) >= site.max_per_department:
        raise TooManyInDepartment(field="patient", limit=site.max_per_department)


_claims = Compiled(
    lambda: (
        Appointment.objects.claiming()
        .filter(
            patient=Given("patient", models.BigIntegerField()), starts_at__gte=Given("since", models.DateTimeField())
        )
        .order_by()
        .values_list(*BOOKED_FIELDS)
    )
)


def _bookings(patient: Patient, at: dt.datetime) -> list[Booked]:
    """The patient's live claims from yesterday on (a long visit may run over midnight), ended holds too."""
    return [Booked._make(row) for row in _claims.rows(patient=patient.pk, since=at - dt.timedelta(days=1))]


def check_channel(slot: Slot, channel: str, at: dt.datetime, ignoring: Appointment | None = None) -> None:
    """Windows and shares of the rules that speak of this service.

    Places that a rule keeps or caps are counted under a lock on the session, so that two callers cannot both take
    the last one that is not kept.
    """
    rules = list(ChannelRule.objects.active_for(slot.service))
    for rule in rules:
        if rule.channel == channel:
            check_window(rule, slot, at)
    standing = shares_of(rules, slot.session)
    if not standing or at >= max(share.melts_at for share in standing):
        return
    Session.objects.select_for_update(no_key=True).filter(pk=slot.session_id).values_list("pk").first()
    taken, free = taken_and_free(slot.session, at, ignoring)
    refuse_by_share(shares.open_to(channel, free=free, taken=taken, shares=standing, at=at), free)


def check_window(rule: ChannelRule, slot: Slot, at: dt.datetime) -> None:
    """A channel's first moment, the midnight so many days before the session's, and its last before the slot."""
    opens = rule.opens_at(slot.session.day)
    closes = slot.starts_at - dt.timedelta(hours=rule.closes_hours)
    if opens and at < opens:
        raise ChannelNotOpen(field="slot", rule=rule.name, opens=shown(opens))
    if rule.closes_hours and at >= closes:
        raise ChannelClosed(field="slot", rule=rule.name, closed=shown(closes))


def refuse_by_share(verdict: shares.Verdict, free: int) -> None:
    """Say which rule keeps the places and from when they are open; a full session is left to the claim."""
    if verdict.places > 0 or free <= 0 or verdict.share is None:
        return
    kind = ChannelShareUsed if verdict.is_own_cap else ChannelReserved
    raise kind(field="slot", rule=verdict.share.name, opens=shown(verdict.opens_at or verdict.share.melts_at))
