"""What is asked on the pages about one's own data."""

from django import forms
from django.utils.translation import gettext_lazy as _

from patients.models import Language, Purpose

LONGEST = 1000  # signs


class ConsentForm(forms.Form):
    """A button of the list of consents. answer: what holds from now on."""

    purpose = forms.ChoiceField(choices=Purpose.choices)
    answer = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])


class LanguageForm(forms.Form):
    """In which messages come."""

    language = forms.ChoiceField(choices=Language.choices)


class RequestForm(forms.Form):
    """What is wrong and how it should be, or what to delete."""

    text = forms.CharField(
        label=_("What should we do?"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "required": _("Please write what we should do."), "max_length": _("This is too long."),
            "null_characters_not_allowed": _("Please write what we should do."),
        },
    )  # fmt: skip
