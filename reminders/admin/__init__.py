"""The pages of reminders."""

from . import ladders, notices

__all__ = ["ladders", "notices"]
