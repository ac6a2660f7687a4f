"""The page behind the link in a message about a restriction: why, until when, the rule, and a box to object."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from common import clock, shown
from common.errors import Refusal
from directory.models import Site
from portal import doors
from portal.forms import ObjectForm
from reminders.errors import LinkOver
from reminders.models import AnswerLink
from reminders.services import restricting
from scheduling.models import BookingRestriction


def page(request: HttpRequest, link: AnswerLink) -> HttpResponse:
    """How it stands; POST objects, and then the page is read anew. Raises LinkOver when it is another person's."""
    row = BookingRestriction.objects.select_related("policy", "patient").filter(pk=link.delivery.about_id).first()
    if row is None or row.patient_id != link.delivery.patient_id:
        raise LinkOver
    if request.method != "POST":
        return _draw(request, row, ObjectForm())
    form = ObjectForm(request.POST)
    if not form.is_valid():
        return _draw(request, row, form, status=422)
    try:
        restricting.object_to(link, row, form.cleaned_data["text"], at=clock.now())
    except Refusal as refusal:
        row.refresh_from_db()
        return _draw(request, row, form, refusal=refusal, status=refusal.status)
    here = reverse("link:page", args=[request.resolver_match.kwargs["secret"]])
    return redirect(here + doors.keep(request))


def _draw(
    request: HttpRequest, row: BookingRestriction, form: ObjectForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    visits = row.absences.select_related("appointment__slot__service__department__site")
    visits = [one.appointment for one in visits.order_by("appointment__starts_at")]
    sites = {one.slot.service.department.site for one in visits}
    known = {
        "restriction": row,
        "state": row.state(clock.now()),
        "name": row.patient.name_masked,
        "until": shown.moment(row.until),
        "due": shown.moment(row.appeal_due_at),
        "received": shown.moment(row.appealed_at),
        "visits": [shown.moment(one.starts_at) for one in visits],
        "form": form,
        "sites": _with_phone(sites),
        **more,
    }
    return doors.page(request, "link/restriction.html", known, status=status)


def _with_phone(sites: set[Site]) -> list[Site]:
    """Those of the missed visits, else all that there are."""
    own = sorted((one for one in sites if one.phone), key=lambda site: site.pk)
    return own or list(Site.objects.filter(is_active=True).exclude(phone="").order_by("pk"))
