import datetime as dt

import pytest

from common import clock


@pytest.fixture(autouse=True)
def _database(db):
    """Every rule here is about rows."""


@pytest.fixture
def now():
    """This instant; the session of `SessionFactory` is tomorrow."""
    return clock.now()


@pytest.fixture
def minutes():
    """`minutes(5)` is five minutes."""
    return lambda n: dt.timedelta(minutes=n)
