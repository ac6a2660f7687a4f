"""The pool's pages."""

from . import appointments, risk, roster, rules, sessions, slots, stopping, waiting

__all__ = ["appointments", "risk", "roster", "rules", "sessions", "slots", "stopping", "waiting"]
