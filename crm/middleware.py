"""Between the server and the views: the short way for the API, and what a shared hospital computer needs."""

from datetime import timedelta

from csp.middleware import CSPMiddleware as CSP
from django.conf import settings
from django.contrib import auth
from django.contrib.auth.middleware import AuthenticationMiddleware as Authentication
from django.contrib.messages.middleware import MessageMiddleware as Messages
from django.contrib.sessions.middleware import SessionMiddleware as Sessions
from django.utils.cache import patch_cache_control
from django_htmx.middleware import HtmxMiddleware as Htmx

from common import clock
from common.history import ActingUserMiddleware as ActingUser
from portal import line


def is_api(request) -> bool:
    """Does a machine with a key ask, rather than a person with a session?"""
    return request.path_info.startswith("/api/")


def is_portal(request) -> bool:
    """Is it a page of patients?"""
    return request.path_info.startswith("/portal/")


class SkipsApi:
    """Mixin: under /api/ the middleware below it does nothing, because there is neither session nor form there."""

    async_capable = False

    def __call__(self, request):
        return self.get_response(request) if is_api(request) else super().__call__(request)


class SessionMiddleware(SkipsApi, Sessions):
    """Sessions, outside the API."""


class AuthenticationMiddleware(SkipsApi, Authentication):
    """`request.user`, outside the API."""


class MessageMiddleware(SkipsApi, Messages):
    """One-time messages, outside the API."""


class ActingUserMiddleware(SkipsApi, ActingUser):
    """Who changes what, outside the API and the portal: their views name who acts, and ask for no member of staff."""

    def __call__(self, request):
        return self.get_response(request) if is_portal(request) else super().__call__(request)


class HtmxMiddleware(SkipsApi, Htmx):
    """`request.htmx`, outside the API."""


class CSPMiddleware(SkipsApi, CSP):
    """The policy of what a page may run, outside the API."""


class ClientAddress:
    """Behind the hospital's proxy, REMOTE_ADDR becomes the address that the proxy saw.

    Only the last entry is believed, the one that our own proxy wrote; what a client sends stands before it.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        forwarded = settings.BEHIND_PROXY and request.headers.get("X-Forwarded-For")
        if forwarded:
            request.META["REMOTE_ADDR"] = forwarded.rsplit(",", 1)[-1].strip()
        return self.get_response(request)


class PlaceInLine:
    """Answers browsers that wait for their turn, and ask every few seconds, before anything else is done."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return line.place(request) if request.path_info == line.PATH else self.get_response(request)


class NoStore:
    """No page or answer stays in a browser or proxy, unless its view says that it is public."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if "public" not in response.get("Cache-Control", ""):
            patch_cache_control(response, no_store=True, private=True)
        return response


class IdleLimit:
    """Signs out a person who has done nothing for SESSION_IDLE_LIMIT.

    A page that asks by itself (a live queue, a bell) sends `X-Background: 1` and so does not count as doing something.
    Nor does a page of patients, who are signed in otherwise: there this does not even ask who it is.
    The time is written at most once a minute, to spare a write on each request.
    """

    KEY = "last_act"  # seconds since 1970, UTC

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not is_api(request) and not is_portal(request) and request.user.is_authenticated:
            self._check(request)
        return self.get_response(request)

    def _check(self, request) -> None:
        now = clock.now().timestamp()
        idle = timedelta(seconds=now - request.session.get(self.KEY, now))
        if idle > settings.SESSION_IDLE_LIMIT:
            auth.logout(request)
        elif "X-Background" not in request.headers and self._is_due(request, now):
            request.session[self.KEY] = now

    def _is_due(self, request, now: float) -> bool:
        return now - request.session.get(self.KEY, 0) >= 60
