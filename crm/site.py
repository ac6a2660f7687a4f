"""The staff admin site."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import Model
from django.db.models.base import ModelBase
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from desk.views import today

# Tables that nobody edits by hand: one unreadable schedule stops all of them; keys are made by accounts' Device.
HIDDEN_APPS = {"django_q", "rest_framework_api_key"}


class ToldApart(AutocompleteJsonView):
    """Choices while typing, each with what tells it from its namesakes."""

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        return super().serialize_result(obj, to_field_name) | {"text": self.model_admin.choice_text(obj)}


class CrmAdminSite(UnfoldAdminSite):
    """Where staff work all day: every app registers here through django.contrib.admin."""

    def extra_urls(self) -> list:
        """Pages that belong to no model."""
        return [path("desk/", include("desk.urls")), path("outbox/", include("messaging.outbox_urls"))]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """With the seconds after which the desk of somebody who is signed in is locked."""
        context = super().each_context(request)
        seconds = settings.SESSION_IDLE_LIMIT.total_seconds() if request.user.is_authenticated else 0
        return {**context, "idle_seconds": int(seconds)}

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """Made when somebody looks at it: every page carries it, and hardly one shows it beside the menu."""
        return SimpleLazyObject(partial(super().get_app_list, request, app_label))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Today, for everybody who may see sessions."""
        if request.user.has_perm("scheduling.view_session"):
            return today.page(request)
        return super().index(request, {"title": _("Start"), **(extra_context or {})})

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """For the boxes in which one types to choose."""
        return ToldApart.as_view(admin_site=self)(request)

    def register(self, model_or_iterable, admin_class=None, **options) -> None:
        """As Django does, except for the tables of HIDDEN_APPS."""
        models = [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else model_or_iterable
        super().register(_shown(models), admin_class, **options)


def _shown(models: Iterable[ModelBase]) -> list[ModelBase]:
    return [model for model in models if model._meta.app_label not in HIDDEN_APPS]
