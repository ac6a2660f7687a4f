"""Two people exchange what they hold into the last place, in a process each: one gets it, the other keeps the old."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from accounts.services.actors import portal_user
from patients.tests.factories import PatientFactory
from scheduling.models import Appointment
from scheduling.services import holds, pool
from scheduling.services.origin import Origin
from scheduling.tests.factories import SessionFactory, SlotFactory
from tests.processes import database_url

ROUNDS = 12


@pytest.mark.django_db(transaction=True)
def test_the_last_place_goes_to_one_of_two_and_the_other_still_has_the_old_one():
    origin, session = Origin(portal_user(), "portal"), SessionFactory()
    last = [SlotFactory(session=session, number=n) for n in range(ROUNDS)]
    kept = [[_held(origin) for _ in range(ROUNDS)] for _person in range(2)]
    people = [_process(zip(mine, last, strict=True)) for mine in kept]
    for number in range(ROUNDS):
        said = _at_once(people)
        assert sorted(said) == ["ok", "slot_full"]
        loser = kept[said.index("slot_full")][number]
        assert Appointment.objects.get(pk=loser.pk).status == "held"
    assert Appointment.objects.filter(status="held").count() == 2 * ROUNDS
    assert pool.check() == []
    for person in people:
        person.communicate(timeout=30)
    assert [person.returncode for person in people] == [0, 0]


def _held(origin):
    return holds.hold(slot=SlotFactory(), patient=PatientFactory(), origin=origin)


def _process(pairs):
    names = [str(row.uuid) for pair in pairs for row in pair]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "TEST_DATABASE_URL": database_url()}
    person = subprocess.Popen(
        [sys.executable, "-m", "tests.exchange_process", *names],
        cwd=settings.BASE_DIR, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert person.stdout.readline() == "ready\n"
    return person


def _at_once(people):
    """Both are told to go, one right after the other; what each says."""
    for person in people:
        person.stdin.write("go\n")
        person.stdin.flush()
    return [person.stdout.readline().strip() for person in people]
