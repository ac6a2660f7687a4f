import pytest

from messaging import kinds

from .factories import make_kind


@pytest.fixture
def known(monkeypatch):
    """Makes kinds of message known for the length of one test: `known(make_kind(…))`."""
    monkeypatch.setattr(kinds, "_kinds", {})
    return kinds.register


@pytest.fixture
def kind(known):
    """The one kind of message that there is."""
    return known(make_kind())
