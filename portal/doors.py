"""Pages that their address opens: whoever has the secret is in, in the patient's language, and leaves no trace of it.

Who tries too many wrong secrets is let in nowhere for a while. An unknown secret and one that has ended read the same.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from common import counting
from portal import pages
from reminders.errors import LinkOver

WRONG = 30  # wrong secrets of one client address …
WINDOW = 600  # … in so many seconds, then 429 until they are over

Find = Callable[[str], Any]
View = Callable[..., HttpResponse]


def opened_by_secret(find: Find) -> Callable[[View], View]:
    """The view gets what `find` finds for the secret of its address.

    find: raises LinkOver for a secret that opens nothing; what it returns has `delivery.patient`.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def inside(request: HttpRequest, secret: str, **more: Any) -> HttpResponse:
            return private(_answer(request, find, view, secret, more))

        return inside

    return decorate


def _answer(request: HttpRequest, find: Find, view: View, secret: str, more: dict[str, Any]) -> HttpResponse:
    client = f"secrets:{request.META.get('REMOTE_ADDR')}"
    if counting.counted(client, WINDOW) >= WRONG:
        return _too_many(request)
    try:
        found = find(secret)
        with translation.override(wanted_language(request) or found.delivery.patient.language):
            return view(request, found, **more)
    except LinkOver as refusal:
        counting.count(client, WINDOW)
        return _outside(request, refusal.status, _("This link is not valid any more"))


def form_over(request: HttpRequest) -> HttpResponse:
    """The browser did not prove that the form came from our page; perhaps because it keeps no cookies at all."""
    if not request.COOKIES:
        return private(_outside(request, 403, _("Your browser keeps no cookies"), template="cookies.html"))
    return private(_outside(request, 403, _("This page was open for too long"), is_form=True))


def _too_many(request: HttpRequest) -> HttpResponse:
    answer = _outside(request, 429, _("Too many tries"))
    answer["Retry-After"] = str(int(counting.seconds_left(WINDOW)) + 1)
    return answer


def _outside(
    request: HttpRequest, status: int, heading: Any, *, is_form: bool = False, template: str = "outside.html"
) -> HttpResponse:
    """A page for who is not in: friendly words, and every site's phone."""
    with translation.override(wanted_language(request) or translation.get_language()):
        known = {"heading": heading, "is_form": is_form}
        return page(request, template, known, status=status)


def page(request: HttpRequest, template: str, known: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page behind a secret: its address goes on with the language that was chosen on it."""
    secret = (request.resolver_match.kwargs if request.resolver_match else {}).get("secret", "")
    return pages.draw(request, template, {"keep": keep(request), "secret": secret} | known, status=status)


def wanted_language(request: HttpRequest) -> str:
    """The one that the reader chose on the page; "" for the patient's own."""
    wanted = request.GET.get("language", "")
    return wanted if wanted in dict(settings.LANGUAGES) else ""


def keep(request: HttpRequest) -> str:
    """What goes behind an address of ours, so that the language which somebody chose stays."""
    chosen = wanted_language(request)
    return f"?language={chosen}" if chosen else ""


def private(answer: HttpResponse) -> HttpResponse:
    """Not for search engines; and no other page, not even our own, learns the address.

    `no-referrer` would do the same, but then browsers send `Origin: null` with forms, which no CSRF check can accept.
    """
    answer["Referrer-Policy"] = "strict-origin"
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer
