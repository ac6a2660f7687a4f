"""What the worker does for tasks by the clock. Each may run twice or late without harm."""

from .services import tasks


def every_five_minutes() -> None:
    """Whoever went away lets go; whatever is too late is no task any more."""
    tasks.release_abandoned()
    tasks.drop_expired()
