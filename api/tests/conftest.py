import json

import pytest

from accounts.services import devices
from accounts.tests.factories import DeviceFactory


class Caller:
    """A channel's device with its key, speaking JSON to the API."""

    def __init__(self, client, key, secret):
        self.client, self.key, self.secret = client, key, secret

    @property
    def user(self):
        return self.key.device.user

    def send(self, method, path, body=None, *, language="en", repeat="", **headers):
        """`path` below /api/v1/; `repeat` is the Idempotency-Key."""
        headers |= {"Authorization": f"Api-Key {self.secret}", "Accept-Language": language}
        if repeat:
            headers["Idempotency-Key"] = repeat
        data = json.dumps({} if body is None else body, default=str) if method == "POST" else b""
        return self.client.generic(method, f"/api/v1/{path}", data, content_type="application/json", headers=headers)

    def get(self, path, **more):
        return self.send("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.send("POST", path, body, **more)

    def delete(self, path, **more):
        return self.send("DELETE", path, **more)


@pytest.fixture
def caller(db, client):
    """`caller(may_register=False, channel="kiosk")`: a new device with a key."""

    def make(channel="phone", **rights):
        device = DeviceFactory(channel=channel)
        return Caller(client, *devices.create_key(device, **rights))

    return make


@pytest.fixture
def phone(caller):
    """Our own phone menu, with every right."""
    return caller()


@pytest.fixture
def partner(caller):
    """Another system, which sees only what it made itself."""
    return caller("partner")
