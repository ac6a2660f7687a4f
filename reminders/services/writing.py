"""What a campaign is to say, to whom and how fast, looked at before it is written down."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.utils.translation import gettext

from accounts.models import User
from directory.models import Department, HealthcareService
from messaging import kinds, lint
from messaging.lint import Draft, Finding, Severity
from messaging.models import Medium
from messaging.services import checking, texts
from patients.models import Language, Tag
from reminders.errors import (
    BeyondScope,
    ChannelMissing,
    ConsentMissing,
    FigureImpossible,
    NameMissing,
    OrderWrong,
    TextNotApproved,
    VariantMissing,
    VariantRefused,
    VariantTwice,
    WordsMissing,
)
from reminders.models import Campaign, CampaignPurpose, CampaignVariant
from reminders.models.campaign import MOST_A_MINUTE, MOST_HELD_OUT

KIND = {
    CampaignPurpose.RECALL: "recall",
    CampaignPurpose.CHECKUP: "recall",
    CampaignPurpose.INFORMATION: "information",
}
RELATED = ("tags_any", "tags_all", "departments", "services")
FIGURES = {
    "hold_out_percent": (0, MOST_HELD_OUT), "per_minute": (1, MOST_A_MINUTE), "unseen_months": (1, 240),
    "age_from": (0, 130), "age_to": (0, 130), "missed_least": (1, 50), "missed_months": (1, 240),
}  # fmt: skip
WORDS = {Language.CHINESE: "text_zh", Language.ENGLISH: "text_en"}


@dataclass(frozen=True)
class Words:
    """A variant as somebody wants it."""

    name: str
    text_zh: str
    text_en: str
    weight: int = 1


@dataclass
class Outline:
    """A campaign as somebody wants it. Filters that are empty leave nobody out."""

    name_zh: str
    name_en: str
    purpose: str
    media: str
    variants: Sequence[Words] = ()
    consent: str = ""
    tags_any: Sequence[Tag] = ()
    tags_all: Sequence[Tag] = ()
    departments: Sequence[Department] = ()
    services: Sequence[HealthcareService] = ()
    seen_from: dt.date | None = None
    seen_until: dt.date | None = None
    unseen_months: int | None = None
    age_from: int | None = None
    age_to: int | None = None
    missed_least: int | None = None
    missed_months: int = 12
    only_unbooked: bool = True
    hold_out_percent: int = 0
    per_minute: int = 30

    @property
    def columns(self) -> dict[str, Any]:
        """What stands in the campaign's own row."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in own.items() if name not in (*RELATED, "variants")}

    @classmethod
    def of(cls, campaign: Campaign) -> "Outline":
        """The campaign as it stands."""
        said = {field.name: getattr(campaign, field.name) for field in fields(cls)}
        said |= {name: list(said[name].all()) for name in RELATED}
        words = [Words(one.name, one.text_zh, one.text_en, one.weight) for one in campaign.variants.all()]
        return cls(**{**said, "variants": words})


def check(outline: Outline, by: User) -> None:
    """Raises what cannot be so: NameMissing, a CampaignRefused, a VariantRefused that says which variant."""
    if not outline.name_zh.strip() and not outline.name_en.strip():
        raise NameMissing(field="name_en")
    media = outline.media.split()
    if not media or len(set(media)) != len(media) or set(media) - set(Medium.values):
        raise ChannelMissing(field="media")
    if outline.purpose != CampaignPurpose.RECALL and not outline.consent:
        raise ConsentMissing(field="consent")
    _check_figures(outline)
    check_scope(outline, by)
    _check_variants(outline)


def check_scope(outline: Outline, by: User) -> None:
    """Who does not see the whole hospital reaches people of their own departments only. Raises BeyondScope."""
    if by.sees_everything:
        return
    departments = {one.pk for one in outline.departments} | {one.department_id for one in outline.services}
    seen = Department.objects.visible_to(by).filter(pk__in=departments).count()
    if not departments or seen < len(departments):
        raise BeyondScope(field="departments")


def _check_figures(outline: Outline) -> None:
    for name, (low, high) in FIGURES.items():
        value = getattr(outline, name)
        if value is not None and not low <= value <= high:
            raise FigureImpossible(field=name, low=low, high=high)
    for first, second in (("age_from", "age_to"), ("seen_from", "seen_until")):
        low, high = getattr(outline, first), getattr(outline, second)
        if low is not None and high is not None and high < low:
            raise OrderWrong(field=second)


def check_approval(campaign: Campaign) -> None:
    """Raises TextNotApproved."""
    kind = kinds.known(KIND[CampaignPurpose(campaign.purpose)])
    missing = texts.unapproved(kind, campaign.media_in_order)
    if missing:
        raise TextNotApproved(media=gettext(", ").join(str(Medium(medium).label) for medium in missing))


def _check_variants(outline: Outline) -> None:
    if not outline.variants:
        raise VariantMissing
    names = [words.name.strip() for words in outline.variants]
    for row, words in enumerate(outline.variants):
        if names[row] in names[:row]:
            raise VariantTwice(row=row, field="name")
        if words.weight < 1:
            raise VariantRefused(row=row, field="weight", sentence=str(FigureImpossible(low=1, high=100)))
        for field in WORDS.values():
            if not getattr(words, field).strip():
                raise WordsMissing(row=row, field=field)
        for field, finding in findings(outline.purpose, outline.media.split(), words):
            if finding.severity == Severity.ERROR:
                raise VariantRefused(row=row, field=field, sentence=finding.sentence)


def findings(purpose: str, media: Sequence[str], words: Words | CampaignVariant) -> list[tuple[str, Finding]]:
    """What is wrong or doubtful about the words as they would go out: (field, finding), each sentence once."""
    found: dict[tuple[str, str], Finding] = {}
    for language, field in WORDS.items():
        for medium in media:
            draft = whole(purpose, language, medium, getattr(words, field))
            for one in checking.findings(draft) if draft else ():
                if one.code != "no_translation":  # of the words around, which have a page of their own
                    found.setdefault((field, one.sentence), one)
    return [(field, one) for (field, _sentence), one in found.items()]


def whole(purpose: str, language: str, medium: str, said: str) -> Draft | None:
    """The whole message around a variant's words; None without any words of its kind."""
    kind = kinds.known(KIND[CampaignPurpose(purpose)])
    around = texts.find(kind, language, medium)
    if around is None:
        return None
    return lint.Draft(kind, language, medium, around.subject, around.text.replace("{text}", said), around.provider_code)


def write(campaign: Campaign, outline: Outline) -> None:
    """What stands beside the campaign's own row. The campaign has no variants yet."""
    for name in RELATED:
        getattr(campaign, name).set(getattr(outline, name))
    CampaignVariant.objects.bulk_create(
        CampaignVariant(
            campaign=campaign, name=one.name.strip(), weight=one.weight, text_zh=one.text_zh.strip(),
            text_en=one.text_en.strip(),
        )
        for one in outline.variants
    )  # fmt: skip
