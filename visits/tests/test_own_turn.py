"""A patient's own place in the queue."""

import pytest

from common import clock
from patients.tests.factories import PatientFactory
from visits.services import arrival, own_turn, queue
from visits.tests.factories import booked, clinic, counter, noon, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket():
    """Of the third in line."""
    session = clinic()
    waiting(session, -10), waiting(session, -5)
    return waiting(session, 30)


def turn_of(ticket, *people):
    return own_turn.of(ticket.appointment.uuid, patients=people or [ticket.appointment.patient], at=noon())


def test_who_is_ahead_is_counted_and_the_wait_is_a_range(ticket):
    turn = turn_of(ticket)
    assert turn.estimate.ahead == 2
    assert 0 <= turn.estimate.low < turn.estimate.high
    assert turn.at == noon()


def test_who_is_called_is_still_ahead(ticket):
    queue.call_next(session=ticket.session, origin=counter(key="a"), at=noon())
    assert turn_of(ticket).estimate.ahead == 2


def test_who_is_called_themselves_waits_no_more(ticket):
    queue.call(entry=ticket, origin=counter(), at=noon())
    turn = turn_of(ticket)
    assert (turn.entry.state, turn.estimate) == ("called", None)


def test_nobody_sees_the_ticket_of_somebody_else(ticket):
    assert turn_of(ticket, PatientFactory()) is None


def test_a_check_in_that_was_taken_back_or_never_was_is_no_ticket(ticket):
    arrival.take_back(entry=ticket, origin=counter(), at=noon())
    assert turn_of(ticket) is None
    visit = booked(ticket.session, 40)
    assert own_turn.of(visit.uuid, patients=[visit.patient], at=noon()) is None


def test_the_ticket_of_another_day_is_none_today(ticket):
    tomorrow = clock.day_bounds(clock.today(noon()))[1]
    assert own_turn.of(ticket.appointment.uuid, patients=[ticket.appointment.patient], at=tomorrow) is None
