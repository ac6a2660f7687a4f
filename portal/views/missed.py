"""Missed visits and what came of them: why somebody cannot book by themselves for a while, and how to object."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.services.actors import portal_user
from common import clock
from common.errors import Refusal
from portal import asking, cards, entering, pages, theirs, times
from portal.forms import ObjectForm
from scheduling.models import AppointmentStatus, BookingRestriction
from scheduling.models.restriction import State
from scheduling.services import noshow_policies, restrictions

MOST = 25  # missed visits and restrictions on the page, the latest


@require_safe
@entering.for_patients
def page(request: HttpRequest) -> HttpResponse:
    """Their missed visits, and the restrictions that stand or stood."""
    missed = theirs.visits(request).filter(status=AppointmentStatus.NOSHOW).select_related("absence")
    rows = _restrictions(request).order_by("-starts_at", "-pk")[:MOST]
    known = {
        "missed": [(cards.visit(one), getattr(one, "absence", None)) for one in missed.order_by("-starts_at")[:MOST]],
        "restrictions": [(one, one.patient.name_masked, times.moment(one.until), _state(one)) for one in rows],
        "policy": noshow_policies.live(),
    }
    return pages.draw(request, "visits/missed.html", known)


def _restrictions(request: HttpRequest):
    return BookingRestriction.objects.filter(patient__in=request.visitor.people).select_related("patient", "policy")


def _state(row: BookingRestriction) -> State:
    return row.state(clock.now())


@require_http_methods(["GET", "HEAD", "POST"])
@entering.for_patients
def restriction(request: HttpRequest, restriction: UUID) -> HttpResponse:
    """Why, until when, and a box to object; POST objects. A person reads it and decides until a day that is said."""
    row = _restrictions(request).filter(uuid=restriction).first()
    if row is None:
        return theirs.nothing(request)
    form = ObjectForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            restrictions.appeal(restriction=row, text=form.cleaned_data["text"], by=portal_user(), at=clock.now())
            return redirect("portal:restriction", row.uuid)
        except Refusal as refusal:
            asking.say_no(form, refusal)
            row.refresh_from_db()
    return _draw(request, row, form)


def _draw(request: HttpRequest, row: BookingRestriction, form: ObjectForm) -> HttpResponse:
    visits = row.absences.select_related("appointment__slot").order_by("appointment__starts_at")
    known = {
        "restriction": row, "state": _state(row), "name": row.patient.name_masked, "until": times.moment(row.until),
        "visits": [times.of_slot(one.appointment.slot) for one in visits],
        "due": times.moment(row.appeal_due_at) if row.appeal_due_at else "",
        "received": times.moment(row.appealed_at) if row.appealed_at else "",
    }  # fmt: skip
    return asking.draw(request, "visits/restriction.html", form, known)
