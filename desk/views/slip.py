"""The slip of a booking, to be printed and given to the patient."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.views.decorators.http import require_GET

from common import shown
from desk import slip
from desk.door import staff
from patients.services import revealing
from scheduling import seeing
from visits.services import door_codes


@require_GET
@staff("scheduling.view_appointment")
def page(request: HttpRequest, booking: UUID) -> HttpResponse:
    """In the patient's language. Who printed it is written down, as for every look at a booking."""
    found = get_object_or_404(seeing.appointments(request.user).for_desk(), uuid=booking)
    if found.patient is None or found.status not in slip.PRINTED:
        raise Http404
    revealing.note_opening(found.patient, by=request.user, ip=request.META.get("REMOTE_ADDR"))
    with translation.override(found.patient.language):
        service = found.slot.service
        context = {
            "booking": found,
            "slot": found.slot,
            "site": service.department.site,
            "fee": shown.money(service.fee_amount, service.fee_currency) if service.fee_amount else "",
            "preparation": slip.preparation(service),
            "qr": door_codes.picture_of(found),
            "hospital": shown.hospital(),
            "language": found.patient.language,
        }
        return render(request, "desk/slip.html", context)
