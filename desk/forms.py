"""The shape of what the desk sends; services check the truth."""

import datetime as dt
import re
from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import clock
from common.ids import read_uuid
from directory.models import Department, Location, Practitioner
from scheduling import seeing
from scheduling.models.appointment import CancelCause
from scheduling.models.waitlist import PartOfDay


class DayField(forms.DateField):
    """A day that a desk could mean; one that lies a lifetime away is not read."""

    def __init__(self, **options: Any):
        validators = [MinValueValidator(dt.date(1990, 1, 1)), MaxValueValidator(dt.date(2190, 1, 1))]
        super().__init__(required=False, validators=validators, **options)


_WALL_TIME = re.compile(r"(\d{1,2})[:：.]?(\d{2})")


class DayForm(forms.Form):
    """What the grid shows, and what is being done with it: a booking moved or finished, times blocked.

    department: an id, `all`, or `site-` with a site's id. practitioner: their week instead of a day.
    """

    day = DayField()
    department = forms.CharField(required=False)
    practitioner = forms.UUIDField(required=False)
    blocking = forms.BooleanField(required=False)
    service = forms.UUIDField(required=False)
    session = forms.UUIDField(required=False)
    moving = forms.UUIDField(required=False)
    hold = forms.UUIDField(required=False)

    def asked(self) -> dict[str, Any]:
        """What was asked and can be read; today when nothing was."""
        self.is_valid()
        given = {"department": "", **self.cleaned_data}
        return {**given, "day": given.get("day") or clock.today()}


class PlacesForm(forms.Form):
    """What the caller asks for: a department, service or practitioner; only with one practitioner; from which day."""

    what = forms.CharField(required=False)
    person = forms.UUIDField(required=False)
    first_day = DayField()
    part = forms.ChoiceField(choices=PartOfDay, required=False)
    cell = forms.CharField(required=False)

    def asked(self) -> dict[str, Any]:
        """What can be read of it; days that are over are today."""
        self.is_valid()
        given = {name: self.cleaned_data.get(name) or "" for name in ("what", "part", "cell")}
        first = max(self.cleaned_data.get("first_day") or clock.today(), clock.today())
        return {**given, "person": self.cleaned_data.get("person"), "first_day": first}


class BookForm(forms.Form):
    """For whom and why."""

    patient = forms.UUIDField(error_messages={"required": _("Choose a patient."), "invalid": _("Choose a patient.")})
    reason = forms.CharField(required=False, max_length=200)


class ReasonForm(forms.Form):
    """Why they come."""

    reason = forms.CharField(required=False, max_length=200)


class TwoForm(forms.Form):
    """Two people and a place for each; the places may be one time with room for both."""

    PEOPLE, SLOTS = ("patient", "second"), ("slot", "next")

    patient = forms.UUIDField()
    second = forms.UUIDField()
    slot = forms.UUIDField()
    next = forms.UUIDField()


class OverbookForm(BookForm):
    """For whom, and why it must be now although the time is full."""

    reason = forms.CharField(max_length=200, error_messages={"required": _("Please give a reason.")})
    key = forms.UUIDField(required=False)


class CancelForm(forms.Form):
    """Why, and at whose wish."""

    reason = forms.CharField(max_length=200, error_messages={"required": _("Please give a reason.")})
    cause = forms.ChoiceField(
        choices=[(cause, cause.label) for cause in (CancelCause.PATIENT, CancelCause.STAFF, CancelCause.ERROR)],
        required=False,
    )


class SlotForm(forms.Form):
    """A place."""

    slot = forms.UUIDField()
    reason = forms.CharField(required=False, max_length=200)


class BlockForm(forms.Form):
    """Times that nobody new is to get into, or that are to be opened again (`opens`), and why."""

    MOST = 2_400  # a board of 60 practitioners by 40 times

    slots = forms.CharField()
    opens = forms.BooleanField(required=False)
    reason = forms.CharField(required=False, max_length=200)

    def clean_slots(self) -> list[UUID]:
        """Ids, separated by commas; what is none is left out. Raises ValidationError for none or too many."""
        found = [uuid for text in self.cleaned_data["slots"].split(",") if (uuid := read_uuid(text))]
        if not 0 < len(found) <= self.MOST:
            raise forms.ValidationError(_("Choose at least one time."))
        return found


