"""Reading rows inside the transaction: locked, within the person's scope, and in a state that allows the act."""

from uuid import UUID

from accounts.models import User
from scheduling.services.reading import lock_appointment
from visits.errors import TicketNotFound, TicketState
from visits.models import QueueEntry


def lock_entry(ref: QueueEntry | UUID, by: User, *states: str) -> QueueEntry:
    """The ticket, in one of `states`. Raises TicketNotFound, TicketState."""
    uuid = ref if isinstance(ref, UUID) else ref.uuid
    rows = QueueEntry.objects.visible_to(by).for_desk().select_for_update(of=("self",), no_key=True)
    entry = rows.filter(uuid=uuid).first()
    if entry is None:
        raise TicketNotFound
    require(entry, *states)
    return entry


def lock_with_booking(ref: QueueEntry | UUID, by: User, *states: str) -> QueueEntry:
    """The same for an act that changes the booking too: patient and booking are locked before the ticket."""
    uuid = ref if isinstance(ref, UUID) else ref.uuid
    entry = QueueEntry.objects.visible_to(by).select_related("appointment").filter(uuid=uuid).first()
    if entry is None:
        raise TicketNotFound
    lock_appointment(entry.appointment, by, scoped=False)
    return lock_entry(uuid, by, *states)


def require(entry: QueueEntry, *states: str) -> None:
    """Raises TicketState."""
    if entry.state not in states:
        raise TicketState(ticket=entry.ticket, state=entry.get_state_display())
