"""A department with one practitioner on the grid tomorrow, and the front desk of its site."""

import datetime as dt

import pytest

from accounts.tests.factories import UserFactory
from common import clock
from directory.models import Scope
from directory.tests.factories import DepartmentFactory, PractitionerFactory, ServiceFactory
from scheduling.tests.factories import SessionFactory, SlotFactory
from visits.tests.factories import noon

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def department(db):
    return DepartmentFactory(name_en="Cardiology")


@pytest.fixture
def session(department):
    practitioner = PractitionerFactory(name="Chen Yu", name_pinyin="chen yu")
    return SessionFactory(practitioner=practitioner, service=ServiceFactory(department=department))


@pytest.fixture
def slots(session):
    return [SlotFactory(session=session, number=number) for number in range(3)]


def _of_site(department, role):
    person = UserFactory(role=role, sees_all_sites=False)
    Scope.objects.create(user=person, site=department.site)
    return person


@pytest.fixture
def clerk(department):
    """Front desk of the department's site only."""
    return _of_site(department, "front_desk")


@pytest.fixture
def boss(as_user, supervisor):
    """The supervisor, signed in as `desk` is."""
    return as_user(supervisor)


@pytest.fixture
def supervisor(department):
    """Supervisor of the department's site only."""
    return _of_site(department, "supervisor")


@pytest.fixture
def two_columns(transactional_db):
    """Two practitioners with three slots each, tomorrow at nine."""
    service, day = ServiceFactory(), clock.today() + dt.timedelta(days=1)
    people = [PractitionerFactory(name=name, name_pinyin=name.lower()) for name in ("Chen Yu", "Wang Fang")]
    sessions = [SessionFactory(practitioner=person, service=service, day=day) for person in people]
    return [[SlotFactory(session=session, number=number) for number in range(3)] for session in sessions]


@pytest.fixture
def as_user(client, db):
    """`as_user(person)`: a client that is signed in and speaks as htmx does."""

    def sign_in(person):
        client.force_login(person, backend=BACKEND)
        client.defaults["HTTP_HX_REQUEST"] = "true"
        return client

    return sign_in


@pytest.fixture
def desk(as_user, clerk):
    return as_user(clerk)


@pytest.fixture
def at_noon(monkeypatch):
    """The clock stands at noon of today."""
    moment = noon()
    monkeypatch.setattr(clock, "now", lambda: moment)
    return moment
