"""A state in a word on the colour of its tone. The word carries the meaning, the colour helps the eye."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

TONES = ("default", "primary", "info", "success", "warning", "danger", "waitlist")


def badge(text: Any, tone: str = "default", icon: str = "") -> SafeString:
    """`text` in its `tone` (`TONE` beside the enum), with the name of a Material symbol before it."""
    tone = tone if tone in TONES else "default"
    picture = format_html('<span class="material-symbols-outlined" aria-hidden="true">{}</span>', icon) if icon else ""
    return format_html('<span class="crm-badge crm-{}">{}{}</span>', tone, picture, text)
