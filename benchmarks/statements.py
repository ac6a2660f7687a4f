"""Counting SQL statements."""

FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def working(statements: list[str]) -> list[str]:
    """Without those that only open and close a transaction."""
    return [one for one in statements if not one.lstrip().upper().startswith(FRAME)]
