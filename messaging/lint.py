"""What is wrong, or doubtful, about the words of a message. Pure: it reads no table."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext

from messaging import words
from messaging.kinds import MessageKind


class Severity(StrEnum):
    """An error keeps the words from being put in use; a warning is to be thought of."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """code: for software. sentence: in the reader's language. field: the input that is meant."""

    code: str
    severity: Severity
    sentence: str
    field: str = "text"


@dataclass(frozen=True)
class Draft:
    """The words to look at, and where they are to be said."""

    kind: MessageKind
    language: str
    medium: str
    subject: str
    text: str
    provider_code: str = ""


def findings(draft: Draft) -> list[Finding]:
    """All of them, errors first."""
    found = [*_syntax(draft)]
    return sorted(found, key=lambda one: one.severity != Severity.ERROR)


def _syntax(draft: Draft) -> Iterator[Finding]:
    """Empty, not readable, or naming what this kind of message does not know."""
    known = {field.name for field in draft.kind.fields}
    if not draft.text.strip():
        yield Finding("empty_text", Severity.ERROR, gettext("There are no words yet."))
    for field in ("subject", "text"):
        yield from _unreadable(getattr(draft, field), field, known)


def _unreadable(text: str, field: str, known: set[str]) -> Iterator[Finding]:
    try:
        unknown = sorted(words.names(text) - known)
    except words.BadSyntax as error:
        sentence = gettext("The brace at character %(n)s is not part of a field. For a brace itself write {{ or }}.")
        yield Finding("bad_syntax", Severity.ERROR, sentence % {"n": error.position + 1}, field)
        return
    if unknown:
        named = ", ".join(f"{{{name}}}" for name in unknown)
        sentence = gettext("This message knows no %(fields)s.") % {"fields": named}
        yield Finding("unknown_field", Severity.ERROR, sentence, field)
