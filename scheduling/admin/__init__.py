"""The pool's pages."""

from . import appointments, roster, rules, sessions, stopping, waiting

__all__ = ["appointments", "roster", "rules", "sessions", "stopping", "waiting"]
