"""What an editor of words types."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from messaging.models import Medium
from messaging.services.looks import Sample

WITH_SUBJECT = ("", Medium.EMAIL, Medium.PUSH)


class WordsForm(forms.Form):
    """The words, and the example that they are tried on. Their length and syntax are judged by lint."""

    medium = forms.ChoiceField(label=pgettext_lazy("message text", "For"), widget=UnfoldAdminSelectWidget)
    subject = forms.CharField(
        label=_("Subject"), required=False, widget=UnfoldAdminTextInputWidget,
        help_text=_("Of e-mails and app notifications."),
    )  # fmt: skip
    text = forms.CharField(
        label=_("Words"), required=False, strip=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 7}),
    )  # fmt: skip
    provider_code = forms.CharField(
        label=_("Template at the carrier"), required=False, max_length=100, widget=UnfoldAdminTextInputWidget,
        help_text=_("Where the carrier only sends texts that it approved: the code of the approved one."),
    )  # fmt: skip
    example = forms.CharField(label=_("Tried on"), required=False, widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, media: list[str], samples: list[Sample], **kwargs: Any) -> None:
        """media: those that the words may be for; a single one is not asked for."""
        super().__init__(*args, **kwargs)
        self.media_to_choose, self.samples = media, samples
        self.fields["medium"].choices = [(medium, Medium(medium).label) for medium in media if medium]
        self.fields["example"].widget.choices = [(sample.key, sample.label) for sample in samples]
        if len(media) == 1:
            del self.fields["medium"]
        if len(media) == 1 and media[0] not in WITH_SUBJECT:
            del self.fields["subject"]

    @property
    def said(self) -> dict[str, str]:
        """Medium and words as they stand in the form, valid or not."""
        said = {name: self[name].value() or "" for name in ("text", "provider_code")}
        subject = self["subject"].value() or "" if "subject" in self.fields else self.initial["subject"]
        asked = self["medium"].value() if "medium" in self.fields else ""
        medium = asked if asked in self.media_to_choose else self.media_to_choose[0]
        return {**said, "subject": subject, "medium": medium}

    @property
    def sample(self) -> Sample:
        """The chosen example; the first when it is gone."""
        return next((one for one in self.samples if one.key == self["example"].value()), self.samples[0])
