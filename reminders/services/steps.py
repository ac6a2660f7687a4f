"""Steps of a ladder as somebody wants them: checked, written, copied."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import partial

from messaging.models import Medium
from patients.models import Tag
from reminders.errors import (
    HoldOutTooLarge,
    MediumMissing,
    MediumUnknown,
    RiskNotAShare,
    StepMoment,
    StepRefused,
    StepTwice,
    TagMissing,
    TimeNeedsDays,
)
from reminders.models import Act, Audience, Ladder, Step
from reminders.models.ladder import EARLIEST_DAYS, MOST_HELD_OUT, RISKIEST

COPIED = (
    "lineage", "hours_before", "at_time", "act", "media", "audience", "tag_id", "riskiest_percent", "only_unanswered",
    "holdout_percent",
)  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """A step as somebody wants it. lineage: of the step that it was; None for a new one. media: in order."""

    hours_before: int
    at_time: dt.time | None = None
    act: str = Act.MESSAGE
    media: str = ""
    audience: str = Audience.ALL
    tag: Tag | None = None
    riskiest_percent: int = RISKIEST
    only_unanswered: bool = True
    holdout_percent: int = 0
    lineage: uuid.UUID | None = None

    @classmethod
    def of(cls, step: Step) -> "Rule":
        """The step as it stands."""
        return cls(**{field.name: getattr(step, field.name) for field in fields(cls)})


def check(rules: Sequence[Rule]) -> list[Rule]:
    """Without what does not belong to them. Raises the StepRefused that says which one cannot be so."""
    checked = [_checked(row, rule) for row, rule in enumerate(rules)]
    _check_twins(checked)
    return checked


def _checked(row: int, rule: Rule) -> Rule:
    """The rule without what does not belong to it. Raises what is wrong with it."""
    refuse = partial(_refuse, row)
    media = rule.media.split() if rule.act == Act.MESSAGE else []
    refuse(StepMoment, not 1 <= rule.hours_before <= EARLIEST_DAYS * 24, "amount", days=EARLIEST_DAYS)
    refuse(TimeNeedsDays, rule.at_time and rule.hours_before % 24, "at_time")
    refuse(MediumMissing, rule.act == Act.MESSAGE and not media, "media")
    refuse(MediumUnknown, len(set(media)) != len(media) or set(media) - set(Medium.values), "media")
    refuse(TagMissing, rule.audience == Audience.TAG and rule.tag is None, "tag")
    refuse(RiskNotAShare, not 1 <= rule.riskiest_percent <= 100, "riskiest_percent")
    refuse(HoldOutTooLarge, not 0 <= rule.holdout_percent <= MOST_HELD_OUT, "holdout_percent", most=MOST_HELD_OUT)
    tag = rule.tag if rule.audience == Audience.TAG else None
    holdout = rule.holdout_percent if rule.act == Act.MESSAGE else 0
    return replace(rule, media=" ".join(media), tag=tag, holdout_percent=holdout)


def _refuse(row: int, refusal: type[StepRefused], is_so: object, field: str, **params: int) -> None:
    if is_so:
        raise refusal(row=row, field=field, **params)


def _check_twins(rules: Sequence[Rule]) -> None:
    known = set()
    for row, rule in enumerate(rules):
        tag = rule.tag.pk if rule.tag else None
        same = (rule.hours_before, rule.at_time, rule.act, rule.audience, tag, rule.riskiest_percent, rule.media)
        if same in known:
            raise StepTwice(row=row, field="amount")
        known.add(same)


def write(draft: Ladder, rules: Sequence[Rule]) -> None:
    """These are the draft's steps from now on.

    A step keeps its lineage unless it became another act, which is another step to who had the first.
    """
    acts = {step.lineage: step.act for step in draft.steps.all()}
    draft.steps.all().delete()
    made = []
    for rule in rules:
        said = {field.name: getattr(rule, field.name) for field in fields(Rule)}
        is_same = acts.pop(rule.lineage, None) == rule.act
        made.append(Step(ladder=draft, **{**said, "lineage": rule.lineage if is_same else uuid.uuid4()}))
    Step.objects.bulk_create(made)


def copy(ladder: Ladder, draft: Ladder) -> None:
    """The draft has the same steps, under the same lineage."""
    Step.objects.bulk_create(
        Step(ladder=draft, **{name: getattr(step, name) for name in COPIED}) for step in ladder.steps.all()
    )


def print_of(ladder: Ladder) -> str:
    """All that its steps say, in one order."""
    return str(sorted(" ".join(f"{getattr(step, name)}" for name in COPIED) for step in ladder.steps.all()))
