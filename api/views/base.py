"""What every view of the API shares: a key, its rights, strict JSON, and the origin of a change."""

from collections.abc import Callable
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.views import APIView

from api.authentication import ChannelKeyAuthentication
from api.permissions import HasRight
from api.reading import JsonOnly, StrictJSON
from api.refusals import Malformed
from api.requests.fields import parse_id
from api.requests.headers import idempotency_key
from api.throttling import PerKey
from scheduling.errors import AppointmentNotFound
from scheduling.models import Appointment
from scheduling.services.origin import Origin, digest_of


class ChannelView(APIView):
    """A view for channel devices. `rights`: method -> field of `ChannelKey` that must be set."""

    http_method_names = ["get", "head", "post", "delete"]
    authentication_classes = [ChannelKeyAuthentication]
    permission_classes = [HasRight]
    throttle_classes = [PerKey]
    parser_classes = [StrictJSON]
    content_negotiation_class = JsonOnly
    rights: dict[str, str] = {}


def origin_of(request: Request, *asked: object) -> Origin:
    """Who asks through which channel; of a change also its Idempotency-Key, if any, and what it asks for."""
    key = idempotency_key(request) if asked else ""
    return Origin(request.user, request.auth.device.channel, key, digest_of(*asked) if key else "")


def own_appointments(request: Request):
    """Those that this key may see: its own device's, unless it sees all; within the device's sites."""
    rows = Appointment.objects.visible_to(request.user)
    if request.auth.sees_all_bookings:
        return rows
    return rows.filter(Q(by=request.user) | Q(offer__entry__by=request.user))


def own_appointment(request: Request, text: str, load: Callable | None = None) -> Appointment:
    """The appointment named in the address. Raises Malformed, AppointmentNotFound."""
    rows = own_appointments(request)
    found = (load(rows) if load else rows).filter(uuid=public_id(text)).first()
    if found is None:
        raise AppointmentNotFound
    return found


def public_id(text: str) -> UUID:
    """The id in an address. Raises Malformed."""
    found = parse_id(text)
    if found is None:
        raise Malformed(field="id", problem=_("Must be a valid UUID."))
    return found
