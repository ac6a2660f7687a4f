"""What lists, pages and inlines share: Unfold's looks, scope by `visible_to`."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.checks import UnfoldModelAdminChecks


class Checks(UnfoldModelAdminChecks):
    """Unfold asks the database whether an act's permission exists, which on an empty one stops even `migrate`.

    `accounts/tests/test_roles.py` asks it instead, where there is a database.
    """

    def _check_unfold_action_permission_methods(self, obj: Any) -> list:
        return []


class Looks:
    """What lists and inlines share: rows that the person may see, and nothing else."""

    seen_through = ""  # a relation whose rows decide, for models that have no `visible_to` of their own

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Rows in the person's scope."""
        rows = super().get_queryset(request)
        if hasattr(rows, "visible_to"):
            return rows.visible_to(request.user)
        if self.seen_through:
            related = self.model._meta.get_field(self.seen_through).related_model
            return rows.filter(**{f"{self.seen_through}__in": related.objects.visible_to(request.user)})
        return rows

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> forms.Field | None:
        """What was chosen reads like the choices, and nobody posts a row that they would not be offered."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        related = db_field.remote_field.model
        if field is None or not self.admin_site.is_registered(related):
            return field
        page = self.admin_site.get_model_admin(related)
        field.label_from_instance = page.choice_text
        if not request.user.sees_everything:
            field.queryset = field.queryset.filter(pk__in=page.get_queryset(request).order_by().values("pk"))
        return field
