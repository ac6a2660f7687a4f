"""What the portal's templates need of numbers, fields and addresses."""

from typing import Any

from django import template
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common import shown
from portal import times
from scheduling.models import Slot

register = template.Library()


@register.filter
def dialled(phone: str) -> str:
    """A phone as people write it, for a `tel:` address: digits and the plus in front."""
    return "".join(sign for sign in phone if sign.isdecimal() or sign == "+")


@register.filter
def described(field: BoundField) -> SafeString:
    """The field's control, with its help and its error named for who does not see them."""
    name = field.id_for_label
    told = [f"{name}_help"] if field.help_text else []
    told += [f"{name}_error"] if field.errors else []
    attrs = {"aria-describedby": " ".join(told)} if told else {}
    return field.as_widget(attrs=attrs | ({"aria-invalid": "true"} if field.errors else {}))


@register.simple_tag(takes_context=True)
def here(context: dict[str, Any], **changes: str) -> str:
    """The query of this page with these values in place of its own, so that the reader stays where they are."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query[name] = value
    return f"?{query.urlencode()}"


@register.simple_tag
def when(slot: Slot, number: int = 1) -> SafeString:
    """Day and period of arrival; the period is not broken over two lines."""
    span = shown.span(*times.come(slot, number))
    before, after = times.of_slot(slot, number).split(span)
    return format_html('{}<span class="span">{}</span>{}', before, span, after)
