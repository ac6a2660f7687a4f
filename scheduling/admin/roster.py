"""The weekly roster, days off and special days."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.overrides import FORMFIELD_OVERRIDES
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminSingleTimeWidget

from common import clock, shown
from common.admin import ModelAdmin, ReasonBelowForm, ReasonForm, badge, posted, rows_link, two_lines
from common.errors import Refusal
from common.filters import AutocompleteSelectFilter, InUse, When
from scheduling.models import ClosedDay, Leave, Schedule, Session
from scheduling.services import schedules, sessions

from .forms import DaysForm
from .previews import print_of

CHANGEABLE = (
    "weekday", "starts", "ends", "slot_minutes", "capacity", "overbook_limit", "location", "valid_from", "valid_until",
    "runs_on_holidays", "is_active",
)  # fmt: skip

SHARED_SHOWN = 5


def widgets_of(fields: tuple[str, ...]) -> Any:
    """Unfold's widgets for a model form outside its admin."""

    def make(field: Any, **options: Any) -> forms.Field | None:
        if field.choices or field.is_relation:
            options.setdefault("widget", UnfoldAdminSelectWidget)
        else:
            known = next((FORMFIELD_OVERRIDES[kind] for kind in type(field).__mro__ if kind in FORMFIELD_OVERRIDES), {})
            options = {**known, **options}
        if isinstance(field, models.TimeField):
            options["widget"] = UnfoldAdminSingleTimeWidget(format="%H:%M")
        return field.formfield(**options)

    return make


class ScheduleChangeForm(forms.ModelForm):
    """What can be changed of a line of the roster; who and which service make another line."""

    class Meta:
        model = Schedule
        fields = CHANGEABLE
        formfield_callback = widgets_of(CHANGEABLE)

    @property
    def changes(self) -> dict[str, Any]:
        """Only what differs from what is stored."""
        return {name: self.cleaned_data[name] for name in self.changed_data}


