"""What a patient began on the portal and did not finish."""

import datetime as dt

import pytest

from accounts.models import Channel
from accounts.services.actors import portal_user
from common import clock
from patients.tests.factories import PatientFactory
from scheduling.services import appointments, begun, holds
from scheduling.services.origin import Origin
from scheduling.tests.factories import SessionFactory, SlotFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def origin():
    return Origin(portal_user(), Channel.PORTAL)


@pytest.fixture
def alice():
    return PatientFactory(name="Alice")


@pytest.fixture
def slot():
    return SlotFactory(session=SessionFactory(day=clock.today() + dt.timedelta(days=5)))


@pytest.fixture
def kept(slot, alice, origin):
    return holds.hold(slot=slot, patient=alice, origin=origin)


def latest(alice, origin, **later):
    return begun.latest([alice], by=origin.by, at=clock.now() + dt.timedelta(**later))


def test_it_is_there_while_the_place_is_kept_and_after_it_has_lapsed(kept, alice, origin):
    assert latest(alice, origin) == kept
    holds.lapse_expired(clock.now() + dt.timedelta(minutes=10))
    assert latest(alice, origin, hours=23) == kept


def test_it_is_gone_after_a_day(kept, alice, origin):
    assert latest(alice, origin, hours=25) is None


def test_it_is_gone_once_it_was_booked(kept, alice, origin):
    holds.book_held(hold=kept, origin=origin)
    assert latest(alice, origin) is None


def test_it_is_gone_once_the_same_was_booked_by_phone(kept, slot, alice, origin):
    holds.lapse_expired(clock.now() + dt.timedelta(minutes=10))
    desk = Origin(origin.by, Channel.PHONE)
    appointments.book(patient=alice, slot=SlotFactory(session=slot.session, number=1), origin=desk)
    assert latest(alice, origin) is None


def test_it_is_gone_when_they_gave_the_place_back(kept, alice, origin):
    holds.release(hold=kept, origin=origin)
    assert latest(alice, origin) is None


def test_it_is_nobody_elses(kept, origin):
    assert latest(PatientFactory(name="Bob"), origin) is None
