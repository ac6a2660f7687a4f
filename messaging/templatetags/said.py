"""Messages in templates: masked addresses, and words whose links of ours can be followed."""

from django import template
from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from messaging import linking
from messaging.models import Medium
from messaging.wording import ICONS, mask

register = template.Library()


@register.filter
def masked(message) -> str:
    """Where a message went, or came from, with the middle hidden."""
    return mask(message.medium, getattr(message, "address", "") or getattr(message, "sender", ""))


@register.filter
def symbol(medium: str) -> str:
    """The name of the symbol of a medium."""
    return ICONS[Medium(medium)]


@register.filter
def with_links(text: str) -> SafeString:
    """The words, escaped; only addresses of this hospital are links."""
    parts = linking.parts(text, settings.PUBLIC_URL)
    return mark_safe("".join(_link(part) if is_link else escape(part) for part, is_link in parts))  # noqa: S308


def _link(address: str) -> str:
    return f'<a class="crm-link" href="{escape(address)}" target="_blank" rel="noopener">{escape(address)}</a>'
