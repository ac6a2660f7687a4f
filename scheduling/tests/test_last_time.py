import datetime as dt

import pytest

from common import clock
from directory.tests.factories import PractitionerFactory, ServiceFactory
from patients.tests.factories import PatientFactory
from scheduling.services import last_time
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory


@pytest.fixture
def patient():
    return PatientFactory()


def visit(patient, service, person, days, **more):
    session = SessionFactory(service=service, practitioner=person, day=clock.today() + dt.timedelta(days=days))
    return AppointmentFactory(patient=patient, slot=SlotFactory(session=session), **more)


def test_each_practitioner_and_service_is_named_once_newest_first(patient):
    service, other, person = ServiceFactory(), ServiceFactory(), PractitionerFactory()
    visit(patient, service, person, -30, status="fulfilled")
    last = visit(patient, service, person, -2, status="fulfilled")
    coming = visit(patient, other, person, 3)
    elsewhere = visit(patient, service, PractitionerFactory(), -60, status="noshow")
    SessionFactory(service=service)
    visit(PatientFactory(), service, person, 1)
    assert last_time.recent(patient) == [coming, last, elsewhere]
    assert last_time.recent(patient, limit=1) == [coming]


def test_what_was_cancelled_or_only_held_is_no_visit(patient):
    service, person = ServiceFactory(), PractitionerFactory()
    visit(patient, service, person, 2, status="cancelled")
    visit(patient, service, person, 3, status="lapsed")
    visit(patient, service, person, 4, status="held", held_until=clock.now() + dt.timedelta(minutes=5))
    assert last_time.recent(patient) == []


def test_a_service_that_is_no_longer_offered_is_left_out(patient):
    ended, closed = ServiceFactory(), ServiceFactory(is_active=False)
    visit(patient, ended, PractitionerFactory(), -2, status="fulfilled")
    visit(patient, closed, PractitionerFactory(), 2)
    assert last_time.recent(patient) == []
    SessionFactory(service=ended)
    assert len(last_time.recent(patient)) == 1


def test_it_takes_one_statement_with_all_that_a_page_names(patient, django_assert_num_queries):
    for days in range(1, 4):
        visit(patient, ServiceFactory(), PractitionerFactory(), days)
    with django_assert_num_queries(1):
        assert [str(one.slot.service.department.site) + one.slot.session.practitioner.name
                for one in last_time.recent(patient)]  # fmt: skip
