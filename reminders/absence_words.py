"""What patients said of a missed visit: their answers to our message about it, and what staff noted at a call."""

from collections.abc import Collection

from accounts.models import User
from interactions.models import Task, TaskKind
from messaging.models import InboundMessage
from reminders.judging import VISIT
from scheduling import said
from scheduling.said import Words


def answers(appointments: Collection[int], user: User) -> Words:
    """In their own words, to who may read messages."""
    if not user.has_perm("messaging.read_message"):
        return {}
    about = {"delivery__kind": "missed", "delivery__about_kind": VISIT, "delivery__about_id__in": appointments}
    rows = InboundMessage.objects.filter(**{f"answers__{name}": value for name, value in about.items()})
    found: Words = {}
    for pk, text in rows.order_by("pk").values_list("answers__delivery__about_id", "text"):
        if text.strip() and not text.strip().isdigit():
            found.setdefault(pk, []).append(text.strip())
    return found


def notes(appointments: Collection[int], user: User) -> Words:
    """As whoever called wrote it down."""
    if not user.has_perm("interactions.view_task"):
        return {}
    calls = Task.objects.filter(kind=TaskKind.CALL_MISSED, about_kind=VISIT, about_id__in=appointments)
    found: Words = {}
    for pk, note in calls.exclude(note="").order_by("pk").values_list("about_id", "note"):
        found.setdefault(pk, []).append(note)
    return found


said.register(answers)
said.register(notes)