class StoppingForm(forms.Form):
    """Whose sessions, where and when, as far as the person sees them. Without anybody and any place, none."""

    practitioner = forms.ModelChoiceField(
        Practitioner.objects.none(), required=False, empty_label=_("Any"), label=_("Practitioner")
    )
    department = forms.ModelChoiceField(
        Department.objects.none(), required=False, empty_label=_("Any"), label=_("Department")
    )
    location = forms.ModelChoiceField(Location.objects.none(), required=False, empty_label=_("Any"), label=_("Room"))
    first = DayField(label=_("From"))
    last = DayField(label=_("Until"))

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        ahead = seeing.sessions(user).filter(day__gte=clock.today()).order_by()
        rows = Practitioner.objects.filter(pk__in=ahead.values("practitioner"))
        self.fields["practitioner"].queryset = rows.order_by("name_pinyin", "pk")
        self.fields["department"].queryset = Department.objects.filter(pk__in=ahead.values("service__department"))
        self.fields["location"].queryset = Location.objects.filter(pk__in=ahead.values("location"))

    def asked(self) -> dict[str, Any]:
        """What can be read of it; empty when nobody and no place is named. Days: from today, for four weeks."""
        given = self.cleaned_data if self.is_valid() else {}
        if not any(given.get(name) for name in ("practitioner", "department", "location")):
            return {}
        first = max(given["first"] or clock.today(), clock.today())
        last = given["last"] or first + dt.timedelta(weeks=4)
        return {**given, "service__department": given["department"], "first": first, "last": last}


def neighbours(day: dt.date) -> tuple[dt.date, dt.date]:
    """The day before and the day after."""
    return day - dt.timedelta(days=1), day + dt.timedelta(days=1)


class EndingForm(forms.Form):
    """Which day and department is to be settled."""

    day = DayField()
    department = forms.UUIDField(required=False)

    def asked(self) -> dict[str, Any]:
        """What was asked and can be read; today when nothing was."""
        self.is_valid()
        return {**self.cleaned_data, "day": self.cleaned_data.get("day") or clock.today()}


class WallTimeField(forms.CharField):
    """A time of the day as it is quickest to type: `9:05`, `09:05` or `0905`."""

    def to_python(self, value: Any) -> dt.time | None:
        """The time; None for nothing."""
        text = super().to_python(value)
        if not text:
            return None
        match = _WALL_TIME.fullmatch(text)
        try:
            return dt.time(int(match[1]), int(match[2])) if match else self._refuse()
        except ValueError:
            return self._refuse()

    def _refuse(self) -> None:
        raise forms.ValidationError(_("A time is written like 09:30."))


class TimesForm(forms.Form):
    """What was written by hand beside one name: times of the day's wall clock."""

    arrived = WallTimeField(required=False)
    began = WallTimeField(required=False)
    ended = WallTimeField(required=False)


class WalkInTimesForm(TimesForm):
    """Somebody without a booking: who, and which place they got by hand."""

    patient = forms.UUIDField(error_messages={"required": _("Choose a patient."), "invalid": _("Choose a patient.")})
    slot = forms.UUIDField(error_messages={"required": _("Choose a time."), "invalid": _("Choose a time.")})
    reason = forms.CharField(required=False, max_length=200)


class PaperForm(EndingForm):
    """Which day and department is to be printed, and how."""

    def asked(self) -> dict[str, Any]:
        """As `EndingForm`; a page unless a PDF is wanted."""
        return {**super().asked(), "as": "pdf" if self.data.get("as") == "pdf" else "html"}


class SettleForm(forms.Form):
    """What was decided about whom: one line by its own button, or every ticked line."""

    act = forms.ChoiceField(
        choices=[(name, name) for name in ("seen", "absent", "excused", "correct")], error_messages={"required": ""}
    )
    reason = forms.CharField(required=False, max_length=200)


class WhyForm(forms.Form):
    """Why something is put right."""

    reason = forms.CharField(max_length=200, error_messages={"required": _("Please give a reason.")})
