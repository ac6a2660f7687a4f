import datetime as dt

import pytest

from accounts.tests.factories import UserFactory
from directory.models import Scope
from directory.tests.factories import SiteFactory
from visits.errors import NobodyWaits, OtherDepartment, SessionOver, TicketNotFound, TicketState
from visits.models import Call, QueueEntry
from visits.services import encounters, queue
from visits.tests.factories import clinic, counter, noon, waiting

pytestmark = pytest.mark.django_db


def test_the_first_in_turn_is_called_to_the_sessions_room():
    session = clinic()
    late, first = waiting(session, 0, arrived=30), waiting(session, 15)
    called = queue.call_next(session=session, origin=counter())
    assert (called, called.state) == (first, "called")
    assert queue.call_next(session=session, origin=counter()) == late
    assert Call.objects.count() == 2
    assert list(called.history.values_list("state", flat=True)) == ["called", "waiting"]


def test_when_nobody_waits_that_is_said():
    with pytest.raises(NobodyWaits):
        queue.call_next(session=clinic(), origin=counter())


def test_a_double_click_calls_one_person():
    session = clinic()
    waiting(session), waiting(session, 15)
    desk = counter(key="click-1")
    assert queue.call_next(session=session, origin=desk) == queue.call_next(session=session, origin=desk)
    assert QueueEntry.objects.filter(state="called").count() == 1


def test_called_again_the_ticket_stays_and_the_call_is_heard_twice():
    session = clinic()
    waiting(session)
    entry = queue.call_next(session=session, origin=counter())
    queue.call(entry=entry, origin=counter())
    assert (entry.calls.count(), QueueEntry.objects.get().state) == (2, "called")


def test_who_does_not_answer_is_skipped_and_put_back_behind_three():
    session = clinic()
    absent, *others = [waiting(session, minutes) for minutes in (0, 5, 10, 15, 20)]
    queue.skip(entry=queue.call_next(session=session, origin=counter()), origin=counter())
    queue.put_back(entry=absent, origin=counter())
    called = [queue.call_next(session=session, origin=counter()) for _ in range(5)]
    assert called == [*others[:3], absent, others[3]]


def test_put_back_into_an_empty_queue_is_simply_waiting():
    session = clinic()
    waiting(session)
    entry = queue.call_next(session=session, origin=counter())
    assert queue.put_back(entry=entry, origin=counter()).state == "waiting"
    assert queue.call_next(session=session, origin=counter()) == entry


def test_handed_over_they_wait_for_the_other_session_with_the_turn_they_have():
    here = clinic()
    there = clinic(service__department=here.service.department)
    entry = waiting(here)
    moved = queue.hand_over(entry=entry, session=there, origin=counter())
    assert (moved.session, moved.turn_at) == (there, entry.turn_at)
    with pytest.raises(NobodyWaits):
        queue.call_next(session=here, origin=counter())
    assert queue.call_next(session=there, origin=counter()) == entry


def test_nobody_is_handed_over_to_another_department():
    entry = waiting(clinic())
    with pytest.raises(OtherDepartment):
        queue.hand_over(entry=entry, session=clinic(), origin=counter())
    entry.refresh_from_db()
    assert queue.call_next(session=entry.session, origin=counter()) == entry


def test_another_priority_of_somebody_who_came_back_counts_from_their_return():
    session = clinic()
    entry = waiting(session)
    queue.leave(entry=entry, origin=counter())
    back = queue.come_back(entry=entry, origin=counter(), at=noon() + dt.timedelta(minutes=50))
    assert back.arrived_at == back.turn_at == noon() + dt.timedelta(minutes=50)
    frail = queue.prioritise(entry=entry, priority="frail", origin=counter())
    assert frail.turn_at == noon() + dt.timedelta(minutes=35)


def test_an_urgent_one_is_called_first():
    session = clinic()
    waiting(session)
    urgent = waiting(session, 30)
    queue.prioritise(entry=urgent, priority="urgent", origin=counter())
    assert queue.call_next(session=session, origin=counter()) == urgent


def test_back_with_results_they_wait_again_with_the_same_ticket():
    session = clinic()
    entry = waiting(session)
    encounters.start(entry=entry, origin=counter(), at=noon())
    encounters.finish(entry=entry, outcome="tests", origin=counter(), at=noon())
    back = queue.come_back(entry=entry, origin=counter(), at=noon())
    assert (back.ticket, back.state, back.kind) == (entry.ticket, "waiting", "results")


@pytest.mark.parametrize("act", [queue.skip, queue.come_back])
def test_what_the_state_forbids_is_refused(act):
    with pytest.raises(TicketState):
        act(entry=waiting(clinic()), origin=counter())


def test_who_left_is_no_longer_called():
    session = clinic()
    queue.leave(entry=waiting(session), origin=counter())
    with pytest.raises(NobodyWaits):
        queue.call_next(session=session, origin=counter())


def test_a_cancelled_session_calls_nobody():
    session = clinic(status="cancelled")
    with pytest.raises(SessionOver):
        queue.call_next(session=session, origin=counter())


def test_nobody_calls_at_a_site_that_is_not_theirs():
    entry = waiting(clinic())
    stranger = UserFactory(role="front_desk", sees_all_sites=False)
    Scope.objects.create(user=stranger, site=SiteFactory())
    with pytest.raises(TicketNotFound):
        queue.call(entry=entry, origin=counter(stranger))
    with pytest.raises(TicketNotFound):
        queue.call_next(session=entry.session, origin=counter(stranger))
