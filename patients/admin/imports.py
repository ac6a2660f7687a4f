"""Bringing files in: asked for here, done by the worker, watched here."""

from pathlib import Path
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminExpandableTextareaWidget

from accounts.models.access import Action
from accounts.services import access
from common import shown
from common.admin import ModelAdmin, badge, two_lines
from common.errors import Refusal
from patients.models import IMPORT_TONE, ImportRun, ImportState
from patients.services.importing import maps, runs

OPEN = (ImportState.QUEUED, ImportState.RUNNING)


class ImportForm(forms.ModelForm):
    """A file and what its columns mean."""

    class Meta:
        model = ImportRun
        fields = ("kind", "file", "map_text", "is_dry_run")
        widgets = {"map_text": UnfoldAdminExpandableTextareaWidget(attrs={"rows": 14, "spellcheck": "false"})}

    def clean(self) -> dict[str, Any]:
        """The map is read at once: a slip in it should not wait for the worker."""
        cleaned = super().clean()
        kind = runs.KINDS.get(cleaned.get("kind", ""))
        if kind is None:
            self.add_error("kind", _("Files of this kind cannot be brought in here."))
        elif "map_text" in cleaned:
            try:
                maps.read_map(cleaned["map_text"], fields=kind.fields, required=kind.required)
            except Refusal as refusal:
                self.add_error("map_text", str(refusal))
        return cleaned


@admin.register(ImportRun)
class ImportRunAdmin(ModelAdmin):
    """Runs over files; nothing is changed afterwards."""

    form = ImportForm
    list_display = (
        "file_name", "state_badge", "progress", "created", "updated", "repeated", "rejected_link", "warned_link",
        "asked_by",
    )  # fmt: skip
    list_filter = (("state", ChoicesDropdownFilter), ("kind", ChoicesDropdownFilter))
    list_select_related = ("by",)
    actions_detail = ("stop",)
    empty_advice = _("Bring in a file of another system: its map says what each column means.")
    fields = ("kind", "file", "map_text", "is_dry_run")
    facts = (
        "kind", "file_name", "is_dry_run", "state_badge", "problem", "progress", "created", "updated", "repeated",
        "rejected_link", "warned_link", "asked", "ended", "by", "map_text",
    )  # fmt: skip

    def has_change_permission(self, request: HttpRequest, obj: ImportRun | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: ImportRun | None = None) -> tuple:
        return self.facts if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: ImportRun | None = None) -> tuple:
        return self.facts if obj else ()

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        return super().changeform_view(request, object_id, form_url, {"show_history": False, **(extra_context or {})})

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        """A run has no history: it is one."""
        raise Http404

    def save_model(self, request: HttpRequest, obj: ImportRun, form: Any, change: bool) -> None:
        """Through the service, which asks for the right and writes the access log."""
        facts = {name: form.cleaned_data[name] for name in ("kind", "file", "map_text", "is_dry_run")}
        queued = runs.queue(by=request.user, **facts)
        obj.pk, obj.uuid = queued.pk, queued.uuid
        obj._state.adding = False

    def get_urls(self) -> list:
        view = self.admin_site.admin_view(self.download_rejects)
        return [path("<uuid:uuid>/rejects/", view, name="patients_importrun_rejects"), *super().get_urls()]

    def download_rejects(self, request: HttpRequest, uuid: Any) -> HttpResponse:
        """The rows to correct. They hold people's facts in clear, so taking them out is written down."""
        run = self.get_queryset(request).filter(Q(rejected__gt=0) | Q(warned__gt=0), uuid=uuid).first()
        if run is None or not self.has_add_permission(request) or not run.rejects:
            raise Http404
        access.record(
            Action.EXPORT,
            by=request.user,
            kind="patients.importrun",
            subject=run.uuid,
            detail=f"{run.rejected} rejects, {run.warned} warnings",
        )
        return FileResponse(run.rejects.open("rb"), as_attachment=True, filename=f"rejects-{run.created_at:%Y%m%d}.csv")

    def offers(self, request: HttpRequest, act: str, obj: ImportRun) -> bool:
        return obj.state in OPEN

    @action(description=_("Stop"), url_path="stop", icon="stop_circle", permissions=["patients.add_importrun"])
    def stop(self, request: HttpRequest, object_id: str) -> HttpResponse:
        run = self.find(request, object_id)
        return self.act(
            request, run, forms.Form(request.POST or None), lambda: runs.stop(run), title=_("Stop the import"),
            submit=_("Stop the import"), advice=_("What is stored stays; a second run stores nothing twice."),
        )  # fmt: skip

    @display(description=_("file"))
    def file_name(self, obj: ImportRun) -> Any:
        return two_lines(Path(obj.file.name).name, obj.get_kind_display())

    @display(description=_("state"), ordering="state")
    def state_badge(self, obj: ImportRun) -> Any:
        text = obj.get_state_display()
        return badge(_("%(state)s (only a try)") % {"state": text} if obj.is_dry_run else text, IMPORT_TONE[obj.state])

    @display(description=_("read"))
    def progress(self, obj: ImportRun) -> Any:
        text = f"{obj.done:,} / {max(obj.total, obj.done):,}"
        bar = '<progress class="crm-progress" max="{}" value="{}" aria-label="{}"></progress> {}'
        return format_html(bar, max(obj.total, obj.done, 1), obj.done, text, text)

    @display(description=_("rejected"), ordering="rejected")
    def rejected_link(self, obj: ImportRun) -> Any:
        return self._rows(obj, obj.rejected)

    @display(description=_("warnings"), ordering="warned")
    def warned_link(self, obj: ImportRun) -> Any:
        return self._rows(obj, obj.warned)

    def _rows(self, obj: ImportRun, count: int) -> Any:
        """The count, leading to the file of the rows to look at."""
        if not count:
            return 0
        address = reverse("admin:patients_importrun_rejects", args=[obj.uuid])
        return format_html('<a class="crm-link" href="{}">{}</a>', address, count)

    @display(description=pgettext_lazy("import", "asked for"), ordering="created_at")
    def asked(self, obj: ImportRun) -> str:
        return shown.moment(obj.created_at)

    @display(description=pgettext_lazy("import", "asked for"), ordering="created_at")
    def asked_by(self, obj: ImportRun) -> Any:
        return two_lines(self.asked(obj), obj.by)

    @display(description=_("finished"))
    def ended(self, obj: ImportRun) -> str:
        return shown.moment(obj.finished_at)
