"""The pages of messages."""

from . import texts

__all__ = ["texts"]
