"""Clients of the API for races: each with its own connection, speaking plain HTTP."""

import http.client
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit


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


def all_at_once(count: int, act) -> list:
    """`act(n)` for n below `count`, in as many threads."""
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(act, range(count)))
