import datetime as dt

import pytest

from visits.errors import OutcomeMissing, TicketState
from visits.models import Encounter
from visits.services import encounters, queue
from visits.tests.factories import clinic, counter, noon, waiting

pytestmark = pytest.mark.django_db
LATER = dt.timedelta(minutes=12)


def test_a_visit_begins_and_ends_with_its_outcome():
    entry = waiting(clinic())
    begun = encounters.start(entry=entry, origin=counter(), at=noon())
    ended = encounters.finish(
        entry=entry, outcome="return", follow_up_weeks=12, follow_up_note="check", origin=counter(), at=noon() + LATER
    )
    entry.refresh_from_db()
    assert ended == begun
    assert (ended.ended_at - ended.started_at, ended.follow_up_weeks) == (LATER, 12)
    assert (entry.state, entry.appointment.status) == ("done", "fulfilled")


def test_beginning_twice_is_beginning_once():
    entry = waiting(clinic())
    first = encounters.start(entry=entry, origin=counter(), at=noon())
    assert encounters.start(entry=entry, origin=counter(), at=noon() + LATER) == first
    assert Encounter.objects.count() == 1


def test_a_visit_does_not_end_without_saying_how():
    entry = waiting(clinic())
    encounters.start(entry=entry, origin=counter(), at=noon())
    with pytest.raises(OutcomeMissing):
        encounters.finish(entry=entry, outcome="", origin=counter(), at=noon())
    assert Encounter.objects.get().ended_at is None


def test_a_visit_that_has_not_begun_does_not_end():
    with pytest.raises(TicketState):
        encounters.finish(entry=waiting(clinic()), outcome="treated", origin=counter(), at=noon())


def test_results_are_a_second_encounter_of_the_same_appointment():
    entry = waiting(clinic())
    for outcome in ("tests", "treated"):
        encounters.start(entry=entry, origin=counter(), at=noon())
        encounters.finish(entry=entry, outcome=outcome, origin=counter(), at=noon() + LATER)
        if outcome == "tests":
            queue.come_back(entry=entry, origin=counter(), at=noon() + LATER)
    assert list(Encounter.objects.order_by("pk").values_list("outcome", flat=True)) == ["tests", "treated"]
    assert [event.kind for event in entry.appointment.events.order_by("pk")] == ["arrived", "fulfilled"]
