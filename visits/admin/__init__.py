"""The pages of arrivals: facts to be read, and the screens of waiting rooms to be set up."""

from . import facts, screens

__all__ = ["facts", "screens"]
