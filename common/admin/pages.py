"""The base of every noun's list and page: acts, history, export."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError, transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin as UnfoldModelAdmin

from common import exports, meanwhile
from common.changes import ChangeInWords
from common.errors import Refusal

from .looks import Checks, Looks


class ModelAdmin(Looks, SimpleHistoryAdmin, UnfoldModelAdmin):
    """A noun's list and page. Nothing is deleted here; changes that have rules are acts that call a service."""

    checks_class = Checks
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    show_facets = ShowFacets.NEVER  # counting every choice of every filter reads the whole table
    list_filter_submit = True
    list_fullwidth = True
    list_before_template = "admin/chips.html"
    change_form_before_template = "admin/meanwhile.html"
    compressed_fields = True
    warn_unsaved_form = True
    empty_value_display = "–"
    history_list_per_page = 50
    empty_advice: Any = ""  # what to do when the list is empty
    export_columns: Sequence[tuple[Any, Callable[[Any], Any]]] = ()
    export_permission = ""
    linked_by: Sequence[str] = ()  # lookups that our own links use although no filter offers them

    def choice_text(self, obj: Model) -> str:
        """The row in a box in which one types to choose; more than its name where namesakes are likely."""
        return str(obj)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """What the filters offer and our links ask; nobody feels their way through other fields."""
        return lookup in self.linked_by or super().lookup_allowed(lookup, value, request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Rows are ended, not deleted."""
        return False

    def offers(self, request: HttpRequest, act: str, obj: Model) -> bool:
        """Is the act (the name of an action on the detail page) possible in the row's state?"""
        return True

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list:
        """Only acts that the person may do and that fit the row's state."""
        allowed = super().get_actions_detail(request, object_id)
        if not allowed:
            return allowed
        obj = self.get_object(request, unquote(str(object_id)))
        if obj is None:
            return []
        return [one for one in allowed if self.offers(request, one.method.original_function_name, obj)]

    def find(self, request: HttpRequest, object_id: Any) -> Any:
        """The row, if the person may see it. Raises Http404."""
        obj = self.get_object(request, unquote(str(object_id)))
        if obj is None:
            raise Http404
        return obj

    def page_of(self, obj: Model) -> HttpResponse:
        """Back to the row."""
        return redirect(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change", obj.pk)

    def list_page(self) -> HttpResponse:
        """Back to the list."""
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def page(self, request: HttpRequest, template: str, *, title: Any, **context: Any) -> TemplateResponse:
        """A page of our own inside the admin, with the breadcrumbs of this noun."""
        request.current_app = self.admin_site.name
        media = self.media + getattr(context.get("form"), "media", forms.Media())  # each script once
        common = {"opts": self.opts, "title": title, "media": media, **self.admin_site.each_context(request)}
        return TemplateResponse(request, template, {**common, **context})

    def act(
        self,
        request: HttpRequest,
        obj: Model,
        form: forms.Form,
        do: Callable[..., Any],
        *,
        title: Any,
        submit: Any,
        done: Any = "",
        facts: Sequence[tuple[Any, Any]] = (),
        advice: Any = "",
        danger: bool = False,
    ) -> HttpResponse:
        """A page that asks what an act needs, then calls `do(**cleaned_data)` and goes back to the row.

        A refusal stays on the page, next to what was typed.
        """
        if request.method == "POST" and form.is_valid():
            try:
                do(**form.cleaned_data)
            except Refusal as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                messages.success(request, done or _("Done."))
                return self.page_of(obj)
        context = {
            "original": obj if obj.pk else None,
            "form": form,
            "submit": submit,
            "facts": facts,
            "advice": advice,
            "danger": danger,
        }
        answer = self.page(request, "admin/act.html", title=title, **context)
        answer.status_code = 422 if form.errors else 200
        return answer

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """Without a way to a history that is not kept; 409 when somebody else changed the row meanwhile."""
        known = {"show_history": hasattr(self.model, "history")}
        pk = unquote(object_id) if object_id else None
        with transaction.atomic() if request.method == "POST" else nullcontext():
            request.has_row = self._lock(pk) if pk and request.method == "POST" else True
            known["seen"] = self._mark(pk) if pk else ""  # before the row is read, see `mark_of`
            answer = super().changeform_view(request, object_id, form_url, {**known, **(extra_context or {})})
        shown = (getattr(answer, "context_data", None) or {}).get("adminform")
        if shown and getattr(shown.form, "is_stale", False):
            answer.status_code = 409
        return answer

    def _mark(self, pk: str) -> str:
        try:
            return meanwhile.mark_of(self.model, pk)
        except (ValueError, ValidationError):  # no key of this model; the row will not be found either
            return ""

    def _lock(self, pk: str) -> bool:
        """Keep the row until this save is done; False when somebody else keeps it for too long."""
        try:
            with transaction.atomic():
                list(self.model._base_manager.select_for_update(no_key=True).filter(pk=pk).values_list("pk"))
        except OperationalError:
            return False
        except (ValueError, ValidationError):
            return True
        return True

    def get_form(self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any) -> type:
        """Nobody saves over a change that they have not seen."""
        form = super().get_form(request, obj, change=change, **kwargs)
        is_saved = request.method == "POST" and obj is not None and hasattr(request, "has_row")
        words = partial(self.get_historical_record_context_helper, request)
        return meanwhile.guard(form, request, words) if is_saved else form

    def get_inline_formsets(
        self, request: HttpRequest, formsets: list, inline_instances: list, obj: Model | None = None, **kwargs: Any
    ) -> list:
        """As stored, when the row and perhaps these have changed meanwhile."""
        if getattr(request, "is_stale", False):
            rows = zip(formsets, inline_instances, strict=True)
            formsets = [
                type(one)(instance=obj, prefix=one.prefix, queryset=kind.get_queryset(request)) for one, kind in rows
            ]
        return super().get_inline_formsets(request, formsets, inline_instances, obj, **kwargs)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        """The library shows the history of any row whose number is known; we ask first whether it may be seen."""
        self._find_kept(request, object_id)
        return super().history_view(request, object_id, extra_context)

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: dict | None = None
    ) -> HttpResponse:
        """An old version is looked at, never brought back: the services would not have agreed to it."""
        self._find_kept(request, object_id)
        if not str(version_id).isdigit():  # a link of another page, such as "password", ends up here
            raise Http404
        if request.method == "POST":
            raise PermissionDenied
        return super().history_form_view(request, object_id, version_id, extra_context)

    def _find_kept(self, request: HttpRequest, object_id: str) -> None:
        if not hasattr(self.model, "history"):
            raise Http404
        self.find(request, object_id)

    def get_historical_record_context_helper(self, request: HttpRequest, historical_record: Model) -> ChangeInWords:
        """What changed, in the words of the screens."""
        return ChangeInWords(self.model, historical_record)

    def revert_disabled(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """See `history_form_view`."""
        return True

    def get_actions(self, request: HttpRequest) -> dict:
        """With the export for who may take rows out; without the bulk delete."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        if self.export_columns and self.export_permission and request.user.has_perm(self.export_permission):
            actions["export_rows"] = (ModelAdmin.export_rows, "export_rows", _("Export the selected rows (CSV)"))
        return {} if IS_POPUP_VAR in request.GET else actions

    def export_rows(self, request: HttpRequest, rows: QuerySet) -> HttpResponse:
        """The selected rows, masked as on the screen, written down in the access log."""
        header = [capfirst(str(title)) for title, _value in self.export_columns]
        lines = ([value(row) for _title, value in self.export_columns] for row in rows)
        return exports.csv_answer(request, self.opts.label_lower, header, lines, rows.count())


class FactAdmin(ModelAdmin):
    """Facts: written by services, read here, never added, changed or deleted by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
