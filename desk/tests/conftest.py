"""A department with one practitioner on the grid tomorrow, and the front desk of its site."""

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


@pytest.fixture
def clerk(department):
    """Front desk of the department's site only."""
    person = UserFactory(role="front_desk", sees_all_sites=False)
    Scope.objects.create(user=person, site=department.site)
    return person


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
