"""What the worker does for access. May run twice, or late, without harm."""

from accounts.services import one_time_codes


def nightly() -> None:
    """Remove what is not needed any more."""
    one_time_codes.forget()
