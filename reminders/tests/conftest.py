"""A hospital at noon, a patient with a phone, a visit to come, and a carrier that does what the test says."""

import datetime as dt

import pytest

from accounts.models import Channel
from accounts.tests.factories import UserFactory
from common import clock
from directory.tests.factories import DepartmentFactory, PractitionerFactory, ServiceFactory
from messaging.channels import TRANSPORTS
from messaging.channels.base import Reply
from messaging.models import Medium, MessageChannel
from messaging.services import receiving
from messaging.services.sending import drain
from messaging.tests.scripted import Clock, ScriptedTransport
from patients.tests.factories import ContactPointFactory, PatientFactory
from reminders import jobs
from reminders.models import Cursor
from scheduling.services import appointments
from scheduling.services.origin import Origin
from scheduling.tests.factories import SessionFactory, SlotFactory

PHONE = "+8613800138000"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def _database(db):
    """Every rule here is about rows."""


@pytest.fixture
def noon(monkeypatch):
    """The clock stands at noon of 1 December 2026; the worker has read all that happened before."""
    stands = Clock(monkeypatch)
    an_hour_ago = stands.now - dt.timedelta(hours=1)
    Cursor.objects.create(name="notices", begun_at=an_hour_ago, read_until=stands.now)
    return stands


@pytest.fixture
def carrier(monkeypatch):
    """See messaging.tests.scripted; receipts are not waited for."""
    kind = type("Scripted", (ScriptedTransport,), {"sent": [], "script": [], "known": {}, "asked": []})
    monkeypatch.setitem(TRANSPORTS, "scripted", kind)
    MessageChannel.objects.update(kind="scripted")
    return kind


@pytest.fixture
def alice():
    patient = PatientFactory(name="Alice Smith", language="en")
    ContactPointFactory(patient=patient, value=PHONE)
    return patient


@pytest.fixture
def bob():
    patient = PatientFactory(name="Bob Jones", language="en")
    ContactPointFactory(patient=patient, value="+8613800138111")
    return patient


@pytest.fixture
def session(noon):
    """Five days from now, nine to ten."""
    department = DepartmentFactory(name_en="Cardiology", site__phone="010 5555 0100", site__max_per_department=5)
    service = ServiceFactory(department=department, preparation_en="Please come fasting.", preparation_zh="请空腹。")
    practitioner = PractitionerFactory(name="Chen Yu")
    return SessionFactory(practitioner=practitioner, service=service, day=clock.today() + dt.timedelta(days=5))


@pytest.fixture
def slots(session):
    return [SlotFactory(session=session, number=number) for number in range(4)]


@pytest.fixture
def desk():
    """A supervisor at the front desk."""
    return Origin(UserFactory(role="supervisor", sees_all_sites=True), Channel.DESK)


@pytest.fixture
def visit(slots, alice, desk):
    """Alice's visit at nine, booked now."""
    return appointments.book(patient=alice, slot=slots[0], origin=desk)


def _minute():
    jobs.tell()
    jobs.offer()
    jobs.follow()


@pytest.fixture
def runs(carrier):
    """What the worker does in a minute: `runs()` returns the texts that went out."""

    def run():
        before = len(carrier.sent)
        _minute()
        jobs.plan()
        receiving.deal_with_new(clock.now())
        _minute()
        drain(seconds=5)
        return [message.text for message in carrier.sent[before:]]

    return run


@pytest.fixture
def says(runs):
    """`says("1")`: the patient sends it, the worker deals with it; returns what went out."""
    numbers = iter(range(1_000))

    def send(text, sender=PHONE, medium=Medium.SMS):
        channel = MessageChannel.objects.get(medium=medium)
        receiving.take(Reply(f"r{next(numbers)}", sender, text, medium), channel, clock.now())
        return runs()

    return send


@pytest.fixture
def as_role(client):
    """`as_role("auditor")`: a browser of somebody with that role, who sees all sites."""

    def sign_in(role="supervisor", **facts):
        client.force_login(UserFactory(role=role, sees_all_sites=True, **facts), backend=BACKEND)
        return client

    return sign_in
