"""The shape of what the pages behind a link send; whether it is possible, services say."""

from django import forms
from django.utils.translation import gettext_lazy as _


class AnswerForm(forms.Form):
    """A button of the page. version: of the visit that it showed."""

    answer = forms.SlugField(max_length=20)
    version = forms.IntegerField(min_value=0)


class PlaceForm(forms.Form):
    """The button under a place."""

    version = forms.IntegerField(min_value=0)


class ObjectForm(forms.Form):
    """What somebody says against a restriction."""

    text = forms.CharField(max_length=1000, error_messages={"required": _("Please write what you want to say.")})
