"""What every test stands on: no network, a real database, a browser, and web processes like those of a hospital.

`.venv/bin/pytest path` runs on SQLite; `DATABASE=postgresql .venv/bin/pytest path` on a PostgreSQL that it starts.
"""

import os
import socket
import threading
import time

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from hypothesis import settings
from playwright.sync_api import sync_playwright

from crm import translations
from scripts import chromium
from tests.processes import Web, database_url

LOOPBACK = ("127.", "::1", "localhost")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright runs an event loop in the thread of the tests


def pytest_configure(config):
    """The tests read Chinese too, and a counterexample is a wrong answer, never a slow one: machines are busy."""
    translations.compile_all()
    settings.register_profile("hospital", deadline=None)
    settings.load_profile("hospital")


def _guard(connect):
    def guarded(self, address):
        if self.family != socket.AF_UNIX and not str(address[0]).startswith(LOOPBACK):
            raise OSError(f"A test tried to reach {address[0]}: tests talk to this machine only.")
        return connect(self, address)

    return guarded


@pytest.fixture(autouse=True, scope="session")
def _no_network():
    """Connections leave this machine for nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _guard(socket.socket.connect))
        patch.setattr(socket.socket, "connect_ex", _guard(socket.socket.connect_ex))
        yield


@pytest.fixture(autouse=True)
def _empty_cache():
    """Limits and counters of one test do not reach the next."""
    cache.clear()


@pytest.fixture
def live_processes(transactional_db, tmp_path):
    """A real gunicorn (2 processes x 4 threads) on a free loopback port, on this test's database: for races.

    Yields an object with `base_url`, `log` (a path) and `restart()`. What the test has saved before its requests is
    visible to the processes, because `transactional_db` commits; the tables are emptied afterwards. On SQLite the
    database is a file in WAL mode that the processes open too.

        def test_…(live_processes):
            slot = SlotFactory(capacity=1)
            with ThreadPoolExecutor(100) as pool:
                answers = list(pool.map(lambda _: urlopen(f"{live_processes.base_url}/…"), range(100)))
    """
    web = Web(database_url(), tmp_path / "web.log")
    web.start()
    yield web
    web.stop()


@pytest.fixture(scope="session")
def browser():
    """One Chromium for the run, driven by Playwright."""
    path = chromium.find()
    assert path, chromium.MISSING
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=chromium.FLAGS)
        yield running
        running.close()


def _wait_for_answers(patience: float = 10) -> None:
    """Until `live_server` has answered all that a closed page still asked: emptying the tables meanwhile would meet
    its reads head-on (deadlock on PostgreSQL)."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and any("process_request_thread" in t.name for t in threading.enumerate()):
        time.sleep(0.02)


def _faults(said: list[str], without_network: bool) -> list[str]:
    """What a page's console said, without what is an answer (a refusal) or was meant (a request cut off)."""
    lost = ["Failed to load resource: net::ERR_", "htmx:"] if without_network else []
    refused = "Failed to load resource: the server responded with a status of 4"
    return [
        text for text in said if not text.startswith((*lost, refused)) or (text.startswith(refused) and "404" in text)
    ]


@pytest.fixture
def page(browser, live_server, request):
    """A fresh page (1366 x 768, English) whose relative addresses mean `live_server`.

    The test fails when the page reports an error: a script that threw, a policy that forbade, a file that is missing.
    """
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 1366, "height": 768}, locale="en-GB", timezone_id="Asia/Shanghai"
    )
    opened = context.new_page()
    complaints = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    yield opened
    context.close()
    _wait_for_answers()
    faults = _faults(complaints, request.node.get_closest_marker("without_network") is not None)
    assert not faults, faults


@pytest.fixture
def sign_in(page):
    """`sign_in(user)`: the page belongs to `user` from now on, without passing the sign-in form."""

    def give_session(user):
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        page.context.add_cookies(
            [{"name": "sessionid", "value": session.session_key, "domain": "localhost", "path": "/"}]
        )
        return page

    return give_session
