"""A page that asks: its form, and what was wrong with the answer, in the words of the form's fields."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from common.errors import Refusal
from portal import pages


def say_no(form: forms.Form, refusal: Refusal, field: str = "") -> None:
    """The refusal stands at its field, else at `field`, else above the form; the answer has its status."""
    name = refusal.field if refusal.field in form.fields else field
    form.add_error(name or None, str(refusal))
    form.refused = refusal.status


def draw(request: HttpRequest, template: str, form: forms.Form, known: dict[str, Any]) -> HttpResponse:
    """The page with what was typed; 422, or the status of the refusal, when it could not be done."""
    status = getattr(form, "refused", 422) if form.errors else 200
    return pages.draw(request, template, {"form": form, "mistakes": mistakes(form)} | known, status=status)


def mistakes(form: forms.Form) -> list[tuple[str, str]]:
    """(id of the field or "", what is wrong), in the order of the page."""
    said = [("", error) for error in form.non_field_errors()] if form.is_bound else []
    for field in form:
        said += [(field.id_for_label, error) for error in field.errors]
    return said
