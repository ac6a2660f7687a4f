"""The pages of reminders."""

from . import ladders, notices, ratings

__all__ = ["ladders", "notices", "ratings"]
