"""Tickets, encounters and calls to be read: they are made and changed at the queue, never by hand."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from common import shown
from common.admin import FactAdmin, FactInline, badge, link_to, two_lines
from common.filters import AutocompleteSelectFilter, Lately
from common.references import clean_reference
from patients.models import Patient
from visits import seeing
from visits.models import Call, Encounter, QueueEntry

SEARCH_HELP = _("Ticket, booking reference, name, pinyin, end of the phone or record number")


def people_meant(request: HttpRequest, text: str) -> list[int]:
    """Ids of the patients whom `text` may mean."""
    return list(Patient.objects.visible_to(request.user).search(text).values_list("pk", flat=True))


class WhenArrived(Lately):
    field = "day"
    overruled_by = ("appointment__id__exact",)


class WhenBegun(Lately):
    field = "started_at"
    default = "last7"
    overruled_by = ("patient__id__exact",)


class WhenCalled(Lately):
    field = "at"
    overruled_by = ("entry__id__exact",)


class CallInline(FactInline):
    """When and whereto the ticket was called."""

    model = Call
    fk_name = "entry"
    fields = readonly_fields = ("moment", "location", "by")
    verbose_name_plural = _("Calls")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With who called."""
        return super().get_queryset(request).select_related("by", "location__site")

    @display(description=_("when"))
    def moment(self, obj: Call) -> str:
        return shown.moment(obj.at)


