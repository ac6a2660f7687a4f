"""Two people on one record see each other, and what the other has changed."""

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.services import presence
from common import meanwhile
from desk.door import staff


@require_POST
@staff()
def here(request: HttpRequest, label: str, pk: str) -> HttpResponse:
    """A page of the record `label`/`pk` is open; `seen` is the version that it shows, if it can be saved."""
    row = _row(request, label, pk)
    others = presence.here(user=request.user, record=f"{label}/{row.pk}")
    changes = list(meanwhile.since(row, request.POST.get("seen", "")).in_words())
    return render(request, "desk/_present.html", {"others": others, "changes": changes})


def _row(request: HttpRequest, label: str, pk: str):
    """What the person may see on its own page. Raises Http404, PermissionDenied."""
    try:
        page = admin.site.get_model_admin(apps.get_model(label))
    except (LookupError, ValueError, NotRegistered) as error:
        raise Http404 from error
    row = page.find(request, pk)
    if not page.has_view_or_change_permission(request, row):
        raise PermissionDenied
    return row
