"""The pool's pages."""

from . import (
    appointments,
    missed,
    policies,
    restrictions,
    risk,
    roster,
    rules,
    sessions,
    slots,
    stopping,
    waiting,
)

__all__ = [
    "appointments",
    "missed",
    "policies",
    "restrictions",
    "risk",
    "roster",
    "rules",
    "sessions",
    "slots",
    "stopping",
    "waiting",
]
