"""SIMULATION: staff at the telephone, who work off the tasks that the program opens."""

import datetime as dt
from collections.abc import Callable

from accounts.models import User
from benchmarks.quarter.counting import CALLS, RISK_CALLS
from benchmarks.quarter.odds import ANSWERS_CALL, WANTS_AGAIN_CALLED, Person
from benchmarks.quarter.town import Town, visit
from directory.models import HealthcareService
from interactions.models import Task, TaskKind, TaskOutcome
from interactions.services import tasks
from patients.models import Patient
from scheduling.models import Appointment


class Telephone:
    """book: takes the soonest place for a person at a service."""

    def __init__(self, town: Town, desk: User, book: Callable[[Patient, HealthcareService], bool]) -> None:
        self._town, self._desk, self._book = town, desk, book

    def call(self, at: dt.datetime) -> None:
        """Everybody whom a task says to call now; answers that nobody understood are read."""
        for task in Task.objects.due(at).exclude(patient=None).order_by("pk"):
            if task.kind == TaskKind.READ_ANSWER:
                tasks.close(task=task, outcome=TaskOutcome.REACHED, by=self._desk, at=at)
                continue
            self._town.count(CALLS, at)
            self._town.count(RISK_CALLS, at, int(task.kind == TaskKind.CALL_RISK))
            self._dial(task, at)

    def _dial(self, task: Task, at: dt.datetime) -> None:
        person, which = self._town.person(task.patient_id), f"{task.kind} {task.why_values} {task.tries}"
        if not (person.is_reachable and person.does("answers", which, ANSWERS_CALL)):
            tasks.tried(task=task, by=self._desk, at=at)
            return
        tasks.close(task=task, outcome=self._said(task, person), by=self._desk, at=at)

    def _said(self, task: Task, person: Person) -> TaskOutcome:
        if task.kind == TaskKind.CALL_OFFER:
            return TaskOutcome.REFUSED
        one = Appointment.objects.select_related("slot__service", "patient").get(pk=task.about_id)
        if task.kind == TaskKind.CALL_MISSED:
            return self._again(one, person)
        self._town.called.add(one.pk)
        return TaskOutcome.REACHED if self._town.would_miss(one) else TaskOutcome.CONFIRMED

    def _again(self, one: Appointment, person: Person) -> TaskOutcome:
        if not person.does("again, called", visit(one), WANTS_AGAIN_CALLED):
            return TaskOutcome.REFUSED
        return TaskOutcome.MOVED if self._book(one.patient, one.slot.service) else TaskOutcome.REFUSED
