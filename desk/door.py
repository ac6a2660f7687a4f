"""Who may come in: views of the desk are pages of the staff admin."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts.models import Channel
from desk.drawing import Offers
from scheduling.services.origin import Origin

View = Callable[..., HttpResponse]


def staff(*rights: str) -> Callable[[View], View]:
    """Signed-in staff with all of `rights` ("app.codename").

    A fragment asked for after the session has ended locks the page as it is (lock.js); the sign-in would lose what was
    typed.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not admin.site.has_permission(request):
                return _sign_in(request) if request.htmx else admin.site.admin_view(view)(request, *args, **kwargs)
            if not request.user.has_perms(rights):
                raise PermissionDenied
            return admin.site.admin_view(view)(request, *args, **kwargs)

        return guarded

    return decorate


def cell_rights(request: HttpRequest) -> dict[str, bool]:
    """What a cell of the grid may offer to this person."""
    books = request.user.has_perm("scheduling.add_appointment")
    return {"may_book": books, "may_overbook": books and request.user.has_perm("scheduling.overbook_appointment")}


def offers_of(request: HttpRequest, doing: str = "") -> Offers:
    """The same for the cells as they are drawn; doing: what the page is there for, which an open page says itself."""
    doing = doing or request.headers.get("X-Board", "")
    may_move = request.user.has_perm("scheduling.change_appointment")
    blocking = doing == "blocking" and request.user.has_perm("scheduling.block_slot")
    return Offers(**cell_rights(request), may_move=may_move, moving=doing == "moving", blocking=blocking)


def _sign_in(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=401, headers={"HX-Trigger": "locked"})


def origin_of(request: HttpRequest, key: str = "", digest: str = "") -> Origin:
    """The signed-in person at the front desk."""
    return Origin(request.user, Channel.DESK, key, digest)
