"""Bookings: found, read, and changed by acts that call the services."""

import datetime as dt
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from common import clock, shown
from common.admin import FactAdmin, FactInline, ReasonForm, badge, link_to, posted, told
from common.filters import AutocompleteSelectFilter, Lately, When
from common.references import clean_reference
from patients.models import Patient
from patients.services import revealing
from scheduling import seeing
from scheduling.models import Appointment, AppointmentEvent, AppointmentStatus, EventKind
from scheduling.services import appointments, free_places
from scheduling.services.free_places import Wish

from .columns import BookingFacts, desk_of, slot_line, status_badge
from .forms import CancelForm, ChooseSlotForm, NoReasonForm, SearchForm

EVENT_TONE = {
    EventKind.BOOKED: "info", EventKind.CONFIRMED: "success", EventKind.MOVED: "primary",
    EventKind.CANCELLED: "danger", EventKind.NOSHOW: "danger", EventKind.ARRIVED: "primary",
    EventKind.FULFILLED: "success", EventKind.RESTORED: "info",
}  # fmt: skip
SEARCH_DAYS = 28


class WhenStarts(When):
    field = "starts_at"
    overruled_by = ("patient__id__exact", "slot__session__id__exact")


class EventColumns:
    """For lists of events."""

    @display(description=_("what"))
    def what(self, obj: AppointmentEvent) -> Any:
        return badge(obj.get_kind_display(), EVENT_TONE.get(obj.kind, "default"))

    @display(description=_("when"), ordering="pk")
    def moment(self, obj: AppointmentEvent) -> str:
        return shown.moment(obj.at)


