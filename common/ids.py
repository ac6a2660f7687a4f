"""Public ids as people and pages send them."""

from uuid import UUID

LONGEST = 18  # digits that every database keeps in a number


def read_uuid(text: str) -> UUID | None:
    """The id that `text` writes, or None when it writes none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def read_number(text: str) -> int | None:
    """The whole number from 0 that `text` writes, or None when it writes none or one that no row has."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST else None
