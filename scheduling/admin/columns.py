"""Columns and facts that several lists of the pool show alike."""

from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.models import Channel
from common import clock, shown
from common.admin import badge, link_to, two_lines
from scheduling.models import Appointment, Slot
from scheduling.models.appointment import TONE
from scheduling.services.origin import Origin


def desk_of(request: HttpRequest) -> Origin:
    """The signed-in person, at the front desk."""
    return Origin(request.user, Channel.DESK)


def slot_line(slot: Slot) -> str:
    """`Mon 23 Nov 09:30 · Dr. Chen Yu · General clinic`."""
    return f"{shown.moment(slot.starts_at)} · {slot.session.practitioner} · {slot.service}"


def status_badge(booking: Appointment) -> Any:
    """The state in a word on its tone; a confirmed booking says so."""
    if booking.status == "booked" and booking.confirmed_at:
        return badge(_("Confirmed"), "info", "check")
    return badge(booking.get_status_display(), TONE[booking.status])


def fullness(taken: int, places: int) -> Any:
    """`12 of 16` with a bar; the words carry it."""
    return format_html(
        '{}<span class="crm-bar" aria-hidden="true"><progress value="{}" max="{}"></progress></span>',
        _("%(taken)s of %(places)s") % {"taken": taken, "places": places}, taken, max(places, 1),
    )  # fmt: skip


class BookingColumns:
    """For lists of appointments."""

    @display(description=_("time"), ordering="starts_at")
    def when(self, obj: Appointment) -> Any:
        return two_lines(shown.day(clock.local(obj.starts_at).date()), shown.span(obj.starts_at, obj.ends_at))

    @display(description=_("patient"), ordering="patient__name_pinyin")
    def who(self, obj: Appointment) -> Any:
        patient = obj.patient
        return two_lines(patient.name, shown.birth(patient.birth_date, patient.age())) if patient else "–"

    @display(description=_("phone"))
    def phone(self, obj: Appointment) -> str:
        return (obj.patient and obj.patient.phone_masked) or "–"

    @display(description=_("practitioner"), ordering="slot__session__practitioner__name_pinyin")
    def practitioner(self, obj: Appointment) -> Any:
        session = obj.slot.session
        return two_lines(session.practitioner, session.location or "")

    @display(description=_("service"), ordering="slot__service")
    def service(self, obj: Appointment) -> Any:
        return two_lines(obj.slot.service, obj.slot.service.department)

    @display(description=_("status"), ordering="status")
    def state(self, obj: Appointment) -> Any:
        return status_badge(obj)

    @display(description=_("reference"), ordering="reference")
    def code(self, obj: Appointment) -> str:
        return str(obj)


class BookingFacts(BookingColumns):
    """For the page of one appointment."""

    @display(description=_("patient"))
    def patient_link(self, obj: Appointment) -> Any:
        return link_to(obj.patient)

    @display(description=_("birth date"))
    def birth(self, obj: Appointment) -> str:
        return shown.birth(obj.patient.birth_date, obj.patient.age()) if obj.patient else "–"

    @display(description=_("session"))
    def session_link(self, obj: Appointment) -> Any:
        return link_to(obj.slot.session, slot_line(obj.slot))

    @display(description=_("room"))
    def room(self, obj: Appointment) -> Any:
        return obj.slot.session.location or "–"

    @display(description=_("booked"))
    def booked(self, obj: Appointment) -> str:
        return f"{shown.moment(obj.created_at)} · {obj.get_channel_display()} · {obj.by}"

    @display(description=_("place"))
    def place_number(self, obj: Appointment) -> Any:
        return (
            badge(_("%(place)s, beyond capacity") % {"place": obj.place}, "warning") if obj.is_overbooked else obj.place
        )

    @display(description=_("patient confirmed"))
    def confirmed(self, obj: Appointment) -> str:
        return shown.moment(obj.confirmed_at)

    @display(description=_("cancelled"))
    def cancelled(self, obj: Appointment) -> str:
        if not obj.cancelled_at:
            return "–"
        return f"{shown.moment(obj.cancelled_at)} · {obj.get_cancel_cause_display()}"