class EventInline(EventColumns, FactInline):
    """What happened to the booking."""

    model = AppointmentEvent
    fk_name = "appointment"
    fields = readonly_fields = ("what", "moment", "by", "channel", "reason")
    verbose_name_plural = _("What happened")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With who did it."""
        return super().get_queryset(request).select_related("by")


@admin.register(Appointment)
class AppointmentAdmin(BookingFacts, FactAdmin):
    list_display = ("when", "who", "phone", "practitioner", "service", "code", "state")
    list_filter = (
        WhenStarts,
        ("status", ChoicesDropdownFilter),
        ("slot__service__department__site", AutocompleteSelectFilter),
        ("slot__service__department", AutocompleteSelectFilter),
        ("slot__service", AutocompleteSelectFilter),
        ("slot__session__practitioner", AutocompleteSelectFilter),
        ("patient", AutocompleteSelectFilter),
        ("channel", ChoicesDropdownFilter),
    )
    linked_by = ("slot__session__id__exact",)
    search_fields = ("reference",)
    search_help_text = _("Reference, name, pinyin, end of the phone or record number")
    ordering = ("starts_at", "pk")
    inlines = (EventInline,)
    fieldsets = (
        (None, {"fields": (("code", "state"), ("patient_link", "birth"), ("phone", "reason"))}),
        (_("Visit"), {"fields": ("session_link", ("room", "place_number"))}),
        (_("Booking"), {"fields": (("booked", "confirmed"), "cancelled")}),
    )
    readonly_fields = (
        "code", "state", "patient_link", "birth", "phone", "reason", "session_link", "room", "place_number",
        "booked", "confirmed", "cancelled",
    )  # fmt: skip
    actions = ("confirm_rows", "mark_rows_noshow")
    actions_detail = ("move", "confirm", "noshow", "undo", "cancel")
    empty_advice = _("Nothing is booked in this time. Book on the day grid, or choose another day in the filters.")
    export_permission = "patients.export_patient"
    export_columns = (
        (_("reference"), str),
        (_("time"), lambda row: clock.local(row.starts_at).replace(tzinfo=None)),
        (_("patient"), lambda row: row.patient.name if row.patient else ""),
        (_("phone"), lambda row: row.patient.phone_masked if row.patient else ""),
        (_("practitioner"), lambda row: row.slot.session.practitioner.name),
        (_("service"), lambda row: row.slot.service.name),
        (_("department"), lambda row: row.slot.service.department.name),
        (_("status"), lambda row: row.get_status_display()),
        (_("channel"), lambda row: row.get_channel_display()),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Bookings that the person may see; holds that never had a patient are no bookings."""
        rows = seeing.appointments(request.user).filter(patient__isnull=False).for_desk()
        return rows.select_related("by").prefetch_related("patient__contact_points")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """Who opens a booking has looked at its patient, and that is written down."""
        answer = super().change_view(request, object_id, form_url, extra_context)
        if request.method == "GET" and answer.status_code == 200:
            patient = self.find(request, object_id).patient
            revealing.note_opening(patient, by=request.user, ip=request.META.get("REMOTE_ADDR"))
        return answer

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """By reference, or by whatever finds the patient."""
        if not search_term.strip():
            return queryset, False
        people = Patient.objects.visible_to(request.user).search(search_term)
        found = Q(reference=clean_reference(search_term)) | Q(patient__in=list(people.values_list("pk", flat=True)))
        return queryset.filter(found), False

    def has_change_booking_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("scheduling.change_appointment")

    def has_mark_noshow_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("scheduling.mark_noshow")

    def offers(self, request: HttpRequest, act: str, obj: Appointment) -> bool:
        """Only what fits the state: nothing is offered that the service would refuse anyway."""
        booked = obj.status == AppointmentStatus.BOOKED
        begun = obj.starts_at <= clock.now()
        return {
            "move": booked and not begun,
            "confirm": booked and not begun and obj.confirmed_at is None,
            "noshow": booked and begun,
            "undo": self._can_undo(obj),
            "cancel": booked,
        }[act]

    def _can_undo(self, obj: Appointment) -> bool:
        if obj.status not in (AppointmentStatus.CANCELLED, AppointmentStatus.NOSHOW):
            return False
        last = obj.events.exclude(kind=EventKind.TOLD).order_by("-pk").first()
        return last is not None and clock.now() - last.at <= dt.timedelta(minutes=appointments.UNDO_MINUTES)

    @action(
        description=_("Move"), url_path="move", icon="event_repeat", variant=ActionVariant.PRIMARY,
        permissions=["scheduling.change_appointment"],
    )  # fmt: skip
    def move(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Look for a free place and choose one: the new one is taken before the old one is freed."""
        booking = self.find(request, object_id)
        form = ChooseSlotForm(posted(request))
        if request.method == "POST" and form.is_valid():
            with told(request) as outcome:
                moved = appointments.move(appointment=booking, origin=desk_of(request), **form.cleaned_data)
                messages.success(request, _("Moved to %(slot)s.") % {"slot": slot_line(moved.slot)})
            if outcome:
                return self.page_of(booking)
        search = SearchForm.asked(request.GET, clock.local(booking.starts_at).date())
        if seeing.sees_only_own(request.user):
            del search.fields["anybody"]
        return self.page(
            request, "scheduling/move.html", title=_("Move the booking of %(name)s") % {"name": booking.patient},
            original=booking, facts=self._facts(booking), search=search, form=form,
            found=self._places(request, booking, search),
        )  # fmt: skip

    def _places(self, request: HttpRequest, booking: Appointment, search: SearchForm) -> list:
        """(line, public id) of up to 50 free places."""
        if not search.is_valid():
            return []
        asked, slot = search.cleaned_data, booking.slot
        wish = Wish(
            first_day=asked["first_day"], last_day=asked["first_day"] + dt.timedelta(days=SEARCH_DAYS),
            service=slot.service.uuid, part_of_day=asked["part_of_day"],
            practitioner=None if asked.get("anybody") else slot.session.practitioner.uuid,
        )  # fmt: skip
        found = free_places.search(wish, origin=desk_of(request)).found
        return [(item.slot, item.free) for item in found if item.slot.pk != slot.pk]

    @action(description=_("Confirm"), url_path="confirm", icon="check", permissions=["scheduling.change_appointment"])
    def confirm(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The patient says that they will come."""
        booking = self.find(request, object_id)
        return self.act(
            request, booking, NoReasonForm(posted(request)),
            lambda: appointments.confirm(appointment=booking, origin=desk_of(request)),
            title=_("The patient will come"), submit=_("Confirm"), facts=self._facts(booking),
            done=_("Confirmed."),
        )  # fmt: skip

    @action(description=_("Did not come"), url_path="noshow", icon="person_off", permissions=["scheduling.mark_noshow"])
    def noshow(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Record that the patient did not come."""
        booking = self.find(request, object_id)
        form = ReasonForm(posted(request))
        form.fields["reason"].required = False
        return self.act(
            request, booking, form,
            lambda reason: appointments.mark_noshow(appointment=booking, origin=desk_of(request), reason=reason),
            title=_("The patient did not come"), submit=_("Record: did not come"), facts=self._facts(booking),
            advice=_("This can be undone for ten minutes."), done=_("Recorded."),
        )  # fmt: skip

    @action(description=_("Undo"), url_path="undo", icon="undo", permissions=["scheduling.change_appointment"])
    def undo(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take back a cancellation or a no-show of the last ten minutes."""
        booking = self.find(request, object_id)
        return self.act(
            request, booking, NoReasonForm(posted(request)),
            lambda: appointments.undo(appointment=booking, origin=desk_of(request)),
            title=_("Take it back"), submit=_("Undo"), facts=self._facts(booking),
            done=_("The booking stands again."),
        )  # fmt: skip

    @action(
        description=_("Cancel the booking"), url_path="cancel", icon="event_busy",
        permissions=["scheduling.change_appointment"],
    )  # fmt: skip
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Free the place, with a reason."""
        booking = self.find(request, object_id)
        return self.act(
            request, booking, CancelForm(posted(request)),
            lambda reason, cause: appointments.cancel(
                appointment=booking, origin=desk_of(request), reason=reason, cause=cause
            ),
            title=_("Cancel the booking"), submit=_("Cancel the booking"), facts=self._facts(booking), danger=True,
            advice=_("The place is free for everybody at once. This can be undone for ten minutes while it is free."),
            done=_("Cancelled. The place is free."),
        )  # fmt: skip

    def _facts(self, booking: Appointment) -> list[tuple[Any, Any]]:
        return [
            (_("Patient"), booking.patient),
            (_("Visit"), slot_line(booking.slot)),
            (_("Reference"), booking),
            (_("Status"), status_badge(booking)),
        ]

    @admin.action(description=_("Confirm the selected bookings"), permissions=["change_booking"])
    def confirm_rows(self, request: HttpRequest, rows: QuerySet) -> None:
        """One by one: what is refused is said, the rest is done."""
        self._each(request, rows, appointments.confirm, _("%(n)s confirmed."))

    @admin.action(description=_("Record: did not come"), permissions=["mark_noshow"])
    def mark_rows_noshow(self, request: HttpRequest, rows: QuerySet) -> None:
        """One by one: what is refused is said, the rest is done."""
        self._each(request, rows, appointments.mark_noshow, _("%(n)s recorded."))

    def _each(self, request: HttpRequest, rows: QuerySet, do: Any, done: Any) -> None:
        count = 0
        for booking in rows:
            with told(request, booking.patient) as outcome:
                do(appointment=booking, origin=desk_of(request))
            count += bool(outcome)
        if count:
            messages.success(request, done % {"n": count})


class WhenHappened(Lately):
    field = "at"
    overruled_by = ("appointment__id__exact",)


@admin.register(AppointmentEvent)
class AppointmentEventAdmin(EventColumns, FactAdmin):
    """Every change of every booking, in order."""

    list_display = ("moment", "what", "booking", "patient", "to", "by", "channel", "reason")
    list_filter = (
        WhenHappened,
        ("kind", ChoicesDropdownFilter),
        ("slot__service__department", AutocompleteSelectFilter),
        ("channel", ChoicesDropdownFilter),
    )
    linked_by = ("appointment__id__exact",)
    search_fields = ("appointment__reference",)
    search_help_text = _("Booking reference")
    list_select_related = ("appointment__patient", "by", "slot__session__practitioner", "slot__service")
    ordering = ("-pk",)
    fields = readonly_fields = ("moment", "what", "booking", "patient", "to", "by", "channel", "reason")
    empty_advice = _("Nothing happened to bookings in this time.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Events of bookings that the person may see."""
        rows = AppointmentEvent.objects.select_related(*self.list_select_related)
        if request.user.sees_everything:
            return rows
        return rows.filter(appointment__in=seeing.appointments(request.user))

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """By reference, however it is typed."""
        if not search_term.strip():
            return queryset, False
        return queryset.filter(appointment__reference=clean_reference(search_term)), False

    @display(description=_("booking"))
    def booking(self, obj: AppointmentEvent) -> Any:
        return link_to(obj.appointment) if obj.appointment.patient_id else str(obj.appointment)

    @display(description=_("patient"))
    def patient(self, obj: AppointmentEvent) -> Any:
        return obj.appointment.patient or "–"

    @display(description=_("visit"))
    def to(self, obj: AppointmentEvent) -> str:
        return slot_line(obj.slot)
