"""The words of messages: found for a person and a medium, and put in use as a new version."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services.actors import system_user
from common import clock
from messaging import kinds, segments, words
from messaging.channels import TRANSPORTS
from messaging.errors import REFUSED, TextChanged
from messaging.kinds import Facts, MessageKind
from messaging.lint import Draft, Severity
from messaging.models import MessageChannel, MessageTemplate
from messaging.services import checking
from patients.models import Language


def find(kind: MessageKind, language: str, medium: str) -> MessageTemplate | None:
    """The words in use for exactly this medium, else those for all media; then the same in the hospital's language.

    Words that the program brings become version 1 on first use. None: there are no words at all.
    """
    places = [(tongue, where) for tongue in _tongues(language) for where in dict.fromkeys((medium, ""))]
    live = {(one.language, one.medium): one for one in MessageTemplate.objects.live().filter(kind=kind.code)}
    for place in places:
        if place in live:
            return live[place]
        if place in kind.texts:
            return _begin(kind, *place)
    return None


class Words:
    """`find`, each asked of the database once: for one run over many deliveries."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], MessageTemplate | None] = {}

    def find(self, kind: MessageKind, language: str, medium: str) -> MessageTemplate | None:
        """See `find` of the module."""
        key = (kind.code, language, medium)
        if key not in self._found:
            self._found[key] = find(kind, language, medium)
        return self._found[key]


@dataclass(frozen=True)
class Written:
    """Words as they go out. parts: how many times the carrier counts them."""

    subject: str
    text: str
    parts: int


def write(template: MessageTemplate | Draft, medium: str, facts: Facts) -> Written:
    """The words with the facts in them, as cheap as they can be said by SMS. Raises BadSyntax, UnknownField."""
    text = segments.plain(words.fill(template.text, facts), medium)
    return Written(words.clean(words.fill(template.subject, facts)), text, segments.parts(text, medium))


def draft_of(
    kind: MessageKind, *, language: str, medium: str, subject: str, text: str, provider_code: str = ""
) -> Draft:
    """Words as they would be kept, without control characters and blanks around them."""
    return Draft(
        kind, language, medium, words.clean(subject).strip(), words.tidy(text), words.clean(provider_code).strip()
    )


def built_in(kind: MessageKind, language: str, medium: str) -> tuple[str, str] | None:
    """(subject, words) that the program brings for this medium, else for all media."""
    return kind.texts.get((language, medium)) or kind.texts.get((language, ""))


def publish(
    *,
    kind: MessageKind,
    language: str,
    medium: str,
    subject: str,
    text: str,
    provider_code: str = "",
    by: User,
    seen: int,
) -> MessageTemplate:
    """Put words in use as a new version, which ends the one before. Words that are in use already stay as they are.

    seen: the version that the writer saw; 0 when this language and medium had no words of their own.
    Raises TextChanged when another version is in use, and a TextRefused for each error that lint names.
    """
    draft = draft_of(kind, language=language, medium=medium, subject=subject, text=text, provider_code=provider_code)
    _check(draft)
    try:
        with transaction.atomic():
            return _replace(draft, by, seen)
    except IntegrityError as error:  # two first versions at once: the unique index let one through
        raise TextChanged from error


def unapproved(kind: MessageKind, media: Sequence[str]) -> list[str]:
    """Media among these whose carrier sends only texts that it approved, and has approved none of this kind."""
    rows = MessageChannel.objects.filter(medium__in=media, is_active=True)
    bound = [one.medium for one in rows if one.kind in TRANSPORTS and TRANSPORTS[one.kind].needs_template]
    return [medium for medium in bound if not any(_is_approved(kind, tongue, medium) for tongue in Language.values)]


def _is_approved(kind: MessageKind, language: str, medium: str) -> bool:
    template = find(kind, language, medium)
    return template is not None and bool(template.provider_code)


def ensure_all() -> None:
    """Version 1 of all words that the program brings, so that they can be read and changed before their first use."""
    for kind in kinds.all_kinds():
        known = set(MessageTemplate.objects.filter(kind=kind.code).values_list("language", "medium"))
        for place in set(kind.texts) - known:
            _begin(kind, *place)


def _tongues(language: str) -> list[str]:
    return list(dict.fromkeys((language, settings.LANGUAGE_CODE)))


def _begin(kind: MessageKind, language: str, medium: str) -> MessageTemplate | None:
    """The words in use after version 1 was made, by us or by another worker at the same moment."""
    subject, text = kind.texts[language, medium]
    place = {"kind": kind.code, "language": language, "medium": medium}
    first = {"subject": subject, "text": text, "by": system_user()}
    MessageTemplate.objects.get_or_create(**place, version=1, defaults=first)
    return MessageTemplate.objects.live().filter(**place).first()


def _check(draft: Draft) -> None:
    for finding in checking.findings(draft):
        if finding.severity == Severity.ERROR:
            raise REFUSED[finding.code](field=finding.field, sentence=finding.sentence)


def _replace(draft: Draft, by: User, seen: int) -> MessageTemplate:
    place = {"kind": draft.kind.code, "language": draft.language, "medium": draft.medium}
    said = {"subject": draft.subject, "text": draft.text, "provider_code": draft.provider_code}
    live = MessageTemplate.objects.live().select_for_update().filter(**place).first()
    if live and all(getattr(live, name) == value for name, value in said.items()):
        return live
    if (live.version if live else 0) != seen:
        raise TextChanged
    at = max(clock.now(), live.live_since) if live else clock.now()  # should the machine's clock have been set back
    if live:
        live.ended_at = at
        live.save(update_fields=["ended_at"])
    return MessageTemplate.objects.create(**place, **said, version=seen + 1, live_since=at, by=by)
