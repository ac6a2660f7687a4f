"""What the portal's templates need of numbers."""

from django import template

register = template.Library()


@register.filter
def dialled(phone: str) -> str:
    """A phone as people write it, for a `tel:` address: digits and the plus in front."""
    return "".join(sign for sign in phone if sign.isdecimal() or sign == "+")
