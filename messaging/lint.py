"""What is wrong, or doubtful, about the words of a message. Pure: it reads no table.

The rules for all media: nothing but known fields, at most one thing to do, nothing about an illness. For short
messages also: who speaks comes first, and the price.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext

from common import shown
from messaging import health, segments, words
from messaging.kinds import MessageKind
from messaging.models import Medium
from patients.models import Language

MOST_PARTS = 3  # of an SMS; longer ones cost more than a call and are not read
MOST_CHARACTERS = {"subject": 120, "text": 4000}
SAYS_WHO = (Medium.SMS, Medium.WECHAT, Medium.PUSH)  # come without a sender that people know
LIE_OPEN = (Medium.SMS, Medium.PUSH, Medium.VOICE)  # read on a lock screen, or heard by who picks up
ANSWERED_BY_DIGIT = (Medium.SMS, Medium.VOICE, Medium.WECHAT)

_STARTS_WITH_HOSPITAL = re.compile(r"\{hospital\}|【\{hospital\}】")
_FIELD = re.compile(r"\{[^{}]*\}")
_LINK = re.compile(r"https?://|\bwww\.|\{(?:[a-z0-9_]+_)?(?:link|url)\}", re.IGNORECASE)
_PHONE = re.compile(r"\{(?:[a-z0-9_]+_)?phone\}|(?<!\d)\+?\d(?:[ -]?\d){6,}(?!\d)")
_DIGIT_ASKED = re.compile(r"\b(?:reply|press|text)\s+(?:with\s+)?[\"“]?\d|(?:回复|按|输入)\s*[\"“]?\d", re.IGNORECASE)


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
    """The words to look at, and where they are to be said. medium "": for all that have no words of their own."""

    kind: MessageKind
    language: str
    medium: str
    subject: str
    text: str
    provider_code: str = ""


@dataclass(frozen=True)
class Around:
    """What the draft stands among.

    own: (language, medium) of the other words in use. price: of one SMS part. approved: the media whose carrier only
    sends texts that it approved.
    """

    own: frozenset[tuple[str, str]] = frozenset()
    price: Decimal = Decimal(0)
    currency: str = "CNY"
    approved: frozenset[str] = frozenset()


def media_of(draft: Draft, around: Around) -> list[str]:
    """The media that say these words."""
    if draft.medium:
        return [draft.medium]
    return [medium for medium in Medium.values if (draft.language, medium) not in around.own]


def example_of(kind: MessageKind, language: str) -> dict[str, str]:
    """The facts of the kind's own example."""
    side = "example_en" if language == Language.ENGLISH else "example_zh"
    return {field.name: getattr(field, side) for field in kind.fields}


def findings(draft: Draft, around: Around = Around()) -> list[Finding]:
    """All of them, errors first."""
    found = list(_basics(draft))
    if not found:
        media = media_of(draft, around)
        found = [*_privacy(draft, media), *_shape(draft, media), *_price(draft, media, around)]
        found += [*_approval(draft, media, around), *_translation(draft, around)]
    return sorted(found, key=lambda one: one.severity != Severity.ERROR)


def _error(code: str, sentence: str, field: str = "text") -> Finding:
    return Finding(code, Severity.ERROR, sentence, field)


def _warning(code: str, sentence: str, field: str = "text") -> Finding:
    return Finding(code, Severity.WARNING, sentence, field)


def _basics(draft: Draft) -> Iterator[Finding]:
    """Empty, too long, not readable, or naming what this kind of message does not know."""
    if not draft.text.strip():
        yield _error("empty_text", gettext("There are no words yet."))
    known = {field.name for field in draft.kind.fields}
    for field, most in MOST_CHARACTERS.items():
        text = getattr(draft, field)
        if len(text) > most:
            yield _error("too_long", gettext("This is longer than %(n)s characters.") % {"n": most}, field)
        yield from _unreadable(text, field, known)


def _unreadable(text: str, field: str, known: set[str]) -> Iterator[Finding]:
    try:
        unknown = sorted(words.names(text) - known)
    except words.BadSyntax as error:
        sentence = gettext("The brace at character %(n)s is not part of a field. For a brace itself write {{ or }}.")
        yield _error("bad_syntax", sentence % {"n": error.position + 1}, field)
        return
    if unknown:
        named = ", ".join(f"{{{name}}}" for name in unknown)
        yield _error("unknown_field", gettext("This message knows no %(fields)s.") % {"fields": named}, field)


