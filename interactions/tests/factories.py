"""One valid default of each noun; invented people."""

import factory

from common import clock
from interactions.models import Task, TaskKind
from patients.tests.factories import PatientFactory


class TaskFactory(factory.django.DjangoModelFactory):
    """Somebody to call, due now, seen by everybody who works on tasks."""

    key = factory.Sequence(lambda n: f"test:{n}")
    kind = TaskKind.CALL_UNREACHED
    patient = factory.SubFactory(PatientFactory)
    why_code = "test"
    due_at = factory.LazyFunction(clock.now)

    class Meta:
        model = Task
