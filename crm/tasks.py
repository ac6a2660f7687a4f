"""What the worker does for the house itself."""

from common import clock
from crm.models import Heartbeat


def beat() -> None:
    """Show that tasks run: the scheduler, the queue and a worker all had to work for this row to be written."""
    Heartbeat.objects.update_or_create(name="worker", defaults={"beat_at": clock.now()})
