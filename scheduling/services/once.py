"""Every change of the pool runs in here: once, whole, and with a clear answer when it could not."""

from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, IntegrityError, OperationalError, transaction

from common.errors import Busy, Refusal
from common.history import acting, acting_reason
from scheduling.errors import KeyReused, PatientBusy, PlaceChanged
from scheduling.models import Appointment, AppointmentEvent

from .line import in_turn
from .origin import Origin

# The event is written last, under a unique index of (by, request key). A repeat runs into that index, or is
# refused earlier because its first run already took the place; both end here, where the first answer is found.


def once(origin: Origin, work: Callable[[], Any], reason: str = "") -> Any:
    """Run `work` in one transaction as `origin.by`. A repeated request key gets what its first run made.

    reason: stands in the history; an act within an act has that of the outer one unless it says its own.

    Raises KeyReused for the same key with other content, Busy when a lock was held too long, PlaceChanged or
    PatientBusy when the database itself refused, and whatever `work` raises.
    """
    try:
        with in_turn(), transaction.atomic(), acting(origin.by, reason or acting_reason()):
            return work()
    except Refusal as refusal:
        return _first_answer(origin) or _raise(refusal)
    except IntegrityError as error:
        return _first_answer(origin) or _raise(_refusal_for(error), error)
    except OperationalError as error:
        raise (Busy() if _is_waiting_too_long(error) else error) from error


def _first_answer(origin: Origin) -> Appointment | None:
    """What the request with this key made, if it was here before."""
    if not origin.key:
        return None
    events = AppointmentEvent.objects.filter(by=origin.by, request_key=origin.key)
    event = events.values("appointment_id", "request_digest").first()
    if event is None:
        return None
    if event["request_digest"] != origin.digest:
        raise KeyReused
    return Appointment.objects.for_desk().get(pk=event["appointment_id"])


def _raise(error: Exception, cause: Exception | None = None):
    raise error from cause


def _refusal_for(error: IntegrityError) -> Refusal:
    """The constraint that refused, in the user's words; an unknown one is a fault of ours and stays an error."""
    text = str(error)
    if "patient_in_one_place_at_a_time" in text:
        return PatientBusy()
    raced = ("one_live_claim_per_place", "slot_never_oversold", "one_event_per_request_key")
    columns = ("scheduling_appointment.slot_id", "scheduling_appointmentevent.by_id")  # how SQLite names an index
    if any(name in text for name in raced + columns):
        return PlaceChanged()
    raise error


def _is_waiting_too_long(error: DatabaseError) -> bool:
    """Lock time-out, deadlock or serialization failure on PostgreSQL; a locked file on SQLite."""
    state = getattr(error.__cause__, "sqlstate", "")
    return state in ("55P03", "40P01", "40001") or "locked" in str(error)
