"""How many statements a request costs, and that the number does not grow with the hospital."""

import json
from collections.abc import Iterable
from uuid import uuid4

from django.test import Client

from benchmarks import hospital
from benchmarks.bench import Bench, say
from benchmarks.statements import captured, working
from patients.models import Patient
from scheduling.models import ChannelRule, Slot

MOST = 9


def run(bench: Bench) -> None:
    """One booking in a small hospital, and again in a larger one."""
    _device, bench.authorization = hospital.add_key()
    hospital.add_roster(hospital.add_services(1, 2), [(8, 12)], minutes=15)
    hospital.open_days(2)
    hospital.add_patients(20)
    small = book_and_search(bench)
    hospital.add_more_keys(500)
    hospital.add_roster(hospital.add_services(5, 20, number=1), [(8, 12), (13, 17)], minutes=15)
    hospital.open_days(7, first=3)
    hospital.add_patients(1_000, seed=2)
    large = book_and_search(bench)
    told(bench, small, large)


def book_and_search(bench: Bench) -> dict[str, list[str]]:
    """The statements of each kind of request, on warm processes."""
    caller = Caller(bench.authorization)
    slots = iter(Slot.objects.filter(capacity=1, taken=0).order_by("pk"))
    people = iter(Patient.objects.filter(appointments=None))
    person, service = next(people), Slot.objects.order_by("-pk")[0].service
    for path in ("slots/?limit=1", f"patients/?phone={_phone(person)}", f"patients/?q={person.name}"):
        caller.get(path)
    caller.book(next(slots), next(people))
    found = {
        "booking": caller.book(next(slots), next(people)),
        "booking, of somebody with other bookings": _again(caller, slots, next(people)),
        "free places, 1 in the answer": caller.get(f"slots/?service={service.uuid}&limit=1"),
        "free places, 50 in the answer": caller.get(f"slots/?service={service.uuid}&limit=50"),
        "patient by phone": caller.get(f"patients/?phone={_phone(person)}"),
        "patient by name": caller.get(f"patients/?q={person.name}"),
    }
    found["booking, of a slot of many places"] = caller.book(_wide_slot(), next(people))
    with_rule = ChannelRule.objects.create(name_en="window", name_zh="窗口", channel="portal", opens_days=3_000)
    found["booking, under a channel's window"] = caller.book(next(slots), next(people))
    with_rule.delete()
    return found


def _again(caller: "Caller", slots: Iterable[Slot], person: Patient) -> list[str]:
    """A second booking on another day."""
    first = next(slots)
    caller.book(first, person)
    later = Slot.objects.filter(capacity=1, taken=0, starts_at__gt=first.ends_at).exclude(
        session__day=first.session.day
    )
    return caller.book(later.order_by("starts_at")[0], person)


def _wide_slot() -> Slot:
    found = Slot.objects.filter(capacity__gt=1).first()
    return found or hospital.add_session(30, 1, 500)[0]


def _phone(person: Patient) -> str:
    return person.main_phone.value.removeprefix("+86")


class Caller:
    """A portal that counts."""

    def __init__(self, authorization: str):
        self.client = Client(headers={"Authorization": authorization}, SERVER_NAME="127.0.0.1")

    def book(self, slot: Slot, person: Patient) -> list[str]:
        """The statements of one booking. Raises AssertionError when it is refused."""
        body = json.dumps({"slot": str(slot.uuid), "patient": str(person.uuid)})
        headers = {"Idempotency-Key": uuid4().hex}
        with captured() as caught:
            answer = self.client.post("/api/v1/appointments/", body, "application/json", headers=headers)
        assert answer.status_code == 201, answer.content
        return sql_of(caught)

    def get(self, path: str) -> list[str]:
        """The statements of one search."""
        with captured() as caught:
            answer = self.client.get(f"/api/v1/{path}")
        assert answer.status_code == 200, answer.content
        return sql_of(caught)


def sql_of(caught: Iterable[dict]) -> list[str]:
    """The text of each statement."""
    return [one["sql"] for one in caught]


def told(bench: Bench, small: dict[str, list[str]], large: dict[str, list[str]]) -> None:
    """The counts, and their growth."""
    for what, statements in large.items():
        limit = MOST if what.startswith("booking") else None
        more = {"statements": statements}
        bench.add(f"statements: {what}", len(working(statements)), "", at_most=limit, more=more)
        bench.add(f"statements: {what}, with BEGIN and COMMIT", len(statements))
    grown = [what for what in large if len(large[what]) != len(small[what])]
    bench.add(
        "requests whose statements grow with slots, patients or keys", len(grown), "", at_most=0, more={"which": grown}
    )
    pages = len(large["free places, 50 in the answer"]) - len(large["free places, 1 in the answer"])
    bench.add("statements that 49 more found slots cost", pages, "", at_most=0)
    for number, statement in enumerate(large["booking"], start=1):
        say(f"  {number}. {statement[:160]}")
