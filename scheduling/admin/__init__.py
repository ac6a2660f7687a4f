"""The pool's pages."""

from . import appointments, roster, rules, sessions, slots, stopping, waiting

__all__ = ["appointments", "roster", "rules", "sessions", "slots", "stopping", "waiting"]
