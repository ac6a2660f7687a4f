"""The pages of reminders."""

from . import campaigns, ladders, notices, ratings

__all__ = ["campaigns", "ladders", "notices", "ratings"]