@admin.register(Schedule)
class ScheduleAdmin(ModelAdmin):
    list_display = ("who", "what", "day_badge", "times", "room", "cut", "validity", "sessions", "use")
    list_filter = (
        InUse,
        ("weekday", ChoicesDropdownFilter),
        ("service__department__site", AutocompleteSelectFilter),
        ("service__department", AutocompleteSelectFilter),
        ("service", AutocompleteSelectFilter),
        ("practitioner", AutocompleteSelectFilter),
    )
    list_select_related = ("practitioner", "service__department", "location")
    search_fields = ("practitioner__name", "practitioner__name_pinyin", "service__name_zh", "service__name_en")
    autocomplete_fields = ("practitioner", "service", "location")
    ordering = ("practitioner__name_pinyin", "weekday", "starts")
    actions_list = ("generate",)
    actions_detail = ("change_roster",)
    empty_advice = _("Add the weekly lines of the roster, then generate their sessions.")
    fieldsets = (
        (None, {"fields": (("practitioner", "service"), ("location", "weekday"), ("starts", "ends"))}),
        (_("Places"), {"fields": (("slot_minutes", "capacity"), "overbook_limit")}),
        (_("Validity"), {"fields": (("valid_from", "valid_until"), ("runs_on_holidays", "is_active"))}),
    )

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never by the plain form: a change of the roster is shown before it is made."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("scheduling.view_schedule")

    @action(
        description=_("Change"), url_path="change-roster", icon="edit_calendar", variant=ActionVariant.PRIMARY,
        permissions=["scheduling.change_schedule"],
    )  # fmt: skip
    def change_roster(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Form, then the difference to the weeks already made, then the change."""
        schedule = self.find(request, object_id)
        form = ScheduleChangeForm(posted(request), instance=Schedule.objects.get(pk=schedule.pk))
        reason = ReasonBelowForm(request.POST if "apply" in request.POST else None)
        plan = self._plan(schedule, form) if request.method == "POST" else None
        if plan and "apply" in request.POST and reason.is_valid() and self._apply(request, plan, reason):
            return self.page_of(schedule)
        return self.page(
            request, "scheduling/change_roster.html", title=_("Change the roster"), original=schedule, form=form,
            plan=plan, reason=reason, seen=print_of(plan) if plan else "",
        )  # fmt: skip

    def _plan(self, schedule: Schedule, form: ScheduleChangeForm) -> schedules.Plan | None:
        if not form.is_valid():
            return None
        if not form.changed_data:
            form.add_error(None, _("Nothing was changed."))
            return None
        try:
            return schedules.plan_change(schedule, **form.changes)
        except ValidationError as error:
            form.add_error(None, error)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        return None

    def _apply(self, request: HttpRequest, plan: schedules.Plan, reason: ReasonForm) -> bool:
        if request.POST.get("seen") != print_of(plan):
            reason.add_error(None, _("Something changed since this preview was made. Please look at it again."))
            return False
        try:
            schedules.apply_change(plan, by=request.user, **reason.cleaned_data)
        except Refusal as refusal:
            reason.add_error(None, str(refusal))
            return False
        messages.success(request, _("The roster and its coming sessions were changed."))
        return True

    @action(
        description=_("Generate sessions now"), url_path="generate", icon="event_available",
        permissions=["scheduling.add_session"],
    )  # fmt: skip
    def generate(self, request: HttpRequest) -> HttpResponse:
        """What the nightly job does, for days of one's choice."""
        today = clock.today()
        form = DaysForm(posted(request), initial={"first": today, "last": today + dt.timedelta(days=27)})
        if request.method == "POST" and form.is_valid():
            mine = self.get_queryset(request).filter(is_active=True).select_related("service__department")
            made = sessions.generate(**form.cleaned_data, by=request.user, schedules=mine)
            told = _("%(sessions)s sessions with %(slots)s times were made.")
            messages.success(request, told % {"sessions": made.sessions, "slots": made.slots})
            self._warn(request, made)
            return self.list_page()
        return self.page(
            request, "admin/act.html", title=_("Generate sessions from the roster"), form=form,
            submit=_("Generate"), advice=_("Sessions that are there already stay as they are."),
        )  # fmt: skip

    def _warn(self, request: HttpRequest, made: sessions.Generated) -> None:
        """Which sessions are not alone in their room; the first few, for somebody has to look at the roster anyway."""
        said = _("%(session)s shares %(room)s with %(other)s.")
        for session, other in made.shared[:SHARED_SHOWN]:
            messages.warning(request, said % {"session": session, "room": other.location, "other": other})
        if len(made.shared) > SHARED_SHOWN:
            messages.warning(request, _("%(n)s more share a room.") % {"n": len(made.shared) - SHARED_SHOWN})

    @display(description=_("practitioner"), ordering="practitioner__name_pinyin")
    def who(self, obj: Schedule) -> Any:
        return two_lines(obj.practitioner, obj.practitioner.get_title_display())

    @display(description=_("service"), ordering="service")
    def what(self, obj: Schedule) -> Any:
        return two_lines(obj.service, obj.service.department)

    @display(description=_("weekday"), ordering="weekday")
    def day_badge(self, obj: Schedule) -> str:
        return obj.get_weekday_display()

    @display(description=_("time"), ordering="starts")
    def times(self, obj: Schedule) -> str:
        return shown.span(obj.starts, obj.ends)

    @display(description=_("room"), ordering="location")
    def room(self, obj: Schedule) -> Any:
        return obj.location or "–"

    @display(description=_("places"))
    def cut(self, obj: Schedule) -> str:
        return str(_("%(places)s every %(minutes)s min") % {"places": obj.capacity, "minutes": obj.slot_minutes})

    @display(description=_("valid"), ordering="valid_from")
    def validity(self, obj: Schedule) -> str:
        return f"{shown.day(obj.valid_from)} – {shown.day(obj.valid_until) if obj.valid_until else ''}"

    @display(description=_("sessions"))
    def sessions(self, obj: Schedule) -> Any:
        return rows_link(Session, _("Show"), schedule__id__exact=obj.pk, when="ahead")

    @display(description=_("in use"), ordering="is_active")
    def use(self, obj: Schedule) -> Any:
        return badge(_("In use"), "success") if obj.is_active else badge(_("Not in use"))


class WhenAway(When):
    field = "ends_at"
    default = "ahead"


@admin.register(Leave)
class LeaveAdmin(ModelAdmin):
    list_display = ("practitioner", "time", "reason")
    list_filter = (WhenAway, ("practitioner", AutocompleteSelectFilter))
    list_select_related = ("practitioner",)
    search_fields = ("practitioner__name", "practitioner__name_pinyin", "reason")
    autocomplete_fields = ("practitioner",)
    seen_through = "practitioner"
    ordering = ("starts_at",)
    fields = ("practitioner", ("starts_at", "ends_at"), "reason")
    empty_advice = _("Nobody is away. Leave keeps new sessions from being made; stop those that are made already.")

    @display(description=_("away"), ordering="starts_at")
    def time(self, obj: Leave) -> str:
        return f"{shown.moment(obj.starts_at)} – {shown.moment(obj.ends_at)}"


class WhenSpecial(When):
    default = "ahead"


@admin.register(ClosedDay)
class ClosedDayAdmin(ModelAdmin):
    list_display = ("date", "name", "kind", "where")
    list_filter = (WhenSpecial, ("site", AutocompleteSelectFilter))
    list_select_related = ("site",)
    search_fields = ("name_zh", "name_en")
    autocomplete_fields = ("site",)
    fields = (("name_zh", "name_en"), ("day", "site"), "is_open")
    empty_advice = _("Public holidays are known already. Add days on which the hospital closes or works all the same.")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> forms.Field | None:
        """Who is limited to some sites names one of them."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        field.required = not request.user.sees_everything
        return field

    def has_change_permission(self, request: HttpRequest, obj: ClosedDay | None = None) -> bool:
        """A day of every site is changed by who sees every site."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or obj.site_id is not None or request.user.sees_everything)

    @display(description=_("day"), ordering="day")
    def date(self, obj: ClosedDay) -> str:
        return shown.day(obj.day)

    @display(description=_("kind"), ordering="is_open")
    def kind(self, obj: ClosedDay) -> Any:
        return badge(_("Works all the same"), "success") if obj.is_open else badge(_("Closed"), "warning")

    @display(description=_("where"), ordering="site")
    def where(self, obj: ClosedDay) -> Any:
        return obj.site or _("Every site")
