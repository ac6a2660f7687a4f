"""Missed visits: a person says of each whether it was excused, with what the patient gave as the reason beside it."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from common import clock, shown
from common.admin import FactAdmin, ReasonForm, badge, posted, two_lines
from common.filters import AutocompleteSelectFilter
from patients.models import Patient
from scheduling import said, seeing
from scheduling.models import Absence, AppointmentStatus, MissedVisit
from scheduling.services import absences, noshow_policies, restrictions

from .columns import BookingFacts, slot_line
from .missed_filters import Judged, WhenMissed

MAY_JUDGE = ["scheduling.judge_absence"]
VERDICTS = {True: (pgettext_lazy("absence", "Excused"), "success"), False: (_("Not excused"), "danger")}


@admin.register(MissedVisit)
class MissedVisitAdmin(BookingFacts, FactAdmin):
    list_display = ("when", "who", "service", "patient_said", "verdict", "judging")
    list_filter = (
        Judged,
        WhenMissed,
        ("slot__service__department", AutocompleteSelectFilter),
        ("patient", AutocompleteSelectFilter),
    )
    search_fields = ("reference",)
    search_help_text = _("Name, pinyin, end of the phone or record number")
    ordering = ("-starts_at", "-pk")
    fields = readonly_fields = (
        "patient_link", "session_link", "booked", "confirmed", "patient_said", "verdict", "story",
    )  # fmt: skip
    actions_detail = ("excuse", "not_excuse")
    empty_advice = _("No missed visit waits to be judged. New ones appear here when it is recorded that nobody came.")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("scheduling.view_absence")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Those that the person may see."""
        mine = seeing.appointments(request.user).filter(status=AppointmentStatus.NOSHOW, patient__isnull=False)
        rows = MissedVisit.objects.filter(pk__in=mine.order_by().values("pk")).for_desk()
        return rows.select_related("by", "absence__by").prefetch_related("patient__contact_points")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """By whatever finds the patient."""
        if not search_term.strip():
            return queryset, False
        people = Patient.objects.visible_to(request.user).search(search_term)
        return queryset.filter(patient__in=list(people.values_list("pk", flat=True))), False

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With what each patient said, read at once for all rows."""
        page = super().get_changelist_instance(request)
        words = said.of([row.pk for row in page.result_list], request.user)
        for row in page.result_list:
            row.said, row.may_judge = words.get(row.pk, []), self._may_judge(request)
        return page

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """With what the patient said."""
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            row.said = said.of([row.pk], request.user).get(row.pk, [])
        return row

    def _may_judge(self, request: HttpRequest) -> bool:
        return request.user.has_perm(*MAY_JUDGE)

    def offers(self, request: HttpRequest, act: str, obj: MissedVisit) -> bool:
        """What was said already is not said again."""
        known = getattr(obj, "absence", None)
        return known is None or known.is_excused != (act == "excuse")

    @action(
        description=pgettext_lazy("absence", "Excused"),
        url_path="excuse",
        icon="check",
        variant=ActionVariant.PRIMARY,
        permissions=MAY_JUDGE,
    )
    def excuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """There was a good reason."""
        return self._judge(request, object_id, excused=True)

    @action(description=_("Not excused"), url_path="not-excuse", icon="close", permissions=MAY_JUDGE)
    def not_excuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """There was none."""
        return self._judge(request, object_id, excused=False)

    def _judge(self, request: HttpRequest, object_id: str, *, excused: bool) -> HttpResponse:
        row = self.find(request, object_id)
        form = ReasonForm(posted(request), initial={"reason": row.said[-1][:200] if row.said else ""})

        def do(reason: str) -> None:
            absences.judge_absence(appointment=row, excused=excused, reason=reason, by=request.user)
            self._tell_who_reached(request, row)

        title = _("The absence was excused") if excused else _("The absence was not excused")
        return self.act(
            request, row, form,
            do,
            title=title, submit=VERDICTS[excused][0], done=_("Written down. It can be changed."),
            facts=[
                (_("Patient"), row.patient), (_("Visit"), slot_line(row.slot)),
                (_("Patient said"), self.patient_said(row)), (_("So far"), self.verdict(row)),
            ],
            advice=_("An excused absence counts for nothing. One that is not counts by the policy on missed visits."),
        )  # fmt: skip

    def _tell_who_reached(self, request: HttpRequest, row: MissedVisit) -> None:
        policy = noshow_policies.live()
        counted = restrictions.visits_of([row.patient_id], policy, clock.now()) if policy else {}
        if policy and len(counted.get(row.patient_id, ())) >= policy.absences:
            told = _(
                "%(name)s has as many unexcused absences as the policy asks for. A supervisor decides what follows."
            )
            messages.info(request, told % {"name": row.patient.name})

    def page_of(self, obj: MissedVisit) -> HttpResponse:
        """Back to the list: the next one waits."""
        return self.list_page()

    @display(description=_("patient said"))
    def patient_said(self, obj: MissedVisit) -> Any:
        return format_html_join("", "<div>“{}”</div>", ((words,) for words in obj.said)) or "–"

    @display(description=_("judged"))
    def verdict(self, obj: MissedVisit) -> Any:
        known = getattr(obj, "absence", None)
        if known is None:
            return badge(_("To judge"), "warning")
        return two_lines(badge(*VERDICTS[known.is_excused]), f"{known.reason} · {known.by}")

    @display(description=_("say"))
    def judging(self, obj: MissedVisit) -> Any:
        if not obj.may_judge:
            return "–"
        links = (
            (reverse(f"admin:scheduling_missedvisit_{act}", args=[obj.pk]), words)
            for act, words in (("excuse", pgettext_lazy("absence", "Excused")), ("not_excuse", _("Not excused")))
            if self.offers(None, act, obj)
        )
        return format_html_join(" ", '<a class="crm-button" href="{}">{}</a>', links)

    @display(description=_("said so far"))
    def story(self, obj: MissedVisit) -> Any:
        known = Absence.objects.filter(appointment=obj.pk).first()
        if known is None:
            return gettext("Nobody has judged it yet.")
        past = known.history.select_related("by").order_by("history_date", "pk")
        lines = ((shown.moment(one.at), VERDICTS[one.is_excused][0], one.reason, one.by) for one in past)
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{} · {} · {} · {}</li>", lines))
