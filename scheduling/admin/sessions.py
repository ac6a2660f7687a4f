"""Half-days and their slots: how full they are, stopped or not, with the acts that change them."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from common import clock, shown
from common.admin import FactAdmin, FactInline, ReasonForm, badge, link_to, posted, rows_link, two_lines
from common.errors import Refusal
from common.filters import AutocompleteSelectFilter, When
from directory.models import HealthcareService, Location, Practitioner
from scheduling import seeing
from scheduling.models import Appointment, Closure, Session, SessionStatus, Slot, Stoppage
from scheduling.models.session import SESSION_TONE
from scheduling.models.stoppage import StoppageKind
from scheduling.services import sessions, slots, stoppages

from .columns import desk_of, slot_line
from .forms import CapacityForm, ExtraSessionForm

CLOSURE_TONE = {
    Closure.OPEN: "success",
    Closure.BLOCKED: "warning",
    Closure.STOPPED: "danger",
    Closure.RETIRED: "default",
}


def fullness(taken: int, places: int) -> Any:
    """`12 of 16` with a bar; the words carry it."""
    return format_html(
        '{}<span class="crm-bar" aria-hidden="true"><progress value="{}" max="{}"></progress></span>',
        _("%(taken)s of %(places)s") % {"taken": taken, "places": places}, taken, max(places, 1),
    )  # fmt: skip


def with_places(rows: QuerySet[Session]) -> QuerySet[Session]:
    """Sessions with `places`, `taken` and `free` as the desk counts them; read after the page is cut."""
    mine = Slot.objects.in_roster().filter(session=OuterRef("pk")).order_by().values("session")
    left = Q(closed=Closure.OPEN, taken__lt=F("capacity"), ends_at__gt=clock.now())
    return rows.annotate(
        places=Subquery(mine.annotate(n=Sum("capacity")).values("n")),
        taken=Subquery(mine.annotate(n=Sum("taken")).values("n")),
        free=Subquery(mine.filter(left).annotate(n=Sum(F("capacity") - F("taken"))).values("n")),
    )


class SlotInline(FactInline):
    """The times of the session."""

    model = Slot
    fields = readonly_fields = ("when", "places", "state")
    verbose_name_plural = _("Times")
    ordering = ("starts_at",)
    show_change_link = True
    per_page = 50

    @display(description=_("time"))
    def when(self, obj: Slot) -> Any:
        return link_to(obj, shown.span(obj.starts_at, obj.ends_at))

    @display(description=_("taken"))
    def places(self, obj: Slot) -> Any:
        return fullness(obj.taken, obj.capacity)

    @display(description=_("state"))
    def state(self, obj: Slot) -> Any:
        return badge(obj.get_closed_display(), CLOSURE_TONE[obj.closed])


class StoppageInline(FactInline):
    """When and why it was stopped."""

    model = Stoppage
    fields = readonly_fields = ("what", "reason", "cancelled", "moment", "by", "lifted")
    verbose_name_plural = _("Stoppages")

    @display(description=_("what"))
    def what(self, obj: Stoppage) -> str:
        return obj.get_kind_display()

    @display(description=_("when"))
    def moment(self, obj: Stoppage) -> str:
        return shown.moment(obj.at)

    @display(description=_("taken back"))
    def lifted(self, obj: Stoppage) -> str:
        return shown.moment(obj.lifted_at)


@admin.register(Session)
class SessionAdmin(FactAdmin):
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

    def has_stop_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("scheduling.stop_session")

    def offers(self, request: HttpRequest, act: str, obj: Session) -> bool:
        """Nothing that has ended is stopped; only what is stopped is opened again."""
        ahead = obj.ends_at > clock.now()
        return {
            "stop": ahead and obj.status != SessionStatus.CANCELLED,
            "lift": ahead and obj.status != SessionStatus.OPEN,
            "day_bookings": True,
        }[act]

    @action(
        description=_("Stop the session"), url_path="stop", icon="block", permissions=["scheduling.stop_session"],
    )  # fmt: skip
    def stop(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """To the preview, which says what it would mean."""
        return self._to_preview([self.find(request, object_id).pk])

    @admin.action(description=_("Stop the selected sessions …"), permissions=["stop"])
    def stop_rows(self, request: HttpRequest, rows: QuerySet) -> HttpResponse:
        """To the preview of all of them."""
        return self._to_preview(rows.values_list("pk", flat=True))

    def _to_preview(self, pks: Any) -> HttpResponse:
        return redirect(reverse("admin:scheduling_session_stop_preview", query={"session": list(pks)}))

    @action(
        description=_("Take bookings again"), url_path="lift", icon="lock_open",
        permissions=["scheduling.stop_session"], variant=ActionVariant.PRIMARY,
    )  # fmt: skip
    def lift(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take the stoppage back; cancelled bookings stay cancelled."""
        session = self.find(request, object_id)

        def do(reason: str) -> None:
            for stoppage in session.stoppages.filter(lifted_at=None)[:1]:
                stoppages.lift(stoppage, origin=desk_of(request), reason=reason)

        return self.act(
            request, session, ReasonForm(posted(request)), do, title=_("Take bookings again"),
            submit=_("Open the session"), done=_("The session takes bookings again."),
            advice=_("Bookings that were cancelled stay cancelled: those patients have been told."),
        )  # fmt: skip

    @action(description=_("Its bookings"), url_path="bookings", icon="list_alt")
    def day_bookings(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The list of the session's bookings."""
        session = self.find(request, object_id)
        query = {"slot__session__id__exact": session.pk, "when": "all"}
        return redirect(reverse("admin:scheduling_appointment_changelist", query=query))

    def get_custom_urls(self) -> tuple:
        """The preview of a stoppage."""
        return (("stop-preview/", "scheduling_session_stop_preview", self.stop_preview),)

    def stop_preview(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """What stopping means, booking by booking; two verbs, one reason; applied only to what was shown."""
        self._require_stop(request)
        wanted = [pk for pk in request.GET.getlist("session") if pk.isdigit()][:200]
        chosen = list(self.get_queryset(request).filter(pk__in=wanted))
        plan = stoppages.plan(chosen, origin=desk_of(request))
        form = ReasonForm(posted(request))
        if request.method == "POST" and form.is_valid():
            answer = self._stop(request, plan, form)
            if answer:
                return answer
        return self.page(
            request, "scheduling/stop.html", title=_("Stop sessions"), plan=plan, form=form, kinds=StoppageKind,
            seen=len(plan.affected),
        )  # fmt: skip

    def _require_stop(self, request: HttpRequest) -> None:
        if not self.has_stop_permission(request):
            raise PermissionDenied

    def _stop(self, request: HttpRequest, plan: Any, form: ReasonForm) -> HttpResponse | None:
        kind = request.POST.get("kind")
        if kind not in StoppageKind.values:
            return None
        if request.POST.get("seen") != str(len(plan.affected)):
            form.add_error(None, _("Bookings were made or cancelled meanwhile. Please look at the list again."))
            return None
        try:
            done = stoppages.apply(plan, kind=kind, reason=form.cleaned_data["reason"], origin=desk_of(request))
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            return None
        lost = sum(stoppage.cancelled for stoppage in done)
        told = _("%(sessions)s sessions stopped, %(lost)s bookings cancelled.") % {"sessions": len(done), "lost": lost}
        messages.success(request, told)
        return self.list_page()

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


class WhenSlot(When):
    field = "starts_at"
    overruled_by = ("session__id__exact",)


@admin.register(Slot)
class SlotAdmin(FactAdmin):
    """Single times; booked on the day grid, blocked and resized here."""

    list_display = ("when", "who", "what", "filled", "state")
    list_filter = (
        WhenSlot,
        ("closed", ChoicesDropdownFilter),
        ("service__department__site", AutocompleteSelectFilter),
        ("service__department", AutocompleteSelectFilter),
        ("service", AutocompleteSelectFilter),
        ("session__practitioner", AutocompleteSelectFilter),
    )
    linked_by = ("session__id__exact",)
    search_fields = ("session__practitioner__name", "session__practitioner__name_pinyin")
    ordering = ("starts_at", "pk")
    fields = readonly_fields = ("when", "who", "what", "filled", "overbooking", "state", "session_link")
    actions = ("block_rows", "unblock_rows")
    actions_detail = ("resize", "unblock", "block")
    empty_advice = _("No times then. They come with the sessions.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Slots that the person may see."""
        return seeing.slots(request.user).with_session()

    def has_block_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("scheduling.block_slot")

    def offers(self, request: HttpRequest, act: str, obj: Slot) -> bool:
        """Open ones are blocked, blocked ones opened, neither when over."""
        ahead = obj.ends_at > clock.now()
        return {
            "block": ahead and obj.closed == Closure.OPEN,
            "unblock": ahead and obj.closed == Closure.BLOCKED,
            "resize": ahead,
        }[act]

    @action(description=_("Block"), url_path="block", icon="block", permissions=["scheduling.block_slot"])
    def block(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let nobody new in."""
        slot = self.find(request, object_id)
        rows = Slot.objects.filter(pk=slot.pk)
        return self.act(
            request, slot, ReasonForm(posted(request)),
            lambda reason: slots.block(rows, by=request.user, reason=reason),
            title=_("Block this time"), submit=_("Block"), facts=[(_("Time"), slot_line(slot))],
            advice=_("Nobody new can book it; bookings on it stay."), done=_("Blocked."),
        )  # fmt: skip

    @action(description=_("Unblock"), url_path="unblock", icon="lock_open", permissions=["scheduling.block_slot"])
    def unblock(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Open it again."""
        slot = self.find(request, object_id)
        rows = Slot.objects.filter(pk=slot.pk)
        return self.act(
            request, slot, ReasonForm(posted(request)),
            lambda reason: slots.unblock(rows, by=request.user, reason=reason),
            title=_("Open this time again"), submit=_("Unblock"), facts=[(_("Time"), slot_line(slot))],
            done=_("Open again."),
        )  # fmt: skip

    @action(description=_("Change places"), url_path="places", icon="groups", permissions=["scheduling.change_session"])
    def resize(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """More or fewer places, never fewer than are taken."""
        slot = self.find(request, object_id)
        form = CapacityForm(posted(request), initial={"capacity": slot.capacity})
        form.order_fields(["capacity", "reason"])
        return self.act(
            request, slot, form,
            lambda capacity, reason: slots.set_capacity(slot, capacity, by=request.user, reason=reason),
            title=_("Change the number of places"), submit=_("Change"),
            facts=[(_("Time"), slot_line(slot)), (_("Taken"), fullness(slot.taken, slot.capacity))],
            done=_("Changed."),
        )  # fmt: skip

    @admin.action(description=_("Block the selected times …"), permissions=["block"])
    def block_rows(self, request: HttpRequest, rows: QuerySet) -> HttpResponse | None:
        """With one reason for all."""
        return self._close_rows(request, rows, "block_rows", slots.block, _("Block"), _("%(n)s times blocked."))

    @admin.action(description=_("Unblock the selected times …"), permissions=["block"])
    def unblock_rows(self, request: HttpRequest, rows: QuerySet) -> HttpResponse | None:
        """With one reason for all."""
        return self._close_rows(request, rows, "unblock_rows", slots.unblock, _("Unblock"), _("%(n)s times opened."))

    def _close_rows(
        self, request: HttpRequest, rows: QuerySet, name: str, do: Any, submit: Any, done: Any
    ) -> HttpResponse | None:
        form = ReasonForm(request.POST if "reason" in request.POST else None)
        if form.is_valid():
            count = do(Slot.objects.filter(pk__in=rows.values("pk")), by=request.user, **form.cleaned_data)
            messages.success(request, done % {"n": count})
            return None
        return self.page(
            request, "scheduling/rows_reason.html", title=submit, form=form, rows=rows[:200], act=name, submit=submit,
        )  # fmt: skip

    @display(description=_("time"), ordering="starts_at")
    def when(self, obj: Slot) -> Any:
        return two_lines(shown.day(clock.local(obj.starts_at).date()), shown.span(obj.starts_at, obj.ends_at))

    @display(description=_("practitioner"), ordering="session__practitioner__name_pinyin")
    def who(self, obj: Slot) -> Any:
        return two_lines(obj.session.practitioner, obj.session.location or "")

    @display(description=_("service"), ordering="service")
    def what(self, obj: Slot) -> Any:
        return two_lines(obj.service, obj.service.department)

    @display(description=_("taken"), ordering="taken")
    def filled(self, obj: Slot) -> Any:
        return fullness(obj.taken, obj.capacity)

    @display(description=_("state"), ordering="closed")
    def state(self, obj: Slot) -> Any:
        if not obj.closed and obj.taken >= obj.capacity:
            return badge(_("Full"), "primary")
        return badge(obj.get_closed_display(), CLOSURE_TONE[obj.closed])

    @display(description=_("session"))
    def session_link(self, obj: Slot) -> Any:
        return link_to(obj.session)
