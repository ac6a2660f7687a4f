"""How the kinds of message are called, for rows that keep only the code of theirs."""

from typing import Any

_labels: dict[str, Any] = {}


def name(code: str, label: Any) -> None:
    """From now on the kind is called so."""
    _labels[code] = label


def label_of(code: str) -> str:
    """What people call the kind; its code without underscores when no installed app knows it any more."""
    return str(_labels.get(code) or code.replace("_", " "))
