"""Single times: how full, blocked or not, with the acts that change them."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display

from common import clock, shown
from common.admin import FactAdmin, FactInline, ReasonForm, badge, link_to, posted, two_lines
from common.filters import AutocompleteSelectFilter, When
from scheduling import seeing
from scheduling.models import Closure, Slot
from scheduling.services import slots

from .columns import fullness, slot_line
from .forms import CapacityForm

CLOSURE_TONE = {
    Closure.OPEN: "success",
    Closure.BLOCKED: "warning",
    Closure.STOPPED: "danger",
    Closure.RETIRED: "default",
}


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
