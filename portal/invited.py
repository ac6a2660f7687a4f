"""An adult who was sent a code and has not answered yet: kept in the session, the number of their document sealed."""

import base64
import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest

from common import sealing
from patients.services.identity_numbers import GivenIdentifier
from patients.services.portal_accounts import Papers

KEY = "portal_invited"
PURPOSE = "portal.invited"


@dataclass(frozen=True)
class Invited:
    """ref: what the answer is checked against. relation: what the visitor is to them."""

    ref: str
    phone: str
    relation: str
    papers: Papers


def keep(request: HttpRequest, one: Invited) -> None:
    """Until the code is entered, or the session ends."""
    number = one.papers.number
    sealed = sealing.seal(number.value, purpose=PURPOSE) if number else b""
    request.session[KEY] = {
        "ref": one.ref,
        "phone": one.phone,
        "relation": one.relation,
        "name": one.papers.name,
        "birth_date": one.papers.birth_date.isoformat(),
        "kind": number.system if number else "",
        "number": base64.b64encode(sealed).decode(),
    }


def kept(request: HttpRequest) -> Invited | None:
    """Who was sent a code; None when nobody was, or the key of their number was taken away."""
    said = request.session.get(KEY)
    if not said:
        return None
    try:
        papers = Papers(said["name"], dt.date.fromisoformat(said["birth_date"]), _number(said))
    except sealing.CannotUnseal:
        return None
    return Invited(said["ref"], said["phone"], said["relation"], papers)


def forget(request: HttpRequest) -> None:
    """They agreed."""
    request.session.pop(KEY, None)


def _number(said: dict[str, str]) -> GivenIdentifier | None:
    if not said["kind"]:
        return None
    return GivenIdentifier(said["kind"], sealing.unseal(base64.b64decode(said["number"]), purpose=PURPOSE))
