"""What stands in addresses of the portal."""

import datetime as dt


class DayConverter:
    """`2026-12-01`."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, text: str) -> dt.date:
        """Raises ValueError for what is no day, which is an address that does not exist."""
        return dt.date.fromisoformat(text)

    def to_url(self, day: dt.date | str) -> str:
        return str(day)
