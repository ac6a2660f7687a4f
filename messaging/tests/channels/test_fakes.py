"""The fake itself, as the engine's tests use it from another process."""

import json
import subprocess
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from messaging.channels.base import NotFromCarrier, TransportError
from messaging.tests.channels.helpers import REF, incoming, outgoing, transport
from messaging.tests.fakes import gateway
from messaging.tests.fakes.script import Ledger, Taken


@pytest.fixture
def process():
    command = [sys.executable, "-m", "messaging.tests.fakes", "--port", "0", "--drop-every", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        yield f"http://127.0.0.1:{running.stdout.readline().strip()}"
        running.kill()


def asked(url, orders=None):
    body = json.dumps(orders).encode() if orders is not None else None
    with urllib.request.urlopen(url, body, timeout=10) as answer:
        return json.load(answer)


def test_another_process_plays_the_gateway_and_tells_what_it_took(process):
    adapter = transport("webhook", f"{process}/gateway")
    adapter.send(outgoing("webhook"))
    with pytest.raises(TransportError):  # each second acceptance is dropped
        adapter.send(outgoing("webhook"))
    assert asked(f"{process}/_ledger")["by_ref"] == {str(REF): 1}


def test_another_process_can_be_told_to_forget_keys(process):
    asked(f"{process}/_script", {"honours_keys": False, "drop_every": 0})
    for _time in range(2):
        transport("webhook", f"{process}/gateway").send(outgoing("webhook"))
    assert asked(f"{process}/_ledger")["by_ref"] == {str(REF): 2}


@pytest.fixture
def hook():
    """A web server that does what the hook's view does: `heard` holds the events, in order of arrival."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                told = transport("webhook", "http://127.0.0.1").hear(incoming(headers=self.headers, body=body))
                running.heard += told.events
                self.send_response(200)
            except NotFromCarrier:
                self.send_response(403)
            self.end_headers()

        def log_message(self, *_args):
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.heard = []
    threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture
def two_taken(fake, hook):
    for number in (1, 2):
        url = f"http://127.0.0.1:{hook.server_address[1]}/"
        fake.ledger.write(Taken(str(REF), "gateway", f"gw-{number}", "", "", url))
    return fake


def test_receipts_come_twice_and_backwards(two_taken, hook):
    assert gateway.push(two_taken, twice=True, backwards=True) == [200] * 4
    numbers = [event.event_id for event in hook.heard]
    assert numbers == ["gw-2:delivered", "gw-1:delivered", "gw-2:delivered", "gw-1:delivered"]


def test_forged_receipts_are_refused(two_taken, hook):
    assert gateway.push(two_taken, forged=True) == [403, 403]
    assert not hook.heard


def test_a_ledger_counts_what_was_taken_twice():
    ledger = Ledger()
    for _time in range(2):
        ledger.write(Taken("r", "gateway", "1", "", ""))
    assert ledger.by_ref() == {"r": 2}
