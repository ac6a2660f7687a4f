"""How fast a ladder is planned: one step, by message, for everybody who is booked on a day of a very large hospital.

Everything of the real run is on: the hours of sending, who moved since, who confirmed, keys that plan once.
"""

import datetime as dt
import resource
import time
import uuid
from collections.abc import Iterator
from statistics import median
from typing import Any

from django.db import connection

from accounts.models import Channel
from accounts.services.actors import system_user
from benchmarks import hospital
from benchmarks.bench import Bench
from common import clock
from common.bulk import insert_rows
from patients.models import Patient
from reminders.models import Audience, Ladder, LadderState, Step
from reminders.services import planning, trying
from reminders.services.riskiest import Ranking
from scheduling.models import Appointment, AppointmentStatus, RiskModel, Slot
from scheduling.models.risk import RiskKind

TIMES, PEOPLE = 100, 10_000  # each person has a visit at each time: a million visits on one day
COLUMNS = (
    "uuid", "reference", "patient", "slot", "place", "is_overbooked", "starts_at", "ends_at", "channel", "reason",
    "status", "renewals", "cancel_cause", "by", "requested_at", "created_at", "version",
)  # fmt: skip

SCORES = """
INSERT INTO scheduling_noshowscore (appointment_id, model_id, probability, moment, reasons)
SELECT id, %(model)s, (id * 7 %% 10001) / 10000.0, %(at)s, '' FROM scheduling_appointment
"""


def run(bench: Bench) -> None:
    """Book, rank, try, plan, plan again."""
    people = 1_000 if bench.quick else PEOPLE
    evening = clock.at_wall(clock.today(), dt.time(20))
    count = _book(people, evening - dt.timedelta(days=1))
    _rank(bench, evening)
    ladder = _ladder(evening - dt.timedelta(days=1))
    seconds, trial = _timed(lambda: trying.dry_run(ladder, evening))
    bench.add("visits of a dry run", count / seconds, "/s", more={"seconds": seconds}, is_valid=trial.total == count)
    seconds, new = _timed(lambda: planning.plan_due(evening))
    more = {"visits": count, "planned": new}
    bench.add("deliveries of one step", new / seconds, "/s", at_least=20_000, more=more, is_valid=new == count)
    seconds, again = _timed(lambda: planning.plan_due(evening))
    bench.add("the same once more, nothing new", count / seconds, "/s", is_valid=again == 0)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    bench.add("most memory of the process", memory, "MiB", at_most=250)


def _rank(bench: Bench, at: dt.datetime) -> None:
    """From which risk on a visit of a large hospital is among the riskiest: asked by every run of the planner."""
    facts = {"kind": RiskKind.POINTS, "trained_at": at, "visits": 0, "parameters": {}, "card": {}}
    model = RiskModel.objects.create(version=1, **facts)
    with connection.cursor() as cursor:  # any four digits, spread evenly
        cursor.execute(SCORES, {"model": model.pk, "at": at})
    hospital.settle()
    step, taken = Step(audience=Audience.AT_RISK), []
    for _time in range(bench.rounds):
        seconds, cut = _timed(lambda: Ranking.at_services([], None, at).cut(step))
        taken.append(seconds)
    more = {"visits": cut.of, "from": cut.since, "times": taken}
    bench.add("the riskiest of the visits to come found", median(taken), "s", at_most=1, more=more)


def _book(people: int, at: dt.datetime) -> int:
    """Visits on the day after tomorrow, from eight o'clock on, five minutes each, booked at `at`."""
    hospital.add_patients(people)
    hospital.add_services(1, 1)
    slots = hospital.add_session(2, TIMES, people)
    people_ids = list(Patient.objects.values_list("pk", flat=True))
    with connection.cursor() as cursor:  # the data keep it; watching it takes longer than all that is measured
        cursor.execute("ALTER TABLE scheduling_appointment DROP CONSTRAINT patient_in_one_place_at_a_time")
    insert_rows(Appointment, COLUMNS, _rows(slots, people_ids, system_user().pk, at))
    Slot.objects.update(taken=people)
    hospital.settle()
    return people * len(slots)


def _rows(slots: list[Slot], people: list[int], by: int, at: dt.datetime) -> Iterator[tuple]:
    for number, slot in enumerate(slots):
        for place, person in enumerate(people, 1):
            yield (
                uuid.uuid4(), f"B{number:03d}{place:06d}", person, slot.pk, place, False, slot.starts_at, slot.ends_at,
                Channel.PORTAL.value, "", AppointmentStatus.BOOKED.value, 0, "", by, at, at, 1,
            )  # fmt: skip


def _ladder(since: dt.datetime) -> Ladder:
    ladder = Ladder.objects.create(name_en="Bench", state=LadderState.LIVE, live_since=since, by=system_user())
    Step.objects.create(ladder=ladder, hours_before=24, media="sms")
    return ladder


def _timed(work: Any) -> tuple[float, Any]:
    begun = time.perf_counter()
    done = work()
    return time.perf_counter() - begun, done
