import pytest

from messaging import kinds
from messaging.channels import TRANSPORTS
from messaging.models import MessageChannel

from .factories import make_kind
from .scripted import Clock, ScriptedTransport


@pytest.fixture
def known(monkeypatch):
    """Makes kinds of message known for the length of one test: `known(make_kind(…))`."""
    monkeypatch.setattr(kinds, "_kinds", {})
    return kinds.register


@pytest.fixture
def kind(known):
    """The one kind of message that there is."""
    return known(make_kind())


@pytest.fixture
def carrier(monkeypatch, db):
    """A carrier that does what the test says, for all media: `carrier.says(…)`; `carrier.sent` is what it got."""
    kind = type("Scripted", (ScriptedTransport,), {"sent": [], "script": [], "known": {}, "asked": []})
    monkeypatch.setitem(TRANSPORTS, "scripted", kind)
    MessageChannel.objects.update(kind="scripted")
    return kind


@pytest.fixture
def noon(monkeypatch):
    """The clock stands at noon of a Tuesday; `noon.later(minutes=5)` moves it."""
    return Clock(monkeypatch)
