"""The lock of a desk that nobody used for a while: the page stays as it was and opens again with the password."""

from django.contrib import admin
from django.contrib.auth import authenticate, login
from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe


@require_safe
def awake(request: HttpRequest) -> JsonResponse:
    """Somebody works on this page: being asked is what keeps the session. 401 when it is over."""
    if not admin.site.has_permission(request):
        return JsonResponse({}, status=401)
    return JsonResponse({"csrf": get_token(request)})


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
