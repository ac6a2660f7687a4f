"""What closing a task asks for. It checks shape; the service checks truth."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from interactions.models import OF_CALLS, Task, TaskKind, TaskOutcome
from interactions.services.calling import phones_of
from patients.models import ContactPoint

NO_CALLS = {
    TaskKind.DECIDE_APPEAL: (TaskOutcome.REACHED, TaskOutcome.NOT_NEEDED),
    TaskKind.CHECK_IDENTITY: (TaskOutcome.DONE, TaskOutcome.NOT_NEEDED),
    TaskKind.PRIVACY: (TaskOutcome.DONE, TaskOutcome.DECLINED, TaskOutcome.NOT_NEEDED),
}


class CloseForm(forms.Form):
    """What came of it. “Not reached” is an act of its own, because it counts the tries."""

    outcome = forms.ChoiceField(label=pgettext_lazy("task", "What came of it"), widget=UnfoldAdminRadioSelectWidget)
    contact_point = forms.ModelChoiceField(
        label=_("Number called"), queryset=ContactPoint.objects.none(), required=False, widget=UnfoldAdminSelectWidget
    )
    note = forms.CharField(label=_("Note"), max_length=500, required=False, widget=UnfoldAdminTextInputWidget)

    def __init__(self, task: Task, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["outcome"].choices = outcomes_for(task)
        numbers = self.fields["contact_point"]
        numbers.queryset = phones_of(task)
        numbers.initial = numbers.queryset.first()
        numbers.label_from_instance = lambda point: f"{point.masked} · {point.get_use_display()}"


def outcomes_for(task: Task) -> list[tuple[str, Any]]:
    """Those that fit: nobody marks a number as wrong where no patient is known, and what is no call
    has answers of its own."""
    if task.kind in NO_CALLS:
        return [(one.value, one.label) for one in NO_CALLS[task.kind]]
    left_out = {TaskOutcome.NOT_REACHED} | (set() if task.patient_id else {TaskOutcome.WRONG_NUMBER})
    return [(one.value, one.label) for one in OF_CALLS if one not in left_out]
