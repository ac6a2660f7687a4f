"""What a higher floor does when a task of some kind is closed: confirm the booking, write down a wish.

A handler runs in the transaction that closes the task; a refusal that it raises leaves the task as it was.
"""

import datetime as dt
from typing import Protocol

from accounts.models import User
from interactions.models import Task


class Handler(Protocol):
    """task: as it stands now, with its outcome. by: who closed it. at: when."""

    def __call__(self, *, task: Task, by: User, at: dt.datetime) -> None: ...


_handlers: dict[str, list[Handler]] = {}


def register(kind: str, handler: Handler) -> Handler:
    """`handler` hears of each outcome of this kind of task. The same handler again changes nothing."""
    known = _handlers.setdefault(kind, [])
    if handler not in known:
        known.append(handler)
    return handler


def forget(kind: str, handler: Handler) -> None:
    """`handler` hears no more of it; for tests."""
    _handlers[kind].remove(handler)


def tell(*, task: Task, by: User, at: dt.datetime) -> None:
    """Tell everybody who registered for this kind, in the order of registration."""
    for handler in list(_handlers.get(task.kind, ())):
        handler(task=task, by=by, at=at)
