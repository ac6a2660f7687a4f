"""The shape of what the arrival and queue page sends; services check the truth."""

from django import forms

from visits.models import Outcome, Priority

PRIORITIES = [(Priority.NONE, Priority.NONE.label), (Priority.OLD, Priority.OLD.label),
              (Priority.FRAIL, Priority.FRAIL.label), (Priority.URGENT, Priority.URGENT.label)]  # fmt: skip
LONGEST_WEEKS = 104


class ChoiceForm(forms.Form):
    """Which queues are shown."""

    department = forms.CharField(required=False)
    only = forms.UUIDField(required=False)
    have = forms.CharField(required=False)


class KeyForm(forms.Form):
    """A press of a button, named so that a double one is noticed."""

    key = forms.UUIDField(required=False)


class ArrivalForm(forms.Form):
    """With which priority; empty is by age."""

    priority = forms.ChoiceField(choices=PRIORITIES, required=False)


class WalkInForm(ArrivalForm):
    """Into which time, and beyond capacity only with a reason."""

    slot = forms.UUIDField()
    reason = forms.CharField(required=False, max_length=200)
    key = forms.UUIDField(required=False)


class PriorityForm(ArrivalForm):
    """Another priority, and why."""

    reason = forms.CharField(required=False, max_length=200)


class HandOverForm(forms.Form):
    """To which session, and why."""

    session = forms.UUIDField()
    reason = forms.CharField(required=False, max_length=200)


class FinishForm(forms.Form):
    """What came of the visit."""

    outcome = forms.ChoiceField(choices=Outcome, required=False)
    follow_up_weeks = forms.IntegerField(required=False, min_value=1, max_value=LONGEST_WEEKS)
    follow_up_note = forms.CharField(required=False, max_length=200)
