"""The waiting list (候补) and its offers."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from common import clock, shown
from common.admin import FactAdmin, FactInline, ModelAdmin, ReasonForm, badge, link_to, posted, told, two_lines
from common.filters import AutocompleteSelectFilter, Chips
from patients.models import Patient
from scheduling import seeing
from scheduling.errors import AlreadyWaiting
from scheduling.models import WaitlistEntry, WaitlistOffer
from scheduling.models.waitlist import ENTRY_TONE, OFFER_TONE, EntryStatus, OfferStatus
from scheduling.services import free_places, waitlist
from scheduling.services.free_places import Wish

from .columns import desk_of, slot_line
from .forms import ChooseSlotForm, NoReasonForm

LIVE = (EntryStatus.WAITING, EntryStatus.OFFERED)


class Standing(Chips):
    """Who still waits, unless asked for others."""

    title = _("status")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("live", _("Still waiting")), *EntryStatus.choices, ("all", _("All"))]

    def value(self) -> str:
        return super().value() or "live"

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "live":
            return queryset.filter(status__in=LIVE)
        return queryset if self.value() == "all" else queryset.filter(status=self.value())


class OfferColumns:
    """For lists of offers."""

    @display(description=_("place"))
    def place(self, obj: WaitlistOffer) -> str:
        return slot_line(obj.appointment.slot)

    @display(description=_("state"), ordering="status")
    def state(self, obj: WaitlistOffer) -> Any:
        return badge(obj.get_status_display(), OFFER_TONE[obj.status])

    @display(description=_("offered"), ordering="offered_at")
    def offered(self, obj: WaitlistOffer) -> str:
        return shown.moment(obj.offered_at)

    @display(description=_("answer by"), ordering="expires_at")
    def until(self, obj: WaitlistOffer) -> str:
        return shown.moment(obj.expires_at)


class OfferInline(OfferColumns, FactInline):
    """What was offered."""

    model = WaitlistOffer
    fields = readonly_fields = ("place", "state", "offered", "until", "by")
    show_change_link = True
    verbose_name_plural = _("Offers")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With the places."""
        rows = super().get_queryset(request)
        return rows.select_related("by", "appointment__slot__session__practitioner", "appointment__slot__service")


class EntryForm(forms.ModelForm):
    """Shape; whether somebody waits already is asked here too, so that the input is kept."""

    class Meta:
        model = WaitlistEntry
        fields = ("patient", "service", "practitioner", "earliest", "latest", "part_of_day", "priority",
                  "notice_hours", "note")  # fmt: skip

    def clean(self) -> dict:
        data = super().clean()
        if data.get("latest") and data["latest"] < clock.today():
            self.add_error("latest", _("This day has passed."))
        if data.get("patient") and data.get("service") and not self.instance.pk:
            waits = WaitlistEntry.objects.filter(patient=data["patient"], service=data["service"], status__in=LIVE)
            if waits.exists():
                raise ValidationError({"service": str(AlreadyWaiting())})
        return data


