"""My visits: what is to come, what is kept or offered, who waits; and what was."""

import datetime as dt

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from common import clock
from patients.models import Patient
from portal import cards, entering, pages, queuing, theirs
from portal.stands import Stands
from scheduling.models import Appointment, AppointmentStatus, Substitute
from scheduling.models.appointment import CancelCause

ON_A_PAGE = 10
MOST = 25  # visits to come on the first page: more than any site lets one family book
STILL = (AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED)
LOST = Q(status=AppointmentStatus.CANCELLED, cancel_cause=CancelCause.CLINIC)


@require_safe
@entering.for_patients
def page(request: HttpRequest) -> HttpResponse:
    """Stopped clinics first, then offers, visits to come and the waiting list."""
    now, people = clock.now(), request.visitor.people
    coming = [cards.visit(one, now) for one in _to_come(theirs.visits(request), now)[:MOST]]
    lost = [one for one in coming if one.stands == Stands.STOPPED]
    known = {
        "stopped": [(one, _kept(people, now).get(one.uuid)) for one in lost],
        "coming": [one for one in coming if one.stands != Stands.STOPPED],
        "waiting": queuing.of(people, now),
        "barred": any(one.is_barred(now) for one in people),
    }
    return pages.draw(request, "visits/list.html", known)


def _to_come(rows: QuerySet[Appointment], now: dt.datetime) -> QuerySet[Appointment]:
    return rows.filter(_still(now)).order_by("starts_at", "pk")


def _still(now: dt.datetime) -> Q:
    """Of today or later and not over, or stopped before it began."""
    return Q(status__in=STILL, starts_at__gte=clock.day_bounds(clock.today(now))[0]) | LOST & Q(starts_at__gt=now)


def _kept(people: list[Patient], now: dt.datetime) -> dict:
    """Lost visit -> the card of the place that is kept instead."""
    rows = Substitute.objects.standing(now).filter(lost__patient__in=people).select_related(
        "lost", "appointment__patient", "appointment__slot__session__practitioner",
        "appointment__slot__session__location", "appointment__slot__service__department__site",
    )  # fmt: skip
    return {one.lost.uuid: cards.place(one.appointment.slot, one.appointment.patient) for one in rows}


@require_safe
@entering.for_patients
def past(request: HttpRequest) -> HttpResponse:
    """What was, and what was cancelled; the latest first."""
    now = clock.now()
    rows = theirs.visits(request).exclude(_still(now)).order_by("-starts_at", "-pk")
    found = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    return pages.draw(request, "visits/past.html", {"page": found, "cards": [cards.visit(one, now) for one in found]})
