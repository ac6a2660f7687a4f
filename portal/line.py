"""The waiting room: when more people want to choose a time than the servers take, each waits for their turn.

Everybody gets one turn when they come, at an even pace (`accounts.services.turnstiles`). It stands in a signed cookie,
so a browser that asks whether it is time costs the server no look at the database; and in the session, so that who
throws the cookie away gets no second one. It is bound to the account, so it lets nobody else in.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from accounts.services import turnstiles
from common import clock
from portal import entering, pages

View = Callable[..., HttpResponse]
PATH = "/portal/line/"  # where a waiting page asks; answered by `crm.middleware.PlaceInLine`
NAME = "portal"  # of the turnstile
COOKIE, KEY = "portal_turn", "portal_turn"
VALID = dt.timedelta(minutes=20)  # to choose and to book, from one's turn on
AT_ONCE = dt.timedelta(seconds=2)  # nobody is sent to a room for less
_signer = Signer(salt="portal.line")


@dataclass(frozen=True)
class Turn:
    """When an account may go in."""

    account: int
    at: dt.datetime

    def waits(self, now: dt.datetime) -> bool:
        return self.at - now > AT_ONCE

    def is_over(self, now: dt.datetime) -> bool:
        return now - self.at > VALID

    def written(self) -> str:
        return f"{self.account}:{self.at.timestamp():.3f}"


def in_line(view: View) -> View:
    """For patients, and when there is a line, one after the other."""

    @entering.for_patients
    @wraps(view)
    def inside(request: HttpRequest, **more: Any) -> HttpResponse:
        if not settings.PORTAL_PER_SECOND:
            return view(request, **more)
        now, turn = clock.now(), _turn(request)
        answer = _wait(request, turn) if turn.waits(now) else view(request, **more)
        _keep(answer, turn)
        return answer

    @wraps(view)
    def outside(request: HttpRequest, **more: Any) -> HttpResponse:
        turn = shown(request)
        if turn and turn.waits(clock.now()) and request.method in ("GET", "HEAD"):
            return entering.for_anybody(room)(request, turn=turn)
        return inside(request, **more)

    return outside


def _wait(request: HttpRequest, turn: Turn) -> HttpResponse:
    """A form that was sent too early is not sent again by the room's reloading."""
    return room(request, turn) if request.method in ("GET", "HEAD") else redirect(request.get_full_path())


def room(request: HttpRequest, turn: Turn) -> HttpResponse:
    """The page on which somebody waits; the address is that of the page they want."""
    return pages.draw(request, "book/line.html", _known(turn) | {"asks": PATH})


def place(request: HttpRequest) -> JsonResponse:
    """How many are before whoever asks, and for how many seconds still; asked by the page itself."""
    turn = shown(request)
    answer = JsonResponse(_known(turn) if turn else {"ahead": 0, "seconds": 0})
    answer["Cache-Control"] = "no-store, private"
    return answer


def shown(request: HttpRequest) -> Turn | None:
    """The turn in the browser's cookie; None for none, one that we did not write, and one that is over."""
    try:
        account, _colon, at = _signer.unsign(request.COOKIES.get(COOKIE, "")).partition(":")
    except BadSignature:
        return None
    turn = Turn(int(account), dt.datetime.fromtimestamp(float(at), dt.UTC))
    return None if turn.is_over(clock.now()) else turn


def written(turn: Turn) -> str:
    """The turn as it stands in the browser's cookie."""
    return _signer.sign(turn.written())


def _known(turn: Turn) -> dict[str, int]:
    now = clock.now()
    seconds = max(0, int((turn.at - now).total_seconds()) + 1)
    return {"ahead": turnstiles.ahead(turn.at, per_second=settings.PORTAL_PER_SECOND, at=now), "seconds": seconds}


def _turn(request: HttpRequest) -> Turn:
    """Their own turn: the cookie's, the session's, or a new one at the end of the line."""
    account, found = request.visitor.account.pk, shown(request)
    if found and found.account == account:
        return found
    kept = request.session.get(KEY)
    turn = Turn(account, dt.datetime.fromtimestamp(kept, dt.UTC)) if kept else None
    if turn is None or turn.is_over(clock.now()):
        turn = Turn(account, turnstiles.take(NAME, per_second=settings.PORTAL_PER_SECOND))
        request.session[KEY] = turn.at.timestamp()
    return turn


def _keep(answer: HttpResponse, turn: Turn) -> None:
    answer.set_cookie(COOKIE, written(turn), httponly=True, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax")
