"""The roles and what they may do, in words."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts import seeing
from accounts.models import Role, User
from accounts.models.user import Kind
from common.admin import FactAdmin, rows_link

VERBS = {
    "add": _("Can add: %(things)s"),
    "change": _("Can change: %(things)s"),
    "delete": _("Can delete: %(things)s"),
    "view": _("Can see: %(things)s"),
}


def right_name(right: Permission) -> str:
    """What a right allows: ours by their own names, Django's four by the thing's, which its table keeps in English."""
    verb, _sep, name = right.codename.partition("_")
    model = right.content_type.model_class()
    if verb in VERBS and model and name == model._meta.model_name:
        return VERBS[verb] % {"things": model._meta.verbose_name_plural}
    return gettext(right.name)


@admin.register(Role)
class RoleAdmin(FactAdmin):
    """The roles and what they may do. They come with the program; the table of rights stands in its code."""

    list_display = ("label", "people", "rights")
    search_fields = ("name",)
    fields = ("label", "may")
    readonly_fields = ("label", "may")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With how many people have it."""
        mine = Q(user__kind=Kind.STAFF, user__is_active=True, user__in=seeing.staff(request.user).values("pk"))
        people = Count("user", mine, distinct=True)
        return super().get_queryset(request).annotate(n=people, m=Count("permissions", distinct=True))

    @display(description=_("role"), ordering="name")
    def label(self, obj: Role) -> str:
        return str(obj)

    @display(description=_("people"), ordering="n")
    def people(self, obj: Role) -> Any:
        return rows_link(User, obj.n, groups__id__exact=obj.pk)

    @display(description=_("rights"), ordering="m")
    def rights(self, obj: Role) -> int:
        return obj.m

    @display(description=_("may"))
    def may(self, obj: Role) -> str:
        rights = obj.permissions.select_related("content_type").order_by("content_type__app_label", "codename")
        return " · ".join(right_name(right) for right in rights)
