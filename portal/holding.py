"""What the hospital holds of a person: as a list in words, and as a copy for another program (PIPL, articles 45, 48).

The list masks numbers, because a screen is seen by others. The copy has phones in full; of documents it has the last
digits only, as whoever holds the phone for a minute must not carry them away: the desk shows them against a document.
"""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from common import clock, shown
from common.references import show_reference
from messaging.models import Delivery, DeliveryState
from patients.models import Patient, PortalAccount, RelatedPerson
from patients.services import revealing
from scheduling.models import Appointment

TOLD = (DeliveryState.ACCEPTED, DeliveryState.DELIVERED)
LOOKED_BACK = dt.timedelta(days=180)


def lines(person: Patient, account: PortalAccount) -> list[tuple[Any, list[str]]]:
    """(what, the values as they may be seen), in the order of a form."""
    consents = person.consents.live().order_by("pk")
    return [
        (_("Name"), [person.name]),
        (_("Birth date"), [shown.birth(person.birth_date, person.age())]),
        (_("Sex"), [person.get_sex_display()]),
        (_("You sign in with"), [account.phone_masked]),
        (_("Phones and addresses"), [one.masked for one in person.contact_points.live().order_by("rank", "pk")]),
        (_("Documents"), [str(one) for one in person.identifiers.live().order_by("pk")]),
        (_("Visits"), [str(_visits(person).count())]),
        (_("Messages sent to you"), [str(_told(person).count())]),
        (_("Consents"), [str(one.get_purpose_display()) for one in consents]),
    ]


def copy(person: Patient, account: PortalAccount) -> dict[str, Any]:
    """Everything of it, in the words of the database, so that a program can read it in any language."""
    return {
        "made_at": clock.now(),
        "record_number": person.record_number,
        "person": {name: getattr(person, name) for name in ("name", "sex", "birth_date", "language")},
        "account": {"phone": account.phone, "since": account.created_at, "linked_by": account.way},
        "contacts": [_contact(one) for one in person.contact_points.order_by("pk")],
        "documents": [
            {"kind": one.system, "number_masked": one.masked, "since": one.created_at, "ended_at": one.ended_at}
            for one in person.identifiers.order_by("pk")
        ],
        "consents": [_consent(one) for one in person.consents.order_by("pk")],
        "family": [_related(one, one.patient, "acts_for") for one in person.acts_for.select_related("patient")]
        + [_related(one, one.proxy, "acted_for_by") for one in person.proxies.select_related("proxy")],
        "visits": [_visit(one) for one in _visits(person).for_desk().order_by("starts_at", "pk")],
        "messages": [_message(one) for one in _told(person).order_by("pk")],
        "requests": [
            {"asked_at": one.created_at, "about": one.why_code, "text": one.why_values.get("text", ""),
             "answer_by": one.due_at, "answered_at": one.closed_at, "outcome": one.outcome}
            for one in person.tasks.filter(kind="privacy").order_by("pk")
        ],
        "looked_at": [
            {"at": one.at, "act": one.action} for one in revealing.looks_at(person, since=clock.now() - LOOKED_BACK)
        ],
    }  # fmt: skip


def _visits(person: Patient) -> Any:
    return Appointment.objects.once_booked().filter(patient=person)


def _told(person: Patient) -> Any:
    return Delivery.objects.filter(patient=person, state__in=TOLD)


def _contact(one: Any) -> dict[str, Any]:
    known = {"kind": one.system, "value": one.value, "use": one.use, "since": one.created_at}
    return known | {"proved_at": one.verified_at, "refused_at": one.refused_at, "ended_at": one.ended_at}


def _consent(one: Any) -> dict[str, Any]:
    known = {"purpose": one.purpose, "version": one.version, "text_shown": one.text_shown, "given_by": one.channel}
    return known | {"given_at": one.given_at, "withdrawn_at": one.withdrawn_at}


def _related(one: RelatedPerson, other: Patient, side: str) -> dict[str, Any]:
    """Of the other person the name alone: the rest is theirs."""
    known = {"side": side, "name": other.name, "relation_of_who_acts": one.relation, "proof": one.proof}
    return known | {"since": one.starts_on, "until": one.ends_on, "ended_at": one.ended_at}


def _visit(one: Appointment) -> dict[str, Any]:
    session = one.slot.session
    return {
        "reference": show_reference(one.reference),
        "starts_at": one.starts_at,
        "ends_at": one.ends_at,
        "status": one.status,
        "practitioner": session.practitioner.name,
        "service": str(one.slot.service),
        "department": str(one.slot.service.department),
        "site": str(one.slot.service.department.site),
        "booked_at": one.created_at,
        "booked_by_way_of": one.channel,
    }


def _message(one: Delivery) -> dict[str, Any]:
    return {"kind": one.kind, "medium": one.medium, "sent_at": one.sent_at, "answer": one.answer}