@admin.register(WaitlistEntry)
class WaitlistEntryAdmin(ModelAdmin):
    list_display = ("who", "phone", "what", "wish", "state", "since", "prio")
    list_filter = (
        Standing,
        ("service__department__site", AutocompleteSelectFilter),
        ("service__department", AutocompleteSelectFilter),
        ("service", AutocompleteSelectFilter),
        ("practitioner", AutocompleteSelectFilter),
    )
    search_fields = ("patient__record_number",)
    search_help_text = _("Name, pinyin, end of the phone or record number")
    autocomplete_fields = ("patient", "service", "practitioner")
    inlines = (OfferInline,)
    form = EntryForm
    actions_detail = ("offer", "withdraw")
    empty_advice = _("Nobody waits. Add whoever wants a place where none is free; freed places are offered in turn.")
    fieldsets = (
        (None, {"fields": (("patient", "service"), ("practitioner", "part_of_day"), ("earliest", "latest"))}),
        (_("Order"), {"fields": (("priority", "notice_hours"), "note")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Entries of the departments in the person's scope."""
        rows = seeing.waiting(request.user).select_related("patient", "service__department", "practitioner")
        return rows.prefetch_related("patient__contact_points")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """By whatever finds the patient."""
        if not search_term.strip():
            return queryset, False
        people = Patient.objects.visible_to(request.user).search(search_term)
        return queryset.filter(patient__in=list(people.values_list("pk", flat=True))), False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """An entry is withdrawn and made again, so that its turn is honest."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("scheduling.view_waitlistentry")

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> tuple:
        """Nothing was offered to somebody who is just being added."""
        return super().get_inlines(request, obj) if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict:
        """From today for four weeks."""
        today = clock.today()
        given = super().get_changeform_initial_data(request)
        return {"earliest": today, "latest": today + dt.timedelta(days=28), **given}

    def save_model(self, request: HttpRequest, obj: WaitlistEntry, form: Any, change: bool) -> None:
        """Through the service."""
        made = waitlist.join(origin=desk_of(request), **form.cleaned_data)
        obj.pk = made.pk
        obj._state.adding = False

    def offers(self, request: HttpRequest, act: str, obj: WaitlistEntry) -> bool:
        """Only who waits is offered a place; only who stands on the list is taken off it."""
        return obj.status == EntryStatus.WAITING if act == "offer" else obj.status in LIVE

    @action(
        description=_("Offer a place"), url_path="offer", icon="approval_delegation", variant=ActionVariant.PRIMARY,
        permissions=["scheduling.change_waitlistentry"],
    )  # fmt: skip
    def offer(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Choose a free place; it is held for this person alone while they answer."""
        entry = self.find(request, object_id)
        form = ChooseSlotForm(posted(request))
        if request.method == "POST" and form.is_valid():
            with told(request) as outcome:
                made = waitlist.offer(entry=entry, slot=form.cleaned_data["slot"], origin=desk_of(request))
                until = shown.moment(made.expires_at)
                messages.success(request, _("The place is held until %(until)s.") % {"until": until})
            if outcome:
                return self.page_of(entry)
        return self.page(
            request, "scheduling/offer.html", title=_("Offer a place to %(name)s") % {"name": entry.patient},
            original=entry, found=self._places(request, entry), wish=self.wish(entry),
        )  # fmt: skip

    def _places(self, request: HttpRequest, entry: WaitlistEntry) -> list:
        wish = Wish(
            first_day=max(entry.earliest, clock.today()), last_day=entry.latest, service=entry.service.uuid,
            practitioner=entry.practitioner.uuid if entry.practitioner else None, part_of_day=entry.part_of_day,
        )  # fmt: skip
        return free_places.search(wish, origin=desk_of(request)).found

    @action(
        description=_("Take off the list"), url_path="withdraw", icon="playlist_remove",
        permissions=["scheduling.change_waitlistentry"],
    )  # fmt: skip
    def withdraw(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The person no longer waits."""
        entry = self.find(request, object_id)
        return self.act(
            request, entry, ReasonForm(posted(request)),
            lambda reason: waitlist.withdraw(entry=entry, origin=desk_of(request), reason=reason),
            title=_("Take off the waiting list"), submit=_("Take off the list"), danger=True,
            facts=[(_("Patient"), entry.patient), (_("Service"), entry.service)], done=_("No longer waits."),
        )  # fmt: skip

    @display(description=_("patient"), ordering="patient__name_pinyin")
    def who(self, obj: WaitlistEntry) -> Any:
        return two_lines(obj.patient, shown.birth(obj.patient.birth_date, obj.patient.age()))

    @display(description=_("phone"))
    def phone(self, obj: WaitlistEntry) -> str:
        return obj.patient.phone_masked or "–"

    @display(description=_("waits for"), ordering="service")
    def what(self, obj: WaitlistEntry) -> Any:
        return two_lines(obj.service, obj.practitioner or obj.service.department)

    @display(description=_("wish"), ordering="earliest")
    def wish(self, obj: WaitlistEntry) -> Any:
        days = f"{shown.day(obj.earliest)} – {shown.day(obj.latest)}"
        return two_lines(days, obj.get_part_of_day_display())

    @display(description=_("status"), ordering="status")
    def state(self, obj: WaitlistEntry) -> Any:
        return badge(obj.get_status_display(), ENTRY_TONE[obj.status])

    @display(description=_("waiting since"), ordering="created_at")
    def since(self, obj: WaitlistEntry) -> str:
        return shown.moment(obj.created_at)

    @display(description=_("priority"), ordering="priority")
    def prio(self, obj: WaitlistEntry) -> Any:
        return badge(obj.priority, "warning") if obj.priority else "–"


@admin.register(WaitlistOffer)
class WaitlistOfferAdmin(OfferColumns, FactAdmin):
    list_display = ("who", "place", "state", "offered", "until", "by")
    list_filter = (("status", ChoicesDropdownFilter), ("entry__service__department", AutocompleteSelectFilter))
    list_select_related = (
        "by", "entry__patient", "appointment__slot__session__practitioner", "appointment__slot__service",
    )  # fmt: skip
    search_fields = ("appointment__reference",)
    ordering = ("-offered_at",)
    fields = readonly_fields = ("who", "entry_link", "place", "state", "offered", "until", "by")
    actions_detail = ("accept", "decline")
    seen_through = "entry"
    empty_advice = _("Nothing was offered yet. Open somebody on the waiting list and choose “Offer a place”.")

    def offers(self, request: HttpRequest, act: str, obj: WaitlistOffer) -> bool:
        """Only an offer that runs is answered."""
        return obj.status == OfferStatus.OPEN and obj.expires_at > clock.now()

    @action(
        description=_("Takes it"), url_path="accept", icon="check", variant=ActionVariant.PRIMARY,
        permissions=["scheduling.change_waitlistentry"],
    )  # fmt: skip
    def accept(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The person takes the place."""
        offer = self.find(request, object_id)
        return self.act(
            request, offer, NoReasonForm(posted(request)),
            lambda: waitlist.accept(offer=offer, origin=desk_of(request)),
            title=_("%(name)s takes the place") % {"name": offer.entry.patient}, submit=_("Book it"),
            facts=[(_("Place"), self.place(offer))], done=_("Booked."),
        )  # fmt: skip

    @action(
        description=_("Does not take it"), url_path="decline", icon="close",
        permissions=["scheduling.change_waitlistentry"],
    )  # fmt: skip
    def decline(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The person waits on; the place is free."""
        offer = self.find(request, object_id)
        return self.act(
            request, offer, NoReasonForm(posted(request)),
            lambda: waitlist.decline(offer=offer, origin=desk_of(request)),
            title=_("%(name)s does not take the place") % {"name": offer.entry.patient}, submit=_("Waits on"),
            facts=[(_("Place"), self.place(offer))], done=_("The place is free; the person waits on."),
        )  # fmt: skip

    @display(description=_("patient"))
    def who(self, obj: WaitlistOffer) -> Any:
        return obj.entry.patient

    @display(description=_("waiting-list entry"))
    def entry_link(self, obj: WaitlistOffer) -> Any:
        return link_to(obj.entry)
