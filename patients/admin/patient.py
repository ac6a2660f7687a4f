"""The list and the page of patients."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from common import shown
from common.admin import ModelAdmin, badge, link_to, told, two_lines
from common.errors import Refusal
from patients.admin import forms, sections
from patients.admin.acts import PatientActs
from patients.admin.filters import HasTag, ShortCount, State
from patients.admin.inlines import INLINES
from patients.errors import IdentifierTaken, LooksAlike
from patients.models import Patient
from patients.services import registration, revealing


@admin.register(Patient)
class PatientAdmin(PatientActs, ModelAdmin):
    """People are found by search; the list shows who was worked on last."""

    form = forms.PatientForm
    list_display = ("who", "sex_word", "born", "phone", "record_number", "tag_badges", "state", "changed")
    list_filter = (State, HasTag, ("sex", ChoicesDropdownFilter), ("language", ChoicesDropdownFilter))
    search_fields = ("name",)
    search_help_text = _("Name, pinyin, initials, phone or its last digits, identity number or its end, record number")
    ordering = ("-changed_at",)
    paginator = ShortCount
    inlines = INLINES
    actions = ("merge_selected",)
    empty_advice = _("Register the first patient, or bring patients in from another system.")
    export_permission = "patients.export_patient"
    export_columns = (
        (_("record number"), lambda one: one.record_number),
        (_("name"), lambda one: one.name),
        (_("sex"), lambda one: one.get_sex_display()),
        (_("birth date"), lambda one: one.birth_date),
        (_("phone"), lambda one: one.phone_masked),
    )
    readonly_fields = ("record_number", "born", "state", "merged", "registered", "changed")
    fieldsets = (
        (None, {"fields": (("name", "record_number"), ("sex", "language"), ("birth_date", "born"), "note")}),
        (_("State"), {"fields": (("state", "merged"), "deceased_on", ("registered", "changed"))}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With phones and tags."""
        return super().get_queryset(request).for_list().select_related("merged_into", "created_by")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """The best matches first; an empty search leaves the list as it is."""
        return (queryset.search(search_term) if search_term.strip() else queryset), False

    def choice_text(self, obj: Patient) -> str:
        """Two people called Zhang Wei are told apart by birth date and record number."""
        return f"{obj.name} · {shown.birth(obj.birth_date, obj.age())} · {obj.record_number}"

    def get_inlines(self, request: HttpRequest, obj: Patient | None) -> tuple:
        return (*INLINES, *sections.known()) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Patient | None = None) -> bool:
        """A merged record is only looked at."""
        return super().has_change_permission(request, obj) and not (obj and obj.is_merged)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        """Registering: look-alikes are shown before anybody is stored."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        back = _page_to_return_to(request)
        typed = forms.guess(request.GET.get("typed", ""))
        form = forms.RegisterForm(request.POST if request.method == "POST" else None, initial=typed)
        alike, patient = [], None
        if request.method == "POST" and form.is_valid():
            patient, alike = self._register(request, form)
        if patient is not None:
            messages.success(request, _("%(name)s is registered.") % {"name": patient.name})
            return redirect(f"{back}?patient={patient.uuid}") if back else self.page_of(patient)
        context = {"form": form, "alike": alike, "original": None, "back": back}
        answer = self.page(request, "patients/admin/register.html", title=_("Register a patient"), **context)
        answer.status_code = 409 if alike else 422 if form.errors else 200
        return answer

    def _register(self, request: HttpRequest, form: forms.RegisterForm) -> tuple[Patient | None, list]:
        confirmed = "confirm_not_duplicate" in request.POST
        try:
            return registration.register(by=request.user, confirm_not_duplicate=confirmed, **form.facts()), []
        except LooksAlike as refusal:
            return None, refusal.alternatives
        except Refusal as refusal:
            form.add_error(_form_field(refusal, form), str(refusal))
            owners = refusal.alternatives if isinstance(refusal, IdentifierTaken) else []
            for owner in owners:
                form.add_error(None, _("It is %(who)s.") % {"who": f"{owner.name}, {owner.record_number}"})
        return None, []

    def save_model(self, request: HttpRequest, obj: Patient, form: Any, change: bool) -> None:
        """Through the service, which keeps pinyin and search words."""
        changes = {name: form.cleaned_data[name] for name in form.changed_data if name in registration.EDITABLE}
        if changes:
            with told(request):
                registration.update(patient=obj, by=request.user, **changes)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """Who opens a record is written down."""
        answer = super().change_view(request, object_id, form_url, extra_context)
        if request.method == "GET" and answer.status_code == 200:
            revealing.note_opening(self.find(request, object_id), by=request.user, ip=request.META.get("REMOTE_ADDR"))
        return answer

    @admin.action(description=_("Merge two records of one person"), permissions=["merge"])
    def merge_selected(self, request: HttpRequest, rows: QuerySet) -> HttpResponse | None:
        """Exactly two: the next page shows what would happen."""
        pair = list(rows.order_by("created_at")[:3])
        if len(pair) != 2:
            messages.error(request, _("Please select exactly two records."))
            return None
        return redirect("admin:patients_patientmerge_preview", pair[0].uuid, pair[1].uuid)

    def has_merge_permission(self, request: HttpRequest) -> bool:
        """For the action of the list."""
        return request.user.has_perm("patients.merge_patient")

    @display(description=_("name"), ordering="name_pinyin")
    def who(self, obj: Patient) -> Any:
        return two_lines(obj.name, "" if obj.name.isascii() else obj.name_pinyin)

    @display(description=_("sex"), ordering="sex")
    def sex_word(self, obj: Patient) -> str:
        return obj.get_sex_display()

    @display(description=_("birth date and age"), ordering="birth_date")
    def born(self, obj: Patient) -> str:
        return shown.birth(obj.birth_date, obj.age())

    @display(description=_("phone"))
    def phone(self, obj: Patient) -> str:
        return obj.phone_masked or "–"

    @display(description=_("tags"))
    def tag_badges(self, obj: Patient) -> Any:
        current = [(badge(one.tag.name, one.tag.tone),) for one in obj.patient_tags.all() if one.is_current()]
        return format_html_join(" ", "{}", current) or "–"

    @display(description=_("state"))
    def state(self, obj: Patient) -> Any:
        if obj.is_merged:
            return badge(_("Merged"))
        if obj.deceased_on:
            return badge(_("Deceased"))
        if obj.is_barred():
            return badge(_("Restricted until %(until)s") % {"until": shown.day(obj.last_barred_day)}, "warning")
        return badge(_("Active"), "success")

    @display(description=_("merged into"))
    def merged(self, obj: Patient) -> Any:
        return link_to(obj.merged_into)

    @display(description=_("registered"))
    def registered(self, obj: Patient) -> str:
        return f"{shown.moment(obj.created_at)} · {obj.created_by or '–'}"

    @display(description=_("last change"), ordering="changed_at")
    def changed(self, obj: Patient) -> str:
        return shown.moment(obj.changed_at)


def _page_to_return_to(request: HttpRequest) -> str:
    """The page of ours that sent somebody here to register a patient, and takes `?patient=`."""
    asked = request.GET.get("next", "")
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else ""


def _form_field(refusal: Refusal, form: forms.RegisterForm) -> str | None:
    return refusal.field if refusal.field in form.fields else None
