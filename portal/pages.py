"""Drawing a page for patients: language, looks, the hospital's phones, and headers that leave no trace."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from directory.models import Site

YEAR = 365 * 24 * 3600
ELDER, SIZE = "portal_elder", "portal_size"  # cookies: how somebody likes to read
PHONES = "portal_phones"  # in the cache
SIZES = ("0", "1", "2")  # as it is, larger, largest


@dataclass(frozen=True)
class Looks:
    """elder: 长辈版, larger and with fewer things. size: one of SIZES."""

    elder: bool
    size: str

    @property
    def next_size(self) -> str:
        """What the button for larger text leads to; after the largest comes the first."""
        return SIZES[(SIZES.index(self.size) + 1) % len(SIZES)]


def looks_of(request: HttpRequest) -> Looks:
    """As asked for by this address, else as kept."""
    elder = request.GET.get("elder", request.COOKIES.get(ELDER, ""))
    size = request.GET.get("size", request.COOKIES.get(SIZE, ""))
    return Looks(elder == "1", size if size in SIZES else SIZES[0])


def draw(request: HttpRequest, template: str, known: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page of the portal in the active language."""
    language, looks = translation.get_language(), looks_of(request)
    base = {
        "language": language,
        "languages": [(code, translation.get_language_info(code)["name_local"]) for code, _n in settings.LANGUAGES],
        "looks": looks,
        "visitor": getattr(request, "visitor", None),
        "sites": SimpleLazyObject(phones),  # asked for only by a page that does not name its own
    }
    answer = render(request, f"portal/{template}", base | known, status=status)
    answer["Content-Language"] = language
    _keep(request, answer, language, looks)
    return answer


def phones() -> list[Site]:
    """Sites that can be called; as they were up to a minute ago, because every page shows them."""
    return cache.get_or_set(PHONES, lambda: list(Site.objects.filter(is_active=True).exclude(phone="")), 60)


def _keep(request: HttpRequest, answer: HttpResponse, language: str, looks: Looks) -> None:
    """What somebody chose on this page stays for the next ones."""
    chosen = {
        "language": (settings.LANGUAGE_COOKIE_NAME, language),
        "elder": (ELDER, "1" if looks.elder else ""),
        "size": (SIZE, looks.size),
    }
    for name, (cookie, value) in chosen.items():
        if name in request.GET:
            answer.set_cookie(cookie, value, max_age=YEAR, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax")
