"""Small parts of pages: links, lines, refusals as messages, the question for a reason."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminExpandableTextareaWidget

from common.errors import Refusal


def two_lines(first: Any, second: Any) -> SafeString:
    """What matters, and below it, quieter, what helps to tell it apart."""
    return format_html('<span class="crm-two">{}<small>{}</small></span>', first, second)


def link_to(obj: Model | None, text: Any = None) -> Any:
    """The row's own page, by its name; a dash when there is none."""
    if obj is None:
        return "–"
    opts = obj._meta
    return format_html(
        '<a class="crm-link" href="{}">{}</a>',
        reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[obj.pk]),
        obj if text is None else text,
    )


def rows_link(model: type[Model], text: Any, **query: Any) -> SafeString:
    """A number that leads to the rows it counts."""
    opts = model._meta
    address = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist", query=query)
    return format_html('<a class="crm-link" href="{}">{}</a>', address, text)


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: also an empty POST, which is a yes without words."""
    return request.POST if request.method == "POST" else None


class Told:
    """Whether the act inside `told` went through, and what was refused."""

    refusal: Refusal | None = None

    def __bool__(self) -> bool:
        return self.refusal is None


@contextmanager
def told(request: HttpRequest, what: Any = "") -> Iterator[Told]:
    """A refusal inside becomes a message to the reader, with `what` it is about in front. True when none came."""
    outcome = Told()
    try:
        yield outcome
    except Refusal as refusal:
        outcome.refusal = refusal
        messages.error(request, f"{what}: {refusal}" if what else str(refusal))


class ReasonForm(forms.Form):
    """Why it is done; stands in the history."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        widget=UnfoldAdminExpandableTextareaWidget(attrs={"rows": 2, "autofocus": True}),
        help_text=_("Stands in the history with your name."),
    )


class ReasonBelowForm(ReasonForm):
    """The same, below something that is to be read first: the page opens at its top."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["reason"].widget.attrs["autofocus"]
