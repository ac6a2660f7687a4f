"""Public ids as people and pages send them."""

from uuid import UUID


def read_uuid(text: str) -> UUID | None:
    """The id that `text` writes, or None when it writes none."""
    try:
        return UUID(text)
    except ValueError:
        return None
