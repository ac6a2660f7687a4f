"""The answers that a page of the journey offers, and reading the one that was chosen.

A page with choices is a GET form: nothing changes by choosing, and the next page stands in the address.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest

GO = "go"  # in the query when the button was pressed


@dataclass(frozen=True)
class Option:
    """value: what is sent. note: in smaller letters below. group: the heading it stands under. why_not: it cannot be
    chosen, and why."""

    value: str
    label: Any
    note: Any = ""
    group: Any = ""
    why_not: Any = ""
    is_chosen: bool = False


class Choice(forms.Form):
    """One of the options."""

    choice = forms.CharField(max_length=100)

    def __init__(self, options: Sequence[Option], missing: Any, data: Any = None):
        super().__init__(data)
        self.fields["choice"].error_messages = {"required": missing, "max_length": missing}
        self.options, self.missing = options, missing

    def clean_choice(self) -> str:
        """Raises ValidationError for what is not offered, or not any more."""
        chosen = self.cleaned_data["choice"]
        if chosen not in {one.value for one in self.options if not one.why_not}:
            raise forms.ValidationError(self.missing)
        return chosen


def asked(request: HttpRequest, options: Sequence[Option], missing: Any) -> Choice:
    """The form of the page, with the answer when its button was pressed."""
    return Choice(options, missing, request.GET if GO in request.GET else None)
