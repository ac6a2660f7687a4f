"""What the worklist shows of a task."""

import datetime as dt
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display

from common import clock, shown
from common.admin import badge, link_to, two_lines
from interactions import reasons
from interactions.models import Task, TaskPriority
from interactions.models.task import PRIORITY_TONE


def due_badge(task: Task, now: dt.datetime) -> Any:
    """Late on its tone, due as such, what is ahead in plain words, what is closed when that was."""
    if not task.is_live:
        return shown.moment(task.closed_at)
    if task.is_late(now):
        return badge(shown.due(task.due_at, now), "warning", "schedule")
    return badge(shown.due(now, now), "info") if task.due_at <= now else shown.due(task.due_at, now)


def priority_badge(task: Task) -> Any:
    """Nothing for what is as urgent as most."""
    if task.priority == TaskPriority.NORMAL:
        return ""
    return badge(task.get_priority_display(), PRIORITY_TONE[task.priority])


def state_badge(task: Task) -> Any:
    """Whose it is, or what came of it."""
    if task.owner:
        return badge(task.owner.name, task.tone, "person")
    return badge(task.get_state_display() if task.is_live else task.get_outcome_display(), task.tone)


class TaskColumns:
    """For lists of tasks."""

    @display(description=_("what to do"), ordering="kind")
    def what(self, obj: Task) -> Any:
        below = format_html("{} {}", obj.department or "", priority_badge(obj))
        return two_lines(obj.get_kind_display(), below)

    @display(description=_("patient"), ordering="patient__name_pinyin")
    def who(self, obj: Task) -> Any:
        if obj.patient is None:
            return _("Unknown sender")
        return two_lines(link_to(obj.patient), shown.birth(obj.patient.birth_date, obj.patient.age()))

    @display(description=_("phone"))
    def phone(self, obj: Task) -> str:
        return (obj.patient and obj.patient.phone_masked) or "–"

    @display(description=_("why"))
    def why(self, obj: Task) -> str:
        return reasons.words(obj.why_code, obj.why_values)

    @display(description=pgettext_lazy("task", "due"))
    def due(self, obj: Task) -> Any:
        return due_badge(obj, clock.now())

    @display(description=_("tries"), ordering="tries")
    def tried(self, obj: Task) -> Any:
        return obj.tries or "–"

    @display(description=_("who has it"), ordering="state")
    def has_it(self, obj: Task) -> Any:
        return state_badge(obj)
