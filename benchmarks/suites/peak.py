"""A rush (放号): two thousand people want five hundred places within a minute, over HTTP, through the portal's pages.

Each of them is a browser without a script: it reads the page of times, waits in line when it is told to, chooses a
time, takes another when it was too late, and presses the last button. Meanwhile a member of staff works at the desk.
"""

import datetime as dt
import http.client
import random
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import quantiles
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connections
from django.urls import reverse

from accounts.models import User
from benchmarks import hospital, processes
from benchmarks.bench import Bench
from benchmarks.suites.booking import check
from common import clock
from directory.models import Site
from patients.models import Patient, PortalAccount
from portal import line, visitor
from scheduling.models import Appointment

PEOPLE, PLACES = 2_000, 500
RUSH = 60  # seconds within which they come
STACK = 512 * 1024  # bytes for each of two thousand threads, which mostly sleep
TRIES = 12  # times that somebody chooses before they give up
PATIENCE = 240  # seconds in line
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
CHOICE = re.compile(r'name="choice" value="([0-9a-f-]{36})"')


def run(bench: Bench) -> None:
    """The rush, what it gave, and how the desk fared."""
    people, places = (200, 50) if bench.quick else (PEOPLE, PLACES)
    call_command("collectstatic", interactive=False, verbosity=0)
    hospital.add_roster(hospital.add_services(4, 4), [(8, 18)], minutes=15)
    hospital.open_days(3)
    hospital.add_patients(people)
    slots = hospital.add_session(20, 500, 1)[:places]
    session = slots[0].session
    session.slots.exclude(pk__in=[slot.pk for slot in slots]).update(closed="blocked")
    Site.objects.update(max_open=8, max_per_day=3, max_per_department=1)
    visitors = [_visitor(patient) for patient in Patient.objects.order_by("pk")[:people]]
    clerk = _clerk()
    hospital.settle()
    connections.close_all()
    with processes.web(bench.log(), PORTAL_PER_SECOND=str(settings.PORTAL_PER_SECOND)) as web:
        crowd = Crowd(web.base_url, session, RUSH / 10 if bench.quick else RUSH)
        with _at_the_desk(web.base_url, clerk) as desk:
            seconds = crowd.come(visitors)
    _tell(bench, crowd, desk, places, seconds)
    check(bench)


def _visitor(patient: Patient) -> tuple[str, str]:
    """(session, public id) of somebody who has signed in before the rush."""
    account = PortalAccount.objects.create(
        phone=f"+86137{patient.pk:08d}", patient=patient, way="phone", linked_at=clock.now()
    )
    session = SessionStore()
    session[visitor.KEY] = visitor.signed_in(account)
    session.save()
    return session.session_key, str(patient.uuid)


def _clerk() -> str:
    """The session of a supervisor who sees all."""
    user = User.objects.create(username="desk", name="Desk", is_staff=True, sees_all_sites=True)
    user.groups.add(Group.objects.get(name="supervisor"))
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session.save()
    return session.session_key


