"""The lock of a desk that nobody used for a while: the page stays as it was and opens again with the password."""

from django.contrib import admin
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe


@require_safe
def awake(request: HttpRequest) -> JsonResponse:
    """`user` works on their page: being asked is what keeps the session. 401 when it is over or somebody else's.

    Either way with a token for the forms of the page, which a sign-in in another tab has made useless.
    """
    is_theirs = admin.site.has_permission(request) and request.user.get_username() == request.GET.get("user")
    return JsonResponse({"csrf": get_token(request)}, status=200 if is_theirs else 401)


@require_POST
def leave(request: HttpRequest) -> JsonResponse:
    """The page has locked itself: from now on nothing answers without the password."""
    logout(request)
    return JsonResponse({})


@sensitive_post_parameters("password")
@require_POST
def unlock(request: HttpRequest) -> JsonResponse:
    """The same person signs in again, with the limits of every sign-in; the page gets a fresh token for its forms."""
    given = {name: request.POST.get(name, "") for name in ("username", "password")}
    user = authenticate(request, **given)
    if user is None:
        return JsonResponse(
            {"message": _("This is not the password of %(name)s.") % {"name": given["username"]}}, status=422
        )
    login(request, user)
    return JsonResponse({"csrf": get_token(request)})
