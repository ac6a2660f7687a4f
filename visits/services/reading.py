"""Reading rows inside the transaction: locked, within the person's scope, and in a state that allows the act."""

from uuid import UUID

from accounts.models import User
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


def require(entry: QueueEntry, *states: str) -> None:
    """Raises TicketState."""
    if entry.state not in states:
        raise TicketState(ticket=entry.ticket, state=entry.get_state_display())
