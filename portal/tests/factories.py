"""Messages of every kind that carries a link, as the worker would send them."""

import datetime as dt
from urllib.parse import urlsplit

from accounts.models import Channel
from accounts.tests.factories import UserFactory
from common import clock
from directory.models import Site
from directory.tests.factories import DepartmentFactory, LocationFactory, PractitionerFactory, ServiceFactory
from messaging import kinds
from messaging.models import Delivery
from messaging.services import planning
from messaging.services.planning import Planned
from patients.models import Patient
from patients.tests.factories import PatientFactory
from reminders.services import restricting
from scheduling.models import Appointment, BookingRestriction
from scheduling.models.appointment import CancelCause
from scheduling.services import appointments, stoppages, substitutes, waitlist
from scheduling.services.origin import Origin
from scheduling.tests.factories import SessionFactory, SlotFactory, WaitlistEntryFactory, restricted

PHONE = "010 5555 0100"


def desk() -> Origin:
    """A supervisor at the front desk."""
    return Origin(UserFactory(role="supervisor", sees_all_sites=True), Channel.DESK)


def clinic(days: int = 5, **department):
    """A session so many days from now with four free places, nine to ten."""
    texts = {"preparation_en": "Please come fasting.", "preparation_zh": "请空腹就诊。"}
    known = {"name_en": "Cardiology", "site__phone": PHONE, "site__address": "1 River Road", "site__code": "main"}
    department = DepartmentFactory(**known | department)
    service = ServiceFactory(department=department, **texts)
    session = SessionFactory(
        practitioner=PractitionerFactory(name="Chen Yu"), service=service, day=clock.today() + dt.timedelta(days=days),
        location=LocationFactory(site=department.site, code="12", floor="3F"),
    )  # fmt: skip
    return with_places(session)


def another(session, days: int = 1):
    """The same practitioner's session some days later."""
    again = SessionFactory(
        practitioner=session.practitioner, service=session.service, location=session.location,
        day=session.day + dt.timedelta(days=days),
    )  # fmt: skip
    return with_places(again)


def with_places(session):
    for number in range(4):
        SlotFactory(session=session, number=number)
    return session


def booked(session, patient: Patient | None = None, number: int = 0) -> Appointment:
    """A visit in the session's place with this number."""
    patient = patient or PatientFactory(name="Alice Smith", language="en")
    return appointments.book(patient=patient, slot=slot_of(session, number), origin=desk())


def slot_of(session, number: int):
    return session.slots.order_by("starts_at")[number]


def told(kind: str, about: Appointment, about_kind: str = "appointment", pk: int | None = None) -> str:
    """Send a message of this kind; returns the address in its link, without the host."""
    now = clock.now()
    planned = Planned(
        key=f"{kind}:{about.pk}:{about.version}", patient=about.patient, kind=kind, media=["sms"], due_at=now,
        expires_at=now + dt.timedelta(days=3), about=(about_kind, pk or about.pk, about.version),
    )  # fmt: skip
    planning.plan([planned], now)
    delivery = Delivery.objects.select_related("patient").get(key=planned.key)
    verdict = kinds.known(kind).judge([delivery], now)[delivery.pk]
    assert verdict.stop == ""
    return urlsplit(verdict.facts["link"]).path


def restriction() -> tuple[BookingRestriction, str]:
    """Somebody is restricted after three missed visits, and hears of it."""
    held = restricted(PatientFactory(name="Alice Smith", language="en"), by=desk().by)
    Site.objects.filter(phone="").update(phone=PHONE)
    restricting.tell(clock.now())
    delivery = Delivery.objects.select_related("patient").get(kind="restricted", about_id=held.pk)
    verdict = kinds.known("restricted").judge([delivery], clock.now())[delivery.pk]
    return held, urlsplit(verdict.facts["link"]).path


def stopped(session) -> tuple[Appointment, str]:
    """The clinic of somebody booked stops, and another place is kept for them."""
    lost = booked(session)
    another(session)
    plan = stoppages.plan([session], origin=desk())
    stoppages.apply(plan, kind="cancel", reason="ill", origin=desk())
    substitutes.keep_all(plan, origin=desk())
    lost.refresh_from_db()
    assert lost.cancel_cause == CancelCause.CLINIC
    return lost, told("stopped_kept", lost)


def offered(session) -> tuple[object, str]:
    """A free place is offered to somebody who waits."""
    patient = PatientFactory(name="Alice Smith", language="en")
    entry = WaitlistEntryFactory(service=session.service, patient=patient)
    offer = waitlist.offer(entry=entry, slot=slot_of(session, 0), origin=desk())
    return offer, told("offer", offer.appointment, "offer", offer.pk)
