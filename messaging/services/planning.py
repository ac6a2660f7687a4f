"""Writing down what is to be told. Planning twice plans once: a delivery's key is unique."""

import datetime as dt
import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from django.db import transaction
from django_q.tasks import async_task

from common import clock
from common.bulk import in_batches, insert_new_rows
from messaging import kinds
from messaging.models import Delivery, DeliveryState
from patients.models import Patient

BATCH = 5_000  # rows in one statement
COLUMNS = ("uuid", "key", "patient", "about_id", "about_version", "due_at", "expires_at")  # each row has its own


@dataclass(slots=True)  # not frozen: a million are made
class Planned:
    """One thing to tell one person.

    key: reason, person and step; the same again is not planned again. media: tried in this order. due_at, expires_at:
    aware; after the second it is not sent at all. about: (kind, number, version) of the row that it is about.
    """

    key: str
    patient: Patient | int
    kind: str
    media: Sequence[str]
    due_at: dt.datetime
    expires_at: dt.datetime
    about: tuple[str, int | None, int] = ("", None, 0)
    context: Mapping[str, Any] = field(default_factory=dict)


def plan(rows: Iterable[Planned], at: dt.datetime | None = None) -> int:
    """Write those that are not planned yet; returns how many rows were new. Constant memory."""
    at = at or clock.now()
    new = 0
    for some in in_batches(rows, BATCH):
        with transaction.atomic():
            # In one order: two planners with the same keys wait for each other, never in a circle
            for same, alike in _alike(sorted(some, key=attrgetter("key")), at):
                new += insert_new_rows(Delivery, COLUMNS, map(_row, alike), same)
    return new


def say(planned: Planned, at: dt.datetime | None = None) -> Delivery:
    """Plan one message and wake the worker when the transaction is over. Returns the row, new or known."""
    plan([planned], at)
    transaction.on_commit(wake)
    return Delivery.objects.get(key=planned.key)


def wake() -> None:
    """Have a worker look at what is due now instead of at the next full minute. Losing this is harmless."""
    async_task("messaging.jobs.send")


def wake_answers() -> None:
    """The same for what came in."""
    async_task("messaging.jobs.answer")


def _alike(rows: Iterable[Planned], at: dt.datetime) -> Iterator[tuple[dict[str, Any], list[Planned]]]:
    """Those that say the same by the same media, with what they have in common, which is sent to the database once."""
    groups: dict[tuple, list[Planned]] = defaultdict(list)
    for planned in rows:
        groups[planned.kind, *planned.media, planned.about[0], json.dumps(planned.context)].append(planned)
    yield from ((_same(alike[0], at), alike) for alike in groups.values())


def _same(planned: Planned, at: dt.datetime) -> dict[str, Any]:
    return {
        "kind": planned.kind, "priority": kinds.known(planned.kind).priority.value, "media": " ".join(planned.media),
        "context": dict(planned.context), "about_kind": planned.about[0], "state": DeliveryState.PENDING.value,
        "reason": "", "medium": "", "attempts": 0, "answer": "", "created_at": at, "changed_at": at,
    }  # fmt: skip


def _row(planned: Planned) -> tuple:
    """Its own values, in the order of COLUMNS. Of what is planned by the million no objects are made."""
    person = planned.patient.pk if isinstance(planned.patient, Patient) else planned.patient
    _kind, about_id, version = planned.about
    return uuid.uuid4(), planned.key, person, about_id, version, planned.due_at, planned.expires_at
