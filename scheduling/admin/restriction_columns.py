"""Columns and facts of restrictions, for lists and for the page of one."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from common import clock, shown
from common.admin import badge, link_to, two_lines
from scheduling.models import BookingRestriction
from scheduling.models.restriction import RESTRICTION_TONE, Outcome, State

from .policies import in_words


class RestrictionColumns:
    """For lists of restrictions."""

    @display(description=_("state"))
    def state_badge(self, obj: BookingRestriction) -> Any:
        state = obj.state(clock.now())
        words = badge(state.label, RESTRICTION_TONE[state])
        if state == State.APPEALED:
            return two_lines(words, _("decide until %(when)s") % {"when": shown.moment(obj.appeal_due_at)})
        return words

    @display(description=_("from"), ordering="starts_at")
    def begins(self, obj: BookingRestriction) -> str:
        return shown.moment(obj.starts_at)

    @display(description=_("until"), ordering="until")
    def ends(self, obj: BookingRestriction) -> str:
        return shown.moment(obj.until)

    @display(description=_("restriction"))
    def page_link(self, obj: BookingRestriction) -> Any:
        return link_to(
            obj, f"{shown.day(clock.local(obj.starts_at).date())} – {shown.day(clock.local(obj.until).date())}"
        )


class RestrictionFacts(RestrictionColumns):
    """For the list of all of them and the page of one."""

    @display(description=_("patient"), ordering="patient__name_pinyin")
    def who(self, obj: BookingRestriction) -> Any:
        return two_lines(obj.patient, shown.birth(obj.patient.birth_date, obj.patient.age()))

    @display(description=_("patient"))
    def patient_link(self, obj: BookingRestriction) -> Any:
        return link_to(obj.patient)

    @display(description=_("rests on"))
    def counted(self, obj: BookingRestriction) -> str:
        return ngettext("%(n)s absence", "%(n)s absences", obj.n) % {"n": obj.n}

    @display(description=_("missed visits"))
    def visits(self, obj: BookingRestriction) -> Any:
        rows = obj.absences.select_related("appointment").order_by("appointment__starts_at")
        lines = (
            (reverse("admin:scheduling_missedvisit_change", args=[row.appointment_id]),
             shown.moment(row.appointment.starts_at), row.reason)
            for row in rows
        )  # fmt: skip
        return format_html_join("", '<div><a class="crm-link" href="{}">{}</a> · {}</div>', lines) or "–"

    @display(description=_("policy"))
    def rule(self, obj: BookingRestriction) -> Any:
        return two_lines(link_to(obj.policy), in_words(obj.policy))

    @display(description=_("patients are told"))
    def told(self, obj: BookingRestriction) -> str:
        return obj.policy.text

    @display(description=_("received"))
    def appealed(self, obj: BookingRestriction) -> Any:
        if obj.appealed_at is None:
            return _("There is no appeal.")
        due = _("to be decided until %(when)s") % {"when": shown.moment(obj.appeal_due_at)}
        return format_html("{} · {} · {}", shown.moment(obj.appealed_at), obj.appeal_by, due)

    @display(description=_("decision"))
    def decided(self, obj: BookingRestriction) -> Any:
        if obj.decided_at is None:
            return "–"
        words = badge(obj.get_outcome_display(), "success" if obj.outcome == Outcome.LIFTED else "danger")
        return two_lines(words, f"{shown.moment(obj.decided_at)} · {obj.decided_by} · {obj.decision_reason}")

    @display(description=_("lifted"))
    def lifted(self, obj: BookingRestriction) -> Any:
        return f"{shown.moment(obj.lifted_at)} · {obj.lifted_by} · {obj.lift_reason}" if obj.lifted_at else "–"
