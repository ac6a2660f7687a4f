"""Merging two records: preview, confirm, undo. And the tries to verify callers."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from common import shown
from common.admin import FactAdmin, FactInline, ReasonBelowForm, ReasonForm, badge, link_to
from common.errors import Refusal
from patients.models import MergedRow, Patient, PatientMerge, VerificationAttempt
from patients.services import merging


class MovedInline(FactInline):
    model = MergedRow
    fields = ("model", "row", "field")
    verbose_name_plural = _("Moved rows")
    ordering = ("pk",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("patients.view_patientmerge")


@admin.register(PatientMerge)
class PatientMergeAdmin(FactAdmin):
    """Merges that stand and that were undone."""

    list_display = ("kept_link", "merged_link", "reason", "when", "by", "state")
    list_select_related = ("kept", "merged", "by", "undone_by")
    search_fields = ("kept__record_number", "merged__record_number", "kept__name", "merged__name")
    ordering = ("-at",)
    fields = ("kept_link", "merged_link", "reason", "when", "by", "state")
    readonly_fields = fields
    inlines = (MovedInline,)
    actions_detail = ("unmerge",)
    empty_advice = _("Select two records in the list of patients and choose “Merge”.")

    def get_urls(self) -> list:
        view = self.admin_site.admin_view(self.preview)
        address = "<uuid:kept>/<uuid:merged>/preview/"
        return [path(address, view, name="patients_patientmerge_preview"), *super().get_urls()]

    def preview(self, request: HttpRequest, kept: Any, merged: Any) -> HttpResponse:
        """What a merge would do; it is done on confirmation."""
        if not request.user.has_perm("patients.merge_patient"):
            raise PermissionDenied
        people = Patient.objects.visible_to(request.user).for_list()
        pair = {"kept": get_object_or_404(people, uuid=kept), "merged": get_object_or_404(people, uuid=merged)}
        form = ReasonBelowForm(request.POST or None)
        try:
            if request.method == "POST" and form.is_valid():
                record = merging.merge(**pair, by=request.user, reason=form.cleaned_data["reason"])
                messages.success(request, _("The records are one now."))
                return self.page_of(record)
            plan = merging.plan(**pair)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return self.list_page()
        context = {"form": form, "plan": plan, **pair, "moved": _counted(plan.moved), "left": _counted(plan.left)}
        return self.page(request, "patients/admin/merge.html", title=_("Merge two records"), **context)

    def offers(self, request: HttpRequest, act: str, obj: PatientMerge) -> bool:
        return obj.undone_at is None

    @action(
        description=_("Undo the merge"), url_path="unmerge", icon="call_split",
        permissions=["patients.merge_patient"], variant=ActionVariant.DANGER,
    )  # fmt: skip
    def unmerge(self, request: HttpRequest, object_id: str) -> HttpResponse:
        merge = self.find(request, object_id)
        return self.act(
            request, merge, ReasonForm(request.POST or None),
            lambda reason: merging.unmerge(merge=merge, by=request.user, reason=reason),
            title=_("Undo the merge"), submit=_("Undo the merge"), danger=True,
            advice=_("Exactly the rows that the merge moved go back."),
        )  # fmt: skip

    @display(description=_("kept record"))
    def kept_link(self, obj: PatientMerge) -> Any:
        return link_to(obj.kept, f"{obj.kept.name} · {obj.kept.record_number}")

    @display(description=_("merged record"))
    def merged_link(self, obj: PatientMerge) -> Any:
        return link_to(obj.merged, f"{obj.merged.name} · {obj.merged.record_number}")

    @display(description=_("merged at"), ordering="at")
    def when(self, obj: PatientMerge) -> str:
        return shown.moment(obj.at)

    @display(description=_("state"))
    def state(self, obj: PatientMerge) -> Any:
        if obj.undone_at is None:
            return badge(_("Stands"), "success")
        return badge(_("Undone %(when)s by %(who)s") % {"when": shown.moment(obj.undone_at), "who": obj.undone_by})


@admin.register(VerificationAttempt)
class VerificationAttemptAdmin(FactAdmin):
    """Who was asked what, and whether the answers were right."""

    list_display = ("patient", "asked", "right", "when", "by")
    list_select_related = ("patient", "by")
    list_filter = ("ok",)
    search_fields = ("patient__record_number",)
    ordering = ("-at",)

    @display(description=_("answers"), ordering="ok")
    def right(self, obj: VerificationAttempt) -> Any:
        return badge(_("Right"), "success") if obj.ok else badge(_("Wrong"), "danger")

    @display(description=_("when"), ordering="at")
    def when(self, obj: VerificationAttempt) -> str:
        return shown.moment(obj.at)


def _counted(counter: Any) -> list[tuple[Any, int]]:
    return [(model._meta.verbose_name_plural, count) for model, count in counter.items()]