@dataclass
class Browser:
    """One person's browser: cookies, and seconds of each answer by kind of page."""

    url: str
    cookies: dict[str, str]
    times: dict[str, list[float]]
    faults: list[str]

    def ask(self, kind: str, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """(status, page, where it leads)."""
        start = time.perf_counter()
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        try:
            headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
            if form is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, path, urlencode(form) if form is not None else None, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
        finally:
            connection.close()
        self.times.setdefault(kind, []).append(time.perf_counter() - start)
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                cookie, _semicolon, _rest = value.partition(";")
                self.cookies.update([cookie.split("=", 1)])
        if answer.status >= 500:
            self.faults.append(f"{path} answers {answer.status}")
        return answer.status, page, answer.getheader("Location") or ""


@dataclass
class Crowd:
    """Everybody who wants a place of the session, coming within `rush` seconds."""

    url: str
    session: object
    rush: float
    times: dict[str, list[float]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    booked: list[str] = field(default_factory=list)

    def come(self, visitors: list[tuple[str, str]]) -> float:
        """Let them all come; seconds until the last has left."""
        rng, start = random.Random(hospital.SEED), time.monotonic()
        moments = sorted(rng.uniform(0, self.rush) for _one in visitors)
        threading.stack_size(STACK)
        with ThreadPoolExecutor(len(visitors)) as pool:
            pairs = zip(visitors, moments, strict=True)
            list(pool.map(lambda pair: self._person(*pair[0], start + pair[1]), pairs))
        return time.monotonic() - start

    def _person(self, session: str, who: str, at: float) -> None:
        time.sleep(max(0.0, at - time.monotonic()))
        browser = Browser(self.url, {settings.SESSION_COOKIE_NAME: session}, self.times, self.faults)
        path = reverse("portal:times", args=[who, self.session.service.uuid, self.session.day])
        path += f"?doctor={self.session.practitioner.uuid}"
        try:
            page = self._in_line(browser, path)
            if self._book(browser, path, page):
                self.booked.append(who)
        except (OSError, http.client.HTTPException) as error:
            self.faults.append(repr(error))

    def _in_line(self, browser: Browser, path: str) -> str:
        """The page of times, once it is this person's turn."""
        began = time.monotonic()
        _status, page, _to = browser.ask("times", "GET", path)
        while "data-line" in page and time.monotonic() - began < PATIENCE:
            seconds = int(re.search(r'data-seconds="(\d+)"', page)[1])
            while seconds > 2 and time.monotonic() - began < PATIENCE:
                time.sleep(min(5, seconds))
                _status, said, _to = browser.ask("place in line", "GET", line.PATH)
                seconds = int(re.search(r'"seconds": (\d+)', said)[1])
            _status, page, _to = browser.ask("times", "GET", path)
        self.waited.append(time.monotonic() - began)
        return page

    def _book(self, browser: Browser, path: str, page: str) -> bool:
        """Choose until a time is kept, then confirm; False when there is none any more."""
        rng = random.Random(path)
        for _n in range(TRIES):
            choices = CHOICE.findall(page)
            if not choices:
                return False
            form = {"csrfmiddlewaretoken": TOKEN.search(page)[1], "choice": rng.choice(choices)}
            status, page, to = browser.ask("choose", "POST", path, form)
            if status == 302:
                _status, page, _to = browser.ask("check", "GET", to)
                form = {"csrfmiddlewaretoken": TOKEN.search(page)[1]}
                return browser.ask("confirm", "POST", to, form)[0] == 302
            if status == 409 and len(CHOICE.findall(page)) == 0:
                return False
        return False


@contextmanager
def _at_the_desk(url: str, session: str):
    """Somebody at the desk opens Today and the day board every second; seconds of each."""
    times: dict[str, list[float]] = {}
    over = threading.Event()
    day = clock.today() + dt.timedelta(days=1)
    pages = {"Today": reverse("admin:index"), "day board": f"{reverse('admin:desk:day')}?day={day}"}

    def work() -> None:
        browser = Browser(url, {settings.SESSION_COOKIE_NAME: session}, times, [])
        while not over.wait(1):
            for kind, path in pages.items():
                browser.ask(kind, "GET", path)

    thread = threading.Thread(target=work)
    thread.start()
    yield times
    over.set()
    thread.join()


def _tell(bench: Bench, crowd: Crowd, desk: dict[str, list[float]], places: int, seconds: float) -> None:
    booked = Appointment.objects.filter(status="booked", slot__session=crowd.session.pk).count()
    told = {"told that it is booked": len(crowd.booked), "faults": crowd.faults[:5]}
    bench.add("rush: booked of the places", booked / places, "", at_least=1, at_most=1, more=told)
    bench.add("rush: told so, of those booked", len(set(crowd.booked)) / booked, "", at_least=1, at_most=1)
    bench.add("rush: answers 5xx and lost connections", len(crowd.faults), "", at_most=0)
    bench.add("rush: until the last has left", seconds, "s")
    bench.add("rush: longest wait in line", max(crowd.waited), "s")
    for kind, some in sorted(crowd.times.items()):
        bench.add(f"rush: {kind}, p95", 1_000 * quantiles(some, n=20)[-1], "ms", more={"asked": len(some)})
    for kind, some in desk.items():
        bench.add(
            f"rush: {kind} at the desk meanwhile, p95",
            1_000 * quantiles(some, n=20)[-1],
            "ms",
            more={"asked": len(some)},
        )
