"""Half-days: how full they are, stopped or not; extra ones are added here."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from common import clock, shown
from common.admin import FactAdmin, badge, link_to, posted, rows_link, two_lines
from common.filters import AutocompleteSelectFilter, When
from directory.models import HealthcareService, Location, Practitioner
from scheduling import seeing
from scheduling.models import Appointment, Closure, Session, SessionStatus, Slot
from scheduling.models.session import SESSION_TONE
from scheduling.services import sessions

from .columns import fullness
from .forms import ExtraSessionForm
from .slots import SlotInline
from .stop_acts import StopActs
from .stopping import StoppageInline


def with_places(rows: QuerySet[Session]) -> QuerySet[Session]:
    """Sessions with `places`, `taken` and `free` as the desk counts them; read after the page is cut."""
    mine = Slot.objects.in_roster().filter(session=OuterRef("pk")).order_by().values("session")
    left = Q(closed=Closure.OPEN, taken__lt=F("capacity"), ends_at__gt=clock.now())
    return rows.annotate(
        places=Subquery(mine.annotate(n=Sum("capacity")).values("n")),
        taken=Subquery(mine.annotate(n=Sum("taken")).values("n")),
        free=Subquery(mine.filter(left).annotate(n=Sum(F("capacity") - F("taken"))).values("n")),
    )


@admin.register(Session)
class SessionAdmin(StopActs, FactAdmin):
    list_display = ("half_day", "who", "what", "room", "filled", "free_places", "state", "released")
    list_filter = (
        When,
        ("status", ChoicesDropdownFilter),
        ("service__department__site", AutocompleteSelectFilter),
        ("service__department", AutocompleteSelectFilter),
        ("service", AutocompleteSelectFilter),
        ("practitioner", AutocompleteSelectFilter),
    )
    linked_by = ("schedule__id__exact", "status__in")
    search_fields = ("practitioner__name", "practitioner__name_pinyin", "service__name_zh", "service__name_en")
    ordering = ("starts_at", "pk")
    inlines = (SlotInline, StoppageInline)
    fields = (("half_day", "state"), ("who", "what"), ("room", "released"), ("filled", "overbook_limit"), "origin")
    readonly_fields = ("half_day", "state", "who", "what", "room", "released", "filled", "overbook_limit", "origin")
    actions = ("stop_rows",)
    actions_list = ("add_extra",)
    actions_detail = ("lift", "stop", "day_bookings")
    empty_advice = _("No session takes place then. Generate sessions from the weekly schedules, or add an extra one.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Sessions that the person may see, with their places."""
        return with_places(seeing.sessions(request.user).for_list()).select_related("schedule")

    def offers(self, request: HttpRequest, act: str, obj: Session) -> bool:
        """Nothing that has ended is stopped; only what is stopped is opened again."""
        ahead = obj.ends_at > clock.now()
        return {
            "stop": ahead and obj.status != SessionStatus.CANCELLED,
            "lift": ahead and obj.status != SessionStatus.OPEN,
            "day_bookings": True,
        }[act]

    @action(description=_("Its bookings"), url_path="bookings", icon="list_alt")
    def day_bookings(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The list of the session's bookings."""
        session = self.find(request, object_id)
        query = {"slot__session__id__exact": session.pk, "when": "all"}
        return redirect(reverse("admin:scheduling_appointment_changelist", query=query))

    @action(
        description=_("Add an extra session"), url_path="extra", icon="add", permissions=["scheduling.add_session"],
        variant=ActionVariant.PRIMARY,
    )  # fmt: skip
    def add_extra(self, request: HttpRequest) -> HttpResponse:
        """A session beyond the roster (加号)."""
        form = extra_form(self, request)(posted(request), initial={"day": clock.today()})
        return self.act(
            request, Session(), form, lambda **given: self._extra(request, given), title=_("Add an extra session"),
            submit=_("Add the session"), done=_("Added. Its places are open."),
        )  # fmt: skip

    def _extra(self, request: HttpRequest, given: dict) -> None:
        given["slot_minutes"] = given["slot_minutes"] or None
        sessions.add_extra(by=request.user, **given)

    def page_of(self, obj: Session) -> HttpResponse:
        """A session that was just added has no page to go back to."""
        return super().page_of(obj) if obj.pk else self.list_page()

    @display(description=_("session"), ordering="starts_at")
    def half_day(self, obj: Session) -> Any:
        return two_lines(shown.day(obj.day), shown.span(obj.starts_at, obj.ends_at))

    @display(description=_("practitioner"), ordering="practitioner__name_pinyin")
    def who(self, obj: Session) -> Any:
        return two_lines(obj.practitioner, obj.practitioner.get_title_display())

    @display(description=_("service"), ordering="service")
    def what(self, obj: Session) -> Any:
        return two_lines(obj.service, obj.service.department)

    @display(description=_("room"), ordering="location")
    def room(self, obj: Session) -> Any:
        return obj.location or "–"

    @display(description=_("taken"))
    def filled(self, obj: Session) -> Any:
        counted = fullness(obj.taken or 0, obj.places or 0)
        return rows_link(Appointment, counted, slot__session__id__exact=obj.pk, when="all")

    @display(description=_("free"))
    def free_places(self, obj: Session) -> int:
        return obj.free or 0

    @display(description=_("state"), ordering="status")
    def state(self, obj: Session) -> Any:
        return badge(obj.get_status_display(), SESSION_TONE[obj.status])

    @display(description=_("places open"), ordering="released_at")
    def released(self, obj: Session) -> Any:
        if obj.is_released(clock.now()):
            return shown.moment(obj.released_at)
        return badge(shown.moment(obj.released_at), "warning", "schedule")

    @display(description=_("made from"))
    def origin(self, obj: Session) -> Any:
        return link_to(obj.schedule) if obj.schedule else badge(_("Extra session"), "info")


def extra_form(model_admin: SessionAdmin, request: HttpRequest) -> type[forms.Form]:
    """The form for an extra session, whose practitioner, service and room are found by typing, within the scope."""

    def choice(name: str, rows: QuerySet, required: bool = True) -> forms.ModelChoiceField:
        field = Session._meta.get_field(name)
        widget = AutocompleteSelect(field, model_admin.admin_site)
        label = field.verbose_name[0].upper() + field.verbose_name[1:]
        return forms.ModelChoiceField(rows, label=label, widget=widget, required=required)

    user = request.user
    people, services = Practitioner.objects.visible_to(user), HealthcareService.objects.visible_to(user)
    fields = {
        "practitioner": choice("practitioner", people.filter(is_active=True)),
        "service": choice("service", services.filter(is_active=True)),
        "location": choice("location", Location.objects.filter(is_active=True), required=False),
    }
    form = type("ExtraSessionForm", (ExtraSessionForm,), fields)
    form.field_order = [
        "practitioner", "service", "location", "day", "starts", "ends", "slot_minutes", "capacity", "overbook_limit",
        "reason",
    ]  # fmt: skip
    return form
