"""Clients for races, speaking plain HTTP: channels of the API, and desks whose pages speak as htmx does."""

import http.client
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.middleware.csrf import _get_new_csrf_string


@dataclass
class Answer:
    """What came back."""

    status: int
    body: dict


class Client:
    """One caller with a key and a kept connection."""

    def __init__(self, base_url: str, secret: str):
        self.connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=60)
        self.headers = {"Authorization": f"Api-Key {secret}", "Content-Type": "application/json"}

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *error) -> None:
        self.connection.close()

    def send(self, method: str, path: str, body: dict | None = None, key: str = "") -> Answer:
        """One request to `/api/v1/<path>`; a dropped keep-alive connection is opened again once."""
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        data = None if body is None else json.dumps(body, default=str)
        self.connection.request(method, f"/api/v1/{path}", data, headers)
        response = self.connection.getresponse()
        text = response.read()
        return Answer(response.status, json.loads(text) if text else {})

    def post(self, path: str, body: dict | None = None, key: str = "") -> Answer:
        return self.send("POST", path, body or {}, key or uuid.uuid4().hex)

    def book(self, slot, patient, key: str = "", **more) -> Answer:
        return self.post("appointments/", {"slot": slot, "patient": patient, **more}, key)


@dataclass
class Fragment:
    """What a press of a button brought."""

    status: int
    text: str


class Desk:
    """A signed-in person whose browser speaks as htmx does."""

    def __init__(self, base_url: str, user):
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        token = _get_new_csrf_string()
        self.host = urlsplit(base_url).netloc
        self.headers = {
            "Cookie": f"sessionid={session.session_key}; csrftoken={token}",
            "X-CSRFToken": token,
            "HX-Request": "true",
            "Content-Type": "application/x-www-form-urlencoded",
        }

    def press(self, address: str, **data) -> Fragment:
        """POST, on a connection of its own: a desk may press several buttons at once."""
        with closing(http.client.HTTPConnection(self.host, timeout=60)) as connection:
            connection.request("POST", address, urlencode(data), self.headers)
            answer = connection.getresponse()
            return Fragment(answer.status, answer.read().decode())


def all_at_once(count: int, act) -> list:
    """`act(n)` for n below `count`, in as many threads."""
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(act, range(count)))
