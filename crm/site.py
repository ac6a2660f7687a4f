"""The staff admin site."""

from collections.abc import Iterable

from django.db.models.base import ModelBase
from django.urls import include, path
from unfold.sites import UnfoldAdminSite

# Tables that nobody edits by hand: one unreadable schedule stops all of them; keys are made by accounts' Device.
HIDDEN_APPS = {"django_q", "rest_framework_api_key"}


class CrmAdminSite(UnfoldAdminSite):
    """Where staff work all day: every app registers here through django.contrib.admin."""

    def extra_urls(self) -> list:
        """Pages that belong to no model."""
        return [path("desk/", include("desk.urls"))]

    def register(self, model_or_iterable, admin_class=None, **options) -> None:
        """As Django does, except for the tables of HIDDEN_APPS."""
        models = [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else model_or_iterable
        super().register(_shown(models), admin_class, **options)


def _shown(models: Iterable[ModelBase]) -> list[ModelBase]:
    return [model for model in models if model._meta.app_label not in HIDDEN_APPS]
