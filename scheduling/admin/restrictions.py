"""Restrictions after missed visits: imposed, objected to, decided and lifted, each by a press of its own."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import action
from unfold.enums import ActionVariant

from common import clock, shown
from common.admin import FactAdmin, FactInline, ReasonForm, posted
from common.filters import Chips
from patients.admin import sections
from patients.models import Patient
from scheduling.models import BookingRestriction
from scheduling.models.restriction import State
from scheduling.services import noshow_policies, restrictions

from .policies import in_words
from .restriction_columns import RestrictionColumns, RestrictionFacts
from .restriction_forms import AppealForm, DecideForm, ImposeForm

MAY_IMPOSE = ["scheduling.impose_bookingrestriction"]


class Standing(Chips):
    """What runs, unless asked for the rest."""

    title = _("state")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("running", _("Running")), ("appealed", _("Appeal to decide")), ("all", _("All"))]

    def value(self) -> str:
        return super().value() or "running"

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "all":
            return queryset
        running = queryset.running(clock.now())
        return running.appealed() if self.value() == "appealed" else running


class RestrictionInline(RestrictionColumns, FactInline):
    """On the patient's page: from when until when, and how it stands."""

    model = BookingRestriction
    fk_name = "patient"
    fields = readonly_fields = ("page_link", "state_badge", "by")
    ordering = ("-starts_at", "-pk")
    verbose_name_plural = _("Restrictions after missed visits")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With who imposed them."""
        return super().get_queryset(request).select_related("by", "patient")


sections.add(RestrictionInline)


@admin.register(BookingRestriction)
class BookingRestrictionAdmin(RestrictionFacts, FactAdmin):
    list_display = ("who", "state_badge", "begins", "ends", "counted", "by")
    list_filter = (Standing,)
    list_select_related = ("patient", "policy", "by")
    search_fields = ("patient__record_number",)
    search_help_text = _("Name, pinyin, end of the phone or record number")
    ordering = ("-starts_at", "-pk")
    fieldsets = (
        (None, {"fields": (("patient_link", "state_badge"), ("begins", "ends"), ("by", "note"))}),
        (pgettext_lazy("restriction", "Why"), {"fields": ("visits", "rule", "told")}),
        (_("Appeal"), {"fields": ("appealed", "appeal_text", "decided", "lifted")}),
    )
    readonly_fields = (
        "patient_link", "state_badge", "begins", "ends", "by", "note", "visits", "rule", "told", "appealed",
        "appeal_text", "decided", "lifted",
    )  # fmt: skip
    actions_list = ("impose",)
    actions_detail = ("appeal", "decide", "lift")
    empty_advice = _("Nobody is restricted. A supervisor imposes a restriction by the policy on missed visits.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With how many absences each rests on."""
        return super().get_queryset(request).select_related(*self.list_select_related).annotate(n=Count("absences"))

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """By whatever finds the patient."""
        if not search_term.strip():
            return queryset, False
        people = Patient.objects.visible_to(request.user).search(search_term)
        return queryset.filter(patient__in=list(people.values_list("pk", flat=True))), False

    def offers(self, request: HttpRequest, act: str, obj: BookingRestriction) -> bool:
        """Objected to once, decided by somebody else, lifted while it runs."""
        runs = obj.state(clock.now()) in (State.STANDING, State.APPEALED)
        fits = {
            "appeal": obj.appealed_at is None,
            "decide": obj.has_open_appeal and obj.by_id != request.user.pk,
            "lift": True,
        }
        return runs and fits[act]

    @action(
        description=_("Impose a restriction"), url_path="impose", icon="gavel", variant=ActionVariant.PRIMARY,
        permissions=MAY_IMPOSE,
    )  # fmt: skip
    def impose(self, request: HttpRequest) -> HttpResponse:
        """Choose among those whom the policy allows to be restricted."""
        policy, now = noshow_policies.live(), clock.now()
        if policy is None:
            messages.info(request, _("No policy on missed visits is in use, so nobody can be restricted."))
            return self.list_page()
        counts = restrictions.reached(policy, now)
        if not counts:
            messages.info(request, _("Nobody has as many unexcused absences as the policy asks for."))
            return self.list_page()
        made = BookingRestriction()

        def do(**said: Any) -> None:
            nonlocal made
            made.pk = restrictions.impose(by=request.user, **said).pk

        return self.act(
            request, made, ImposeForm(policy, counts, posted(request)), do, title=_("Impose a restriction"),
            submit=_("Restrict"), danger=True,
            facts=[(_("Policy"), in_words(policy)), (_("Patients are told"), policy.text)],
            advice=_("The patient is told why, until when and how to object. Urgent care and the desk stay open."),
            done=_("Restricted. The patient is told."),
        )  # fmt: skip

    @action(
        description=_("Record an appeal"), url_path="appeal", icon="record_voice_over",
        permissions=["scheduling.appeal_bookingrestriction"],
    )  # fmt: skip
    def appeal(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What the patient says against it."""
        row = self.find(request, object_id)
        return self.act(
            request, row, AppealForm(posted(request)),
            lambda text: restrictions.appeal(restriction=row, text=text, by=request.user),
            title=_("Record an appeal"), submit=_("Record the appeal"), facts=self._facts(row),
            advice=_("From now on the patient can book again, until somebody else has decided."),
            done=_("Recorded. The restriction is suspended until it is decided."),
        )  # fmt: skip

    @action(
        description=_("Decide the appeal"), url_path="decide", icon="balance", variant=ActionVariant.PRIMARY,
        permissions=["scheduling.decide_bookingrestriction"],
    )  # fmt: skip
    def decide(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """It stays or is lifted."""
        row = self.find(request, object_id)
        return self.act(
            request, row, DecideForm(posted(request)),
            lambda outcome, reason: restrictions.decide(
                restriction=row, outcome=outcome, reason=reason, by=request.user
            ),
            title=_("Decide the appeal"), submit=_("Decide"), done=_("Decided. The patient is told."),
            facts=[
                *self._facts(row), (_("The patient says"), row.appeal_text),
                (_("To be decided until"), shown.moment(row.appeal_due_at)),
            ],
        )  # fmt: skip

    @action(description=_("Lift"), url_path="lift", icon="lock_open", permissions=MAY_IMPOSE)
    def lift(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """It ends now."""
        row = self.find(request, object_id)
        return self.act(
            request, row, ReasonForm(posted(request)),
            lambda reason: restrictions.lift(restriction=row, reason=reason, by=request.user),
            title=_("Lift the restriction"), submit=_("Lift"), facts=self._facts(row),
            done=_("Lifted. The patient is told."),
        )  # fmt: skip

    def _facts(self, row: BookingRestriction) -> list[tuple[Any, Any]]:
        return [
            (_("Patient"), row.patient),
            (_("Until"), shown.moment(row.until)),
            (_("Imposed by"), row.by),
            (_("Missed visits"), self.visits(row)),
        ]