@admin.register(QueueEntry)
class QueueEntryAdmin(FactAdmin):
    """Who arrived, and what became of their ticket."""

    list_display = ("number_of_day", "who", "session_line", "kind", "urgency", "arrived", "state_badge")
    list_filter = (
        WhenArrived,
        ("state", ChoicesDropdownFilter),
        ("session__service__department__site", AutocompleteSelectFilter),
        ("session__service__department", AutocompleteSelectFilter),
        ("session__practitioner", AutocompleteSelectFilter),
        ("kind", ChoicesDropdownFilter),
        ("priority", ChoicesDropdownFilter),
    )
    linked_by = ("appointment__id__exact",)
    search_fields = ("number",)
    search_help_text = SEARCH_HELP
    ordering = ("-day", "-arrived_at")
    inlines = (CallInline,)
    fields = readonly_fields = (
        "number_of_day", "state_badge", "patient_link", "booking", "session_line", "kind", "urgency", "arrived", "turn",
        "location", "by",
    )  # fmt: skip
    empty_advice = _("Nobody arrived in this time. Check people in at “Arrival and queue”.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Tickets that the person may see."""
        rows = seeing.entries(request.user).select_related(
            "appointment__patient", "session__practitioner", "session__service__department", "session__location__site"
        )
        return rows.select_related("by", "location__site", "series")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """By ticket, reference, or whatever finds the patient."""
        text = search_term.strip()
        if not text:
            return queryset, False
        meant = Q(appointment__reference=clean_reference(text)) | Q(
            appointment__patient__in=people_meant(request, text)
        )
        if text.isdecimal() and len(text) <= 4:
            meant |= Q(number=int(text))
        return queryset.filter(meant), False

    @display(description=_("ticket"), ordering="number")
    def number_of_day(self, obj: QueueEntry) -> Any:
        return two_lines(obj.ticket, shown.day(obj.day))

    @display(description=_("patient"), ordering="appointment__patient__name_pinyin")
    def who(self, obj: QueueEntry) -> Any:
        patient = obj.appointment.patient
        return two_lines(patient.name, shown.birth(patient.birth_date, patient.age()))

    @display(description=_("patient"))
    def patient_link(self, obj: QueueEntry) -> Any:
        return link_to(obj.appointment.patient)

    @display(description=_("booking"))
    def booking(self, obj: QueueEntry) -> Any:
        return link_to(obj.appointment)

    @display(description=_("waits for session"), ordering="session__practitioner__name_pinyin")
    def session_line(self, obj: QueueEntry) -> Any:
        return two_lines(obj.session.practitioner, f"{obj.session.service} · {shown.time(obj.session.starts_at)}")

    @display(description=_("priority"), ordering="priority")
    def urgency(self, obj: QueueEntry) -> Any:
        if not obj.priority:
            return "–"
        return badge(obj.get_priority_display(), "danger" if obj.priority == "urgent" else "warning")

    @display(description=_("arrived at"), ordering="arrived_at")
    def arrived(self, obj: QueueEntry) -> str:
        return shown.moment(obj.arrived_at)

    @display(description=_("turn"), ordering="turn_at")
    def turn(self, obj: QueueEntry) -> str:
        return shown.moment(obj.turn_at)

    @display(description=_("state"), ordering="state")
    def state_badge(self, obj: QueueEntry) -> Any:
        return badge(obj.get_state_display(), obj.tone)


@admin.register(Encounter)
class EncounterAdmin(FactAdmin):
    """Visits as they were: begun, ended, what came of them."""

    list_display = ("begun", "who", "practitioner_line", "room", "length", "result", "again")
    list_filter = (
        WhenBegun,
        ("outcome", ChoicesDropdownFilter),
        ("service__department__site", AutocompleteSelectFilter),
        ("service__department", AutocompleteSelectFilter),
        ("practitioner", AutocompleteSelectFilter),
        ("patient", AutocompleteSelectFilter),
    )
    search_fields = ("appointment__reference",)
    search_help_text = _("Booking reference, name, pinyin, end of the phone or record number")
    ordering = ("-started_at", "-pk")
    fields = readonly_fields = (
        "begun", "ended", "length", "patient_link", "booking", "practitioner_line", "room", "result", "again",
        "follow_up_note", "by",
    )  # fmt: skip
    empty_advice = _("No visit began in this time.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Encounters that the person may see."""
        rows = seeing.encounters(request.user).select_related("patient", "practitioner", "service__department")
        return rows.select_related("appointment", "location__site", "by")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """By reference, or whatever finds the patient."""
        text = search_term.strip()
        if not text:
            return queryset, False
        meant = Q(appointment__reference=clean_reference(text)) | Q(patient__in=people_meant(request, text))
        return queryset.filter(meant), False

    @display(description=_("began at"), ordering="started_at")
    def begun(self, obj: Encounter) -> str:
        return shown.moment(obj.started_at)

    @display(description=_("ended at"))
    def ended(self, obj: Encounter) -> str:
        return shown.moment(obj.ended_at)

    @display(description=_("length"))
    def length(self, obj: Encounter) -> str:
        if obj.ended_at is None:
            return "–"
        return _("%(n)s min") % {"n": round((obj.ended_at - obj.started_at).total_seconds() / 60)}

    @display(description=_("patient"), ordering="patient__name_pinyin")
    def who(self, obj: Encounter) -> Any:
        return two_lines(obj.patient.name, shown.birth(obj.patient.birth_date, obj.patient.age()))

    @display(description=_("patient"))
    def patient_link(self, obj: Encounter) -> Any:
        return link_to(obj.patient)

    @display(description=_("booking"))
    def booking(self, obj: Encounter) -> Any:
        return link_to(obj.appointment)

    @display(description=_("practitioner"), ordering="practitioner__name_pinyin")
    def practitioner_line(self, obj: Encounter) -> Any:
        return two_lines(obj.practitioner, obj.service)

    @display(description=_("room"))
    def room(self, obj: Encounter) -> Any:
        return obj.location or "–"

    @display(description=_("outcome"), ordering="outcome")
    def result(self, obj: Encounter) -> Any:
        if obj.ended_at is None:
            return badge(_("Going on"), "primary")
        return badge(obj.get_outcome_display(), obj.tone)

    @display(description=_("come again in"))
    def again(self, obj: Encounter) -> str:
        return _("%(n)s weeks") % {"n": obj.follow_up_weeks} if obj.follow_up_weeks else "–"


@admin.register(Call)
class CallAdmin(FactAdmin):
    """Every call, the latest first: what the waiting room heard."""

    list_display = ("moment", "ticket", "patient", "location", "by")
    list_filter = (
        WhenCalled,
        ("entry__session__service__department__site", AutocompleteSelectFilter),
        ("entry__session__service__department", AutocompleteSelectFilter),
        ("location", AutocompleteSelectFilter),
        ("entry__state", ChoicesDropdownFilter),
    )
    linked_by = ("entry__id__exact",)
    search_fields = ("entry__number",)
    search_help_text = SEARCH_HELP
    ordering = ("-pk",)
    fields = readonly_fields = ("moment", "ticket", "patient", "location", "by")
    empty_advice = _("Nobody was called in this time.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Calls of tickets that the person may see."""
        return seeing.calls(request.user).select_related("entry__appointment__patient", "location__site", "by")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """By ticket, reference, or whatever finds the patient."""
        text = search_term.strip()
        if not text:
            return queryset, False
        meant = Q(entry__appointment__reference=clean_reference(text))
        meant |= Q(entry__appointment__patient__in=people_meant(request, text))
        if text.isdecimal() and len(text) <= 4:
            meant |= Q(entry__number=int(text))
        return queryset.filter(meant), False

    @display(description=_("when"), ordering="pk")
    def moment(self, obj: Call) -> str:
        return shown.moment(obj.at)

    @display(description=_("ticket"), ordering="entry__number")
    def ticket(self, obj: Call) -> Any:
        return link_to(obj.entry)

    @display(description=_("patient"))
    def patient(self, obj: Call) -> str:
        return obj.entry.appointment.patient.name
