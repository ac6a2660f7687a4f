"""Only what is the visitor's: their own visits and those of whom they act for. All else reads like nothing at all."""

from functools import wraps
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from portal import entering, pages
from scheduling.models import Appointment


def visits(request: HttpRequest) -> QuerySet[Appointment]:
    """Their visits, whatever became of them. A place that is only kept is none."""
    return Appointment.objects.for_desk().once_booked().filter(patient__in=request.visitor.people)


def about_a_visit(view: entering.View) -> entering.View:
    """The view gets the visit that its address names."""

    @entering.for_patients
    @wraps(view)
    def inside(request: HttpRequest, visit: UUID, **more: Any) -> HttpResponse:
        booking = visits(request).filter(uuid=visit).first()
        return view(request, booking, **more) if booking else nothing(request)

    return inside


def nothing(request: HttpRequest) -> HttpResponse:
    """The same for what does not exist and for what is somebody else's."""
    return pages.draw(request, "visits/nothing.html", {}, status=404)
