"""Patients who are signed in, without the way through phone and code."""

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore

from common import clock
from patients.models import Patient, PortalAccount
from portal import visitor


def account_of(patient: Patient | None, phone: str = "+8613800138000") -> PortalAccount:
    """An account that is linked to the record of `patient`, or to none yet; who has one gets no second."""
    known = PortalAccount.objects.live().filter(patient=patient).first() if patient else None
    if known:
        return known
    linked = {"patient": patient, "way": "phone", "linked_at": clock.now()} if patient else {}
    if PortalAccount.objects.live().filter(phone=phone).exists():
        phone = f"+86139{PortalAccount.objects.count():08}"
    return PortalAccount.objects.create(phone=phone, language=patient.language if patient else "en", **linked)


def enter(client, patient: Patient | None, **more) -> PortalAccount:
    """The client is signed in."""
    account = account_of(patient, **more)
    client.cookies[settings.SESSION_COOKIE_NAME] = _session_of(account)
    return account


def enter_page(page, live_server, patient: Patient | None, **more) -> PortalAccount:
    """The browser is signed in."""
    account = account_of(patient, **more)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": _session_of(account), "url": live_server.url}])
    return account


def session_of(patient: Patient) -> str:
    """The name of a session in which the patient is signed in."""
    return _session_of(account_of(patient))


def _session_of(account: PortalAccount) -> str:
    session = SessionStore()
    session[visitor.KEY] = visitor.signed_in(account)
    session.save()
    return session.session_key
