"""A visit to come, the address in the message about it, and what its reader does there."""

import re

import pytest

from messaging.tests.factories import ChannelFactory
from messaging.tests.scripted import Clock
from portal.tests.factories import booked, clinic, told


@pytest.fixture(autouse=True)
def _database(db):
    """Every page here shows rows."""


@pytest.fixture
def noon(monkeypatch):
    """The clock stands at noon of 1 December 2026."""
    return Clock(monkeypatch)


@pytest.fixture
def session():
    return clinic()


@pytest.fixture
def visit(session):
    """Alice's visit at nine in five days."""
    return booked(session)


@pytest.fixture
def address(visit):
    """Of the link in the reminder of it."""
    return told("reminder", visit)


@pytest.fixture
def press(client):
    """`press(address, "confirm")`: press that button of the page; returns the page that follows."""

    def send(address, code, version=None):
        if version is None:
            pages = [client.get(url).content.decode() for url in (address, f"{address}sure/{code}/")]
            found = re.search(r'name="version" value="(\d+)"', "".join(pages))
            version = found[1] if found else 1
        return client.post(address, {"answer": code, "version": version}, follow=True)

    return send


@pytest.fixture
def carriers():
    """Codes go to the outbox, by text message or by a call."""
    for medium in ("sms", "voice"):
        ChannelFactory(medium=medium, kind="outbox")
