"""What was measured, against what was promised."""

from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any


@dataclass
class Finding:
    """One line of the table. `limit` is a promise: at least (more is better) or at most; None only informs."""

    what: str
    value: float
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None
    more: dict[str, Any] = field(default_factory=dict)
    is_valid: bool = True

    @property
    def verdict(self) -> str:
        """kept, missed, invalid; empty where nothing was promised."""
        if not self.is_valid:
            return "INVALID"
        if self.at_least is None and self.at_most is None:
            return ""
        low = self.at_least is None or self.value >= self.at_least
        high = self.at_most is None or self.value <= self.at_most
        return "kept" if low and high else "MISSED"

    @property
    def target(self) -> str:
        """As people read it."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return f"≤ {self.at_most:g}" if self.at_most is not None else ""

    def as_json(self) -> dict[str, Any]:
        """For the file."""
        return asdict(self) | {"verdict": self.verdict}


def spread(values: list[float]) -> float:
    """Largest minus smallest, as a share of the median: what the machine itself makes of equal work."""
    return (max(values) - min(values)) / median(values) if values and median(values) else 0.0


def table(findings: list[dict[str, Any]]) -> str:
    """Lines for a terminal."""
    rows = [Finding(**{key: value for key, value in one.items() if key != "verdict"}) for one in findings]
    cells = [(row.what, f"{row.value:,.2f} {row.unit}".strip(), row.target, row.verdict) for row in rows]
    cells.insert(0, ("measured", "value", "promised", "verdict"))
    widths = [max(len(row[column]) for row in cells) for column in range(4)]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in cells)
