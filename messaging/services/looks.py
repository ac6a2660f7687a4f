"""How words would look to the person: filled with an example, once for each medium that says them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext, ngettext

from accounts.models import User
from common import shown
from messaging import lint, words
from messaging.kinds import Facts, MessageKind
from messaging.lint import Draft
from messaging.models import Medium, MessageChannel, MessageTemplate
from messaging.services import checking, texts
from patients.models import Language

ICONS = {
    Medium.SMS: "sms",
    Medium.VOICE: "call",
    Medium.WECHAT: "chat",
    Medium.EMAIL: "mail",
    Medium.PUSH: "notifications",
}


@dataclass(frozen=True)
class Sample:
    """Something to try words on. key: how a form names it. facts: by language."""

    key: str
    label: str
    facts: Mapping[str, Facts]

    def in_language(self, language: str) -> Facts:
        """Its facts in this language, or in the one that it has."""
        return self.facts.get(language) or next(iter(self.facts.values()), {})


@dataclass(frozen=True)
class Look:
    """The words in one medium. problem: why they cannot be shown; "" when they can."""

    medium: str
    subject: str = ""
    text: str = ""
    parts: int = 1
    cost: Decimal = Decimal(0)
    currency: str = "CNY"
    problem: str = ""

    @property
    def label(self) -> str:
        return str(Medium(self.medium).label)

    @property
    def icon(self) -> str:
        return ICONS[Medium(self.medium)]

    @property
    def measure(self) -> str:
        """`2 parts · 143 characters · ¥0.09`; what is not cut into parts has only a price."""
        said = [shown.price(self.cost, self.currency)] if self.cost else []
        if self.medium == Medium.SMS:
            parts = ngettext("%(n)s part", "%(n)s parts", self.parts) % {"n": self.parts}
            letters = ngettext("%(n)s character", "%(n)s characters", len(self.text)) % {"n": len(self.text)}
            said = [parts, letters, *said]
        return " · ".join(said)


def samples(kind: MessageKind, language: str, by: User) -> list[Sample]:
    """The kind's own example, first in the language of the words, then real ones that `by` may see."""
    built_in = [
        Sample(code, gettext("Example in %(language)s") % {"language": label}, {code: lint.example_of(kind, code)})
        for code, label in sorted(Language.choices, key=lambda choice: choice[0] != language)
    ]
    real = [Sample(f"row:{number}", one.label, one.facts) for number, one in enumerate(kind.examples(by))]
    return [*built_in, *real]


def looks(draft: Draft, facts: Facts) -> list[Look]:
    """One for each medium that says these words."""
    channels = {channel.medium: channel for channel in MessageChannel.objects.all()}
    media = lint.media_of(draft, checking.around(draft))
    return [_look(draft, medium, facts, channels.get(medium) or MessageChannel(medium=medium)) for medium in media]


def in_use(kind: MessageKind, language: str, media: Iterable[str], facts: Facts) -> list[Look]:
    """The words in use, as each of these media says them."""
    channels, known = {channel.medium: channel for channel in MessageChannel.objects.all()}, texts.Words()
    found = [(medium, known.find(kind, language, medium)) for medium in media]
    return [_look(words_of, medium, facts, channels[medium]) for medium, words_of in found if words_of]


def parts_of(template: MessageTemplate, kind: MessageKind) -> int | None:
    """SMS parts of words in use, with the kind's own example in them; None when they cannot be filled."""
    try:
        return texts.write(template, Medium.SMS, lint.example_of(kind, template.language)).parts
    except (words.BadSyntax, words.UnknownField):
        return None


def _look(draft: Draft | MessageTemplate, medium: str, facts: Facts, channel: MessageChannel) -> Look:
    try:
        said = texts.write(draft, medium, facts)
    except words.BadSyntax:
        return Look(medium, problem=gettext("These words cannot be read yet."))
    except words.UnknownField as error:
        sentence = gettext("This example has no %(field)s.")
        return Look(medium, problem=sentence % {"field": f"{{{error.name}}}"})
    cost = said.parts * channel.price_amount
    return Look(medium, said.subject, said.text, said.parts, cost, channel.price_currency)
