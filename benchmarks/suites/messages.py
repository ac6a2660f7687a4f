"""How fast the engine sends when the carrier takes no time: all that is ours, with every guarantee on.

The rival is the plain way of doing the same without losing anything: one message at a time, its claim, its intent and
its outcome each in a transaction of its own.
"""

import datetime as dt
import os
import time
import uuid
from collections.abc import Iterable
from typing import Any

import psutil
from django.db import transaction
from django.db.models import F

from benchmarks import hospital
from benchmarks.bench import Bench
from common import clock
from messaging import kinds
from messaging.kinds import Field, MessageKind, Verdict
from messaging.models import Delivery, DeliveryState, Message, MessageState, Priority, SendingRule
from messaging.services import planning
from messaging.services.planning import Planned
from messaging.services.sending import claiming, drain
from messaging.services.sending.carrying import outgoing
from messaging.services.sending.deciding import Send, decide
from messaging.services.sending.world import Carriers, World
from patients.models import Patient

MESSAGES = 20_000
FACTS = {"hospital": "Riverside Hospital", "when": "1 Dec, 09:00", "place": "Room 12"}


def run(bench: Bench) -> None:
    """Plan, send, compare."""
    count = 2_000 if bench.quick else MESSAGES
    kinds.register(_kind())
    hospital.add_patients(2_000)
    SendingRule.objects.update(a_day=0, opens=dt.time.min, closes=dt.time.max)
    people = list(Patient.objects.values_list("pk", flat=True))
    planned = _timed(lambda: planning.plan(_rows(people, "a", count)))
    bench.add("deliveries planned by the service", count / planned, "/s")
    rival = _rival(people, count // 10)
    bench.add("messages one by one, three commits each", rival, "/s")
    ours = count / _timed(lambda: drain(seconds=600))
    left = Delivery.objects.exclude(state=DeliveryState.DELIVERED).count()
    bench.add(
        "messages by one worker, instant carrier", ours, "/s", at_least=600, more={"left": left}, is_valid=not left
    )
    bench.add("that over one by one", ours / rival, "x", at_least=2)
    bench.add("memory of the process", psutil.Process(os.getpid()).memory_info().rss / 2**20, "MiB")


def _kind() -> MessageKind:
    fields = tuple(Field(name, name, value, value) for name, value in FACTS.items())
    text = "{hospital}: your visit is on {when}, {place}."
    texts = {("zh-hans", ""): ("", text), ("en", ""): ("", text)}
    return MessageKind("bench", "Bench", Priority.REMINDER, fields, texts, judge=_judge)


def _judge(rows: Iterable[Delivery], at: Any) -> dict[int, Verdict]:
    return {row.pk: Verdict(facts=FACTS) for row in rows}


def _rows(people: list[int], name: str, count: int) -> Iterable[Planned]:
    due = clock.now() - dt.timedelta(minutes=1)
    for number in range(count):
        person = people[number % len(people)]
        yield Planned(f"{name}:{number}", person, "bench", ["sms"], due, due + dt.timedelta(days=1))


def _timed(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _rival(people: list[int], count: int) -> float:
    """Messages a second. Uses the same decision and the same carrier, so that only the way of writing differs."""
    planning.plan(_rows(people, "rival", count))
    carriers = Carriers()
    pks = list(Delivery.objects.filter(key__startswith="rival:").values_list("pk", flat=True))
    seconds = _timed(lambda: [_send_one(pk, carriers) for pk in pks])
    return count / seconds


def _send_one(pk: int, carriers: Carriers) -> None:
    at, token = clock.now(), uuid.uuid4()
    with transaction.atomic():
        Delivery.objects.filter(pk=pk, state=DeliveryState.PENDING).update(
            state=DeliveryState.SENDING, token=token, lease_until=at + claiming.LEASE
        )
    with transaction.atomic():
        delivery = Delivery.objects.select_related("patient").get(pk=pk)
        [send] = [one for one in decide(World([delivery], carriers, at)) if isinstance(one, Send)]
        send.message.save()
        Delivery.objects.filter(pk=pk, token=token).update(on_wire_at=at, medium="sms", attempts=F("attempts") + 1)
    answer = carriers.transport(send.channel).send(outgoing(send))
    with transaction.atomic():
        Message.objects.filter(pk=send.message.pk).update(
            state=MessageState.DELIVERED, provider_id=answer.provider_id, tries=1
        )
        Delivery.objects.filter(pk=pk, token=token).update(
            state=DeliveryState.DELIVERED, sent_at=at, delivered_at=at, token=None, lease_until=None
        )
