"""One local web server that plays all carriers with a web interface.

    fake = FakeCarriers().start()      # or: python -m messaging.tests.fakes --port 9009
    fake.script.then("drop", "status:429")
    fake.url("twilio")                 # the base address for the adapter's option
    fake.ledger.by_ref()

From another process: GET /_ledger; POST /_script {"then": ["drop"], "drop_every": 20, "honours_keys": false,
"reset": true}, each of them optional.
"""

import json
import socket
import struct
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from messaging.tests.fakes import aliyun, gateway, mail, tencent, twilio, wechat
from messaging.tests.fakes.script import Ledger, Script

SECRET = "a secret of the tests, long enough"
PLAYERS = {
    "twilio": twilio.play,
    "aliyun": aliyun.play,
    "tencent": tencent.play,
    "wechat": wechat.play,
    "gateway": gateway.play,
    "mail": mail.play,
}


@dataclass(frozen=True)
class Request:
    """What came in. `path` is below the carrier's own base address."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    url: str

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    def json(self) -> dict:
        return json.loads(self.body)


class FakeCarriers:
    """The server, its script and its ledger."""

    def __init__(self, port: int = 0, secret: str = SECRET, honours_keys: bool = True, script: Script | None = None):
        self.secret = secret
        self.honours_keys = honours_keys
        self.script = script or Script()
        self.ledger = Ledger()
        self.requests: list[Request] = []
        self.memory: dict = {}  # for carriers that hand out tokens
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.fake = self

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    def url(self, carrier: str) -> str:
        return f"http://127.0.0.1:{self.port}/{carrier}"

    def start(self) -> "FakeCarriers":
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def serve(self) -> None:
        self._server.serve_forever(poll_interval=0.05)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def control(self, orders: dict) -> dict:
        """Orders of another process."""
        if orders.get("reset"):
            self.script, self.ledger = Script(), Ledger()
        self.script.then(*orders.get("then", []))
        self.script.drop_every = orders.get("drop_every", self.script.drop_every)
        self.honours_keys = orders.get("honours_keys", self.honours_keys)
        return {"done": True}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    fake: FakeCarriers

    def handle_error(self, request, client_address):
        """A caller that hung up is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args):
        pass

    def do_GET(self):
        self._serve()

    def do_POST(self):
        self._serve()

    def _serve(self):
        carrier, request = self._read()
        if carrier == "_ledger":
            return self._answer(200, {}, json.dumps(self.server.fake.ledger.as_json()))
        if carrier == "_script":
            return self._answer(200, {}, json.dumps(self.server.fake.control(request.json())))
        self.server.fake.requests.append(request)
        return self._act(PLAYERS[carrier], request)

    def _read(self):
        parts = urlsplit(self.path)
        _empty, carrier, *rest = parts.path.split("/")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        return carrier, Request(
            self.command, "/" + "/".join(rest), query, headers, body, f"http://{headers.get('host', '')}{self.path}"
        )

    def _act(self, play, request):
        """Play one step. Looking things up (no message is handed over) takes no step: the player says so."""
        fake = self.server.fake
        looked_up = play(fake, request, None)
        if looked_up is not None:
            return self._answer(*looked_up)
        step, _colon, value = fake.script.next().partition(":")
        if step == "reset":
            return self._cut()
        if step == "status":
            return self._answer(int(value), {"Retry-After": "7"} if value in ("429", "503") else {}, "{}")
        if step == "redirect":
            return self._answer(302, {"Location": fake.url("elsewhere")}, "")
        if step == "wait":
            time.sleep(float(value))
        answer = play(fake, request, value if step == "refuse" else "")
        if step == "slow":
            time.sleep(float(value))
        if step == "drop":
            return self._cut()
        if step in ("garbage", "huge"):
            answer = 200, {}, "<html>" * (1 if step == "garbage" else 400_000)
        return self._answer(*answer)

    def _cut(self):
        """The connection ends at once, as when a machine dies."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def _answer(self, status, headers, body):
        raw = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(raw)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)
