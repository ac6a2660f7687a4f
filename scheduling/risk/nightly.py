"""What the worker does every night for the risks of absence. May run twice or late without harm."""

from . import scoring


def run() -> int:
    """The level, the look back, and the scores of what is booked ahead; returns how many were scored."""
    return scoring.score()
