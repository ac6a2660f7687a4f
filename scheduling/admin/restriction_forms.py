"""What acts on a restriction ask for."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminExpandableTextareaWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from common import clock, shown
from common.admin import ReasonBelowForm
from patients.models import Patient
from scheduling.models import NoShowPolicy
from scheduling.models.restriction import Outcome
from scheduling.services import restrictions


class ImposeForm(forms.Form):
    """Whom, and for how long. counts: patient -> absences, of those who may be restricted."""

    patient = forms.ModelChoiceField(
        label=_("Patient"), queryset=Patient.objects.none(), widget=UnfoldAdminSelectWidget,
        help_text=_("Those with as many unexcused absences as the policy asks for."),
    )  # fmt: skip
    days = forms.IntegerField(label=_("Days"), min_value=1, widget=UnfoldAdminIntegerFieldWidget)
    note = forms.CharField(label=_("Note"), max_length=200, required=False, widget=UnfoldAdminTextInputWidget)

    def __init__(self, policy: NoShowPolicy, counts: dict[int, int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whom = self.fields["patient"]
        whom.queryset = Patient.objects.filter(pk__in=counts).order_by("name_pinyin", "pk")
        visits = restrictions.visits_of(counts, policy, clock.now())
        whom.label_from_instance = lambda one: self._line(one, visits[one.pk])
        self.fields["days"].initial = policy.restrict_days
        self.fields["days"].help_text = _("At most %(n)s by the policy.") % {"n": policy.restrict_days}

    @staticmethod
    def _line(patient: Patient, visits: list[dt.datetime]) -> str:
        n = len(visits)
        missed = ngettext("%(n)s unexcused absence", "%(n)s unexcused absences", n) % {"n": n}
        days = gettext(", ").join(shown.day(clock.local(one).date()) for one in visits)
        return f"{patient.name} · {patient.record_number} · {missed} · {days}"


class AppealForm(forms.Form):
    """What the patient says."""

    text = forms.CharField(
        label=_("What the patient says"), max_length=1000,
        widget=UnfoldAdminExpandableTextareaWidget(attrs={"rows": 4, "autofocus": True}),
        help_text=_("In their words. Whoever decides reads it."),
    )  # fmt: skip


class DecideForm(ReasonBelowForm):
    """How the appeal is decided."""

    outcome = forms.ChoiceField(label=_("Decision"), choices=Outcome.choices, widget=UnfoldAdminRadioSelectWidget)
    field_order = ("outcome", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("The patient reads it.")
