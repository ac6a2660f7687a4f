"""Why a task stands there, in one plain sentence of the reader's language.

A task keeps the code of a sentence and the values in it. Higher floors register their own sentences when they are
loaded: `register("unconfirmed", _("No answer about the visit on %(when)s."), moments=("when",))`.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common import shown
from common.models import Named


@dataclass(frozen=True)
class Reason:
    """sentence: may use %(name)s of the values. moments: which values are instants, shown by the hospital's clock."""

    sentence: Any
    moments: tuple[str, ...] = ()


_reasons: dict[str, Reason] = {}


def register(code: str, sentence: Any, *, moments: tuple[str, ...] = ()) -> None:
    """Make a sentence known (code: at most 40 characters). The same code again replaces it."""
    _reasons[code] = Reason(sentence, moments)


def is_known(code: str) -> bool:
    """Has an app that is installed registered it?"""
    return code in _reasons


def both(named: Named) -> dict[str, str]:
    """The name of a thing of the catalogue as a value: each reader gets the one of their language."""
    return {"zh": named.name_zh, "en": named.name_en}


def words(code: str, values: Mapping[str, Any]) -> str:
    """The sentence in the reader's language; empty for a code whose app is not installed any more."""
    reason = _reasons.get(code)
    if reason is None:
        return ""
    said = {name: _said(value, name in reason.moments) for name, value in values.items()}
    return str(reason.sentence) % said if said else str(reason.sentence)


def _said(value: Any, is_moment: bool) -> Any:
    if is_moment:
        return shown.moment(value if isinstance(value, dt.datetime | None) else parse_datetime(value))
    if isinstance(value, dict):
        first, second = value.get("zh", ""), value.get("en", "")
        return (first or second) if (get_language() or "").startswith("zh") else (second or first)
    return value


register("expired", _("Its time was over."))
register("perhaps_known", _("Registered on the portal, and may be the same person as %(records)s."))
register(
    "privacy_correct",
    _("Asks us to correct their data; to be answered by %(until)s: “%(text)s”"),
    moments=("until",),
)
register("privacy_delete", _("Asks us to delete data; to be answered by %(until)s: “%(text)s”"), moments=("until",))
