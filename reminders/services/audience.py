"""Whom a campaign is for. One statement with EXISTS for each filter, whatever the number of people."""

import calendar
import datetime as dt
from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from common import clock
from messaging.models import Medium, OptOut
from messaging.models.channel import REACHED_AT
from patients.models import Consent, ContactPoint, Patient, PatientTag
from reminders.models import Campaign
from scheduling.models import Appointment, AppointmentStatus

SPOKEN = (Medium.SMS, Medium.VOICE)  # who wants no SMS is not rung up by a machine instead

Narrow = Callable[[QuerySet, Campaign, dt.datetime], QuerySet]


def of(campaign: Campaign, at: dt.datetime) -> QuerySet[Patient]:
    """Everybody who fits at `at` and may be told. Who has no channel at all is among them."""
    rows = Patient.objects.order_by()
    for narrow in STEPS.values():
        rows = narrow(rows, campaign, at)
    return rows


def left_out(campaign: Campaign, patients: Iterable[int], at: dt.datetime) -> dict[int, str]:
    """Those of these people who do not fit any more, and the code of the first reason."""
    left, reasons = set(patients), {}
    for code, narrow in STEPS.items():
        rows = narrow(Patient.objects.filter(pk__in=left).order_by(), campaign, at)
        kept = set(rows.values_list("pk", flat=True)) if left else left
        reasons |= dict.fromkeys(left - kept, code)
        left = kept
    return reasons


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day so many months earlier; the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def there(campaign: Campaign) -> Q:
    """Bookings of the chosen services and departments; without any, all."""
    services = [one.pk for one in campaign.services.all()]
    departments = [one.pk for one in campaign.departments.all()]
    chosen = Q(slot__service__in=services) | Q(slot__service__department__in=departments)
    return chosen if services or departments else Q()


def _alive(rows: QuerySet, campaign: Campaign, at: dt.datetime) -> QuerySet:
    return rows.filter(merged_into=None, deceased_on=None)


def _agreed(rows: QuerySet, campaign: Campaign, at: dt.datetime) -> QuerySet:
    if not campaign.consent:
        return rows
    return rows.filter(Exists(Consent.objects.live().filter(patient=OuterRef("pk"), purpose=campaign.consent)))


def _willing(rows: QuerySet, campaign: Campaign, at: dt.datetime) -> QuerySet:
    """Without those who said stop wherever these channels reach them."""
    has_any, has_free = zip(*(_ways(Medium(medium)) for medium in campaign.media_in_order), strict=True)
    return rows.filter(~reduce(or_, map(Q, has_any)) | reduce(or_, map(Q, has_free)))


def _ways(medium: Medium) -> tuple[Exists, Exists]:
    """Is there an address for it? One at which nobody said stop?"""
    points = ContactPoint.objects.reachable().order_by().filter(patient=OuterRef("pk"), system=REACHED_AT[medium])
    alike = SPOKEN if medium in SPOKEN else (medium,)
    refused = OptOut.objects.live().filter(address=OuterRef("value"), medium__in=alike).order_by()
    return Exists(points), Exists(points.exclude(Exists(refused)))


def _unbooked(rows: QuerySet, campaign: Campaign, at: dt.datetime) -> QuerySet:
    if not campaign.only_unbooked:
        return rows
    ahead = (AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED)
    return rows.exclude(Exists(_bookings(campaign).filter(status__in=ahead, ends_at__gt=at)))


def _bookings(campaign: Campaign) -> QuerySet[Appointment]:
    return Appointment.objects.filter(there(campaign), patient=OuterRef("pk")).order_by()


def _fitting(rows: QuerySet, campaign: Campaign, at: dt.datetime) -> QuerySet:
    """By tags, visits, age and missed visits."""
    today = clock.today(at)
    rows = _tagged(rows, campaign, today)
    rows = _seen(rows, campaign, today)
    return _missed(_aged(rows, campaign, today), campaign, today)


def _tagged(rows: QuerySet, campaign: Campaign, today: dt.date) -> QuerySet:
    current = PatientTag.objects.current(today).filter(patient=OuterRef("pk")).order_by()
    if wanted := [tag.pk for tag in campaign.tags_any.all()]:
        rows = rows.filter(Exists(current.filter(tag__in=wanted)))
    for tag in campaign.tags_all.all():
        rows = rows.filter(Exists(current.filter(tag=tag.pk)))
    return rows


def _seen(rows: QuerySet, campaign: Campaign, today: dt.date) -> QuerySet:
    """By the last visit that took place there."""
    visits = _bookings(campaign).filter(status=AppointmentStatus.FULFILLED)
    if there(campaign) or campaign.seen_from or campaign.seen_until or campaign.unseen_months:
        since = clock.day_bounds(campaign.seen_from)[0] if campaign.seen_from else None
        rows = rows.filter(Exists(visits.filter(starts_at__gte=since) if since else visits))
    if until := last_day(campaign, today):
        rows = rows.exclude(Exists(visits.filter(starts_at__gte=clock.day_bounds(until)[1])))
    return rows


def last_day(campaign: Campaign, today: dt.date) -> dt.date | None:
    """The last visit was on this day or before; None: any."""
    unseen = months_before(today, campaign.unseen_months) if campaign.unseen_months else None
    return min((day for day in (campaign.seen_until, unseen) if day), default=None)


def _aged(rows: QuerySet, campaign: Campaign, today: dt.date) -> QuerySet:
    if campaign.age_from is not None:
        rows = rows.filter(birth_date__lte=months_before(today, 12 * campaign.age_from))
    if campaign.age_to is not None:
        rows = rows.filter(birth_date__gt=months_before(today, 12 * (campaign.age_to + 1)), birth_date__lte=today)
    return rows


def _missed(rows: QuerySet, campaign: Campaign, today: dt.date) -> QuerySet:
    if not campaign.missed_least:
        return rows
    since = clock.day_bounds(months_before(today, campaign.missed_months))[0]
    missed = _bookings(campaign).filter(status=AppointmentStatus.NOSHOW, starts_at__gte=since)
    counted = missed.values("patient").annotate(n=Count("pk")).values("n")
    number = Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    return rows.alias(missed=number).filter(missed__gte=campaign.missed_least)


# In this order: the first that somebody does not pass is why they are left out
STEPS: dict[str, Narrow] = {
    "gone": _alive,
    "no_consent": _agreed,
    "opted_out": _willing,
    "booked": _unbooked,
    "changed": _fitting,
}
