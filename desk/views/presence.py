"""Two people on one record see each other, and what the other has changed."""

from functools import partial

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.services import presence
from common import meanwhile
from common.admin import ModelAdmin
from desk.door import staff


@require_POST
@staff()
def here(request: HttpRequest, label: str, pk: str) -> HttpResponse:
    """A page of the record `label`/`pk` is open; `seen` is the version that it shows, if it can be saved."""
    page = _page(label)
    row = page.find(request, pk)
    if not page.has_view_or_change_permission(request, row):
        raise PermissionDenied
    others = presence.here(user=request.user, record=f"{row._meta.label_lower}/{row.pk}")
    words = partial(page.get_historical_record_context_helper, request)
    changes = list(meanwhile.since(row, request.POST.get("seen", "")).in_words(words))
    return render(request, "desk/_present.html", {"others": others, "changes": changes})


def _page(label: str) -> ModelAdmin:
    """The staff page of the model `label`. Raises Http404."""
    try:
        return admin.site.get_model_admin(apps.get_model(label))
    except (LookupError, ValueError, NotRegistered) as error:
        raise Http404 from error
