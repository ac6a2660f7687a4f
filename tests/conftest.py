import pytest

from accounts.services import devices


@pytest.fixture
def unlimited(monkeypatch):
    """Web processes that start after this count no requests: a race is not a flood."""
    monkeypatch.setenv("API_RATE", "1000000")


@pytest.fixture
def channel_secret(transactional_db):
    """The key of a phone menu that may do everything that a channel may."""
    _key, secret = devices.create_key(devices.register(name="Phone menu", channel="phone"))
    return secret