def _privacy(draft: Draft, media: list[str]) -> Iterator[Finding]:
    """A message never says why somebody comes."""
    for field in ("subject", "text"):
        text = getattr(draft, field)
        if told := health.told(_FIELD.sub(" ", text)):
            sentence = gettext("“%(words)s” tells of an illness. A message says when and where, never why.")
            yield _error("health_detail", sentence % {"words": ", ".join(told)}, field)
        telling = sorted(words.names(text) & health.TELLING_FIELDS)
        if telling and set(media) & set(LIE_OPEN):
            sentence = gettext("%(fields)s can tell of an illness, and others may read or hear this message.")
            named = ", ".join(f"{{{name}}}" for name in telling)
            yield _warning("telling_field", sentence % {"fields": named}, field)


def _shape(draft: Draft, media: list[str]) -> Iterator[Finding]:
    """Who speaks, and the one thing to do."""
    if set(media) & set(SAYS_WHO) and not _STARTS_WITH_HOSPITAL.match(draft.text.lstrip()):
        yield _error(
            "hospital_not_first", gettext("Begin with {hospital} or 【{hospital}】: people ask who is writing.")
        )
    if Medium.EMAIL in media and not draft.subject.strip():
        make = _error if draft.medium else _warning
        yield make("no_subject", gettext("An e-mail needs a subject."), "subject")
    missing = [choice for choice in draft.kind.choices if not _names_digit(draft.text, choice.digit)]
    if missing and set(media) & set(ANSWERED_BY_DIGIT):
        offered = ", ".join(f"{choice.digit} ({choice.label})" for choice in missing)
        yield _error(
            "choice_missing", gettext("The words do not offer the answers: %(choices)s.") % {"choices": offered}
        )
    if len(asked := _actions(draft)) > 1:
        sentence = gettext("The message asks for more than one thing: %(things)s. One is followed more often.")
        yield _warning("many_actions", sentence % {"things": ", ".join(asked)})


def _names_digit(text: str, digit: str) -> bool:
    return bool(re.search(rf"(?<!\d){re.escape(digit)}(?!\d)", _FIELD.sub(" ", text)))


def _actions(draft: Draft) -> list[str]:
    """What the words ask the reader to do; the choices of the kind are one thing."""
    digits = any(_names_digit(draft.text, choice.digit) for choice in draft.kind.choices)
    asked = {
        gettext("open a link"): _LINK.search(draft.text),
        gettext("call a number"): _PHONE.search(draft.text),
        gettext("answer with a digit"): digits or _DIGIT_ASKED.search(draft.text),
    }
    return [thing for thing, is_asked in asked.items() if is_asked]


def _price(draft: Draft, media: list[str], around: Around) -> Iterator[Finding]:
    """With the kind's own example in it; a real one may be a little longer."""
    if Medium.SMS not in media:
        return
    text = segments.plain(words.fill(draft.text, example_of(draft.kind, draft.language)), Medium.SMS)
    count = segments.parts(text, Medium.SMS)
    if count > MOST_PARTS:
        sentence = gettext("As SMS these words have %(n)s parts and cost %(price)s for each person.")
        price = shown.price(count * around.price, around.currency)
        yield _warning("many_parts", sentence % {"n": count, "price": price})


def _approval(draft: Draft, media: list[str], around: Around) -> Iterator[Finding]:
    """Carriers that only send texts they approved refuse others, and links that change."""
    bound = [str(Medium(medium).label) for medium in media if medium in around.approved]
    if not bound:
        return
    named = {"media": ", ".join(bound)}
    if not draft.provider_code:
        sentence = gettext(
            "The carrier of %(media)s only sends texts that it approved: enter the code of its template."
        )
        yield _warning("not_approved", sentence % named, "provider_code")
    if _LINK.search(draft.text):
        sentence = gettext("The carrier of %(media)s only sends texts that it approved, and may not accept a link.")
        yield _warning("link_refused", sentence % named)


def _translation(draft: Draft, around: Around) -> Iterator[Finding]:
    """The other language has words where this one has none, or the other way round."""
    own = {*around.own, (draft.language, draft.medium)}
    where = [draft.medium] if draft.medium else ["", *Medium.values]
    for language in Language:
        others = {medium for tongue, medium in own if tongue != language}
        missing = [medium for medium in where if medium in others and (language.value, medium) not in own]
        if missing:
            named = ", ".join(str(Medium(one).label) if one else gettext("all media") for one in missing)
            sentence = gettext("There are no own words in %(language)s for: %(media)s.")
            yield _warning("no_translation", sentence % {"language": language.label, "media": named})
