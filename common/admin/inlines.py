"""Rows that belong to a row, on its page."""

from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import StackedInline as UnfoldStackedInline
from unfold.admin import TabularInline as UnfoldTabularInline

from .looks import Looks


class TabularInline(Looks, UnfoldTabularInline):
    """Rows that belong to a row, as a table; added and changed by who may."""

    extra = 0
    show_change_link = False
    can_delete = False


class StackedInline(Looks, UnfoldStackedInline):
    """Rows that belong to a row, one below the other."""

    extra = 0
    can_delete = False


class FactInline(TabularInline):
    """Rows that belong to a row, only to be read."""

    per_page = 20
    hide_title = True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
