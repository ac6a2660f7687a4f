"""Who may see a page of the portal: everybody, who is signed in, or who has shown whose record is theirs."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from portal import doors, visitor

View = Callable[..., HttpResponse]
NEXT = "next"


def for_anybody(view: View) -> View:
    """Everybody, without a look at who it is: no page that waits costs one at the database."""

    @wraps(view)
    def inside(request: HttpRequest, **more: Any) -> HttpResponse:
        with translation.override(doors.wanted_language(request) or translation.get_language()):
            return doors.private(view(request, **more))

    return inside


def for_all(view: View) -> View:
    """Everybody; `request.visitor` says who is signed in, if anybody."""

    @wraps(view)
    def inside(request: HttpRequest, **more: Any) -> HttpResponse:
        request.visitor = visitor.of(request)
        with translation.override(doors.wanted_language(request) or translation.get_language()):
            return doors.private(view(request, **more))

    return inside


def signed_in(view: View) -> View:
    """Only who is signed in; others sign in first and then come back."""

    @for_all
    @wraps(view)
    def inside(request: HttpRequest, **more: Any) -> HttpResponse:
        return view(request, **more) if request.visitor else _first("portal:sign_in", request)

    return inside


def for_patients(view: View) -> View:
    """Only who has shown whose record is theirs."""

    @signed_in
    @wraps(view)
    def inside(request: HttpRequest, **more: Any) -> HttpResponse:
        return view(request, **more) if request.visitor.person else _first("portal:who_are_you", request)

    return inside


def wanted_next(request: HttpRequest) -> str:
    """Where somebody wanted to go: an address of the portal, never another host's."""
    wanted = request.GET.get(NEXT, "") or request.POST.get(NEXT, "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith(reverse("portal:home"))
    return wanted if is_ours and "\\" not in wanted and ".." not in wanted else ""


def with_next(name: str, wanted: str) -> str:
    """The address of that page, which leads on to `wanted`."""
    return reverse(name) + (f"?{urlencode({NEXT: wanted})}" if wanted else "")


def _first(name: str, request: HttpRequest) -> HttpResponse:
    """A form that was posted is not repeated after the sign-in: its page is shown."""
    return redirect(with_next(name, request.get_full_path() if request.method == "GET" else request.path))
