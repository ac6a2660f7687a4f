import pytest

from accounts.tests.factories import UserFactory
from common import clock
from interactions import reasons
from interactions.reasons import Reason


@pytest.fixture(autouse=True)
def _database(db):
    """Every rule here is about rows."""


@pytest.fixture(autouse=True)
def _sentences(monkeypatch):
    """Sentences as a higher floor would register them."""
    monkeypatch.setitem(reasons._reasons, "test", Reason("No message arrived."))
    monkeypatch.setitem(reasons._reasons, "unconfirmed", Reason("No answer about %(when)s, %(service)s.", ("when",)))
    monkeypatch.setitem(reasons._reasons, "cancelled", Reason("The visit was cancelled."))


@pytest.fixture
def now():
    """This instant."""
    return clock.now()


@pytest.fixture
def alice():
    """An agent who sees all sites."""
    return UserFactory(role="agent", name="Alice")


@pytest.fixture
def bob():
    """Another one."""
    return UserFactory(role="agent", name="Bob")
