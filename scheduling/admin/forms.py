"""What acts of the pool ask for."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminSingleTimeWidget,
    UnfoldAdminTextInputWidget,
)

from common import clock
from common.admin import ReasonForm
from scheduling.models.appointment import CancelCause
from scheduling.models.waitlist import PartOfDay


class CancelForm(ReasonForm):
    """Why a booking is cancelled, and at whose wish."""

    cause = forms.ChoiceField(
        label=_("Whose wish"),
        choices=[(CancelCause.PATIENT, CancelCause.PATIENT.label), (CancelCause.STAFF, CancelCause.STAFF.label),
                 (CancelCause.ERROR, CancelCause.ERROR.label)],
        initial=CancelCause.PATIENT,
        widget=UnfoldAdminSelectWidget,
    )  # fmt: skip


class NoReasonForm(forms.Form):
    """Only a yes."""


class SearchForm(forms.Form):
    """Where to look for a free place."""

    first_day = forms.DateField(label=_("From"), widget=UnfoldAdminSingleDateWidget)
    part_of_day = forms.ChoiceField(
        label=_("Time of day"), choices=PartOfDay.choices, required=False, widget=UnfoldAdminSelectWidget
    )
    anybody = forms.BooleanField(label=_("Other practitioners too"), required=False)

    @classmethod
    def asked(cls, data: Any, day: dt.date) -> "SearchForm":
        """Bound to what was asked, else to the day of the booking (or today)."""
        if data.get("first_day"):
            return cls(data)
        return cls({"first_day": max(day, clock.today()).isoformat(), "part_of_day": "", "anybody": True})


class ChooseSlotForm(forms.Form):
    """One of the free places that were found."""

    slot = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False, widget=UnfoldAdminTextInputWidget,
        help_text=_("Stands in the history with your name."),
    )  # fmt: skip


class ExtraSessionForm(ReasonForm):
    """A session beyond the roster (加号)."""

    day = forms.DateField(label=_("Day"), widget=UnfoldAdminSingleDateWidget)
    starts = forms.TimeField(label=_("From"), widget=UnfoldAdminSingleTimeWidget)
    ends = forms.TimeField(label=_("Until"), widget=UnfoldAdminSingleTimeWidget)
    slot_minutes = forms.IntegerField(
        label=_("Minutes per slot"), required=False, min_value=1, max_value=720, widget=UnfoldAdminTextInputWidget,
        help_text=_("Empty: the length of the service."),
    )  # fmt: skip
    capacity = forms.IntegerField(
        label=_("Places per slot"), initial=1, min_value=1, max_value=1000, widget=UnfoldAdminTextInputWidget
    )
    overbook_limit = forms.IntegerField(
        label=_("Extra places in the session"), initial=0, min_value=0, max_value=1000,
        widget=UnfoldAdminTextInputWidget,
    )  # fmt: skip

    def clean(self) -> dict:
        """Shape only: the service looks for clashes."""
        data = super().clean()
        if data.get("day") and data["day"] < clock.today():
            self.add_error("day", _("This day has passed."))
        if data.get("starts") and data.get("ends") and data["ends"] <= data["starts"]:
            self.add_error("ends", _("The end lies before the start."))
        return data


class CapacityForm(ReasonForm):
    """How many places a slot has."""

    capacity = forms.IntegerField(label=_("Places"), min_value=1, max_value=1000, widget=UnfoldAdminTextInputWidget)


class DaysForm(forms.Form):
    """Between which days sessions are made."""

    first = forms.DateField(label=_("From"), widget=UnfoldAdminSingleDateWidget)
    last = forms.DateField(label=_("Until"), widget=UnfoldAdminSingleDateWidget)

    def clean(self) -> dict:
        """At most a year, in order."""
        data = super().clean()
        first, last = data.get("first"), data.get("last")
        if first and last and not first <= last <= first + dt.timedelta(days=366):
            self.add_error("last", _("Choose a last day after the first, at most a year later."))
        return data
