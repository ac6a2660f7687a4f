"""The buttons of a queue's line. Forty lines are drawn at every press, so these are not templates within templates."""

from django import template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString

from desk.queue_acts import Button
from desk.queues import Line

register = template.Library()
QUIET = ("come_back", "put_back")  # in front, and yet not what one mostly wants


@register.simple_tag
def buttons(line: Line, shown: list[Button]) -> SafeString:
    """`shown` of the line's buttons; the first of those in front leads."""
    base = reverse("admin:desk:act", kwargs={"entry": line.entry.uuid, "act": "act"}).removesuffix("act/")
    of = escape(f"{line.entry.ticket} {line.entry.appointment.patient.name}")
    lead = line.main[0].act if line.main and line.main[0].act not in QUIET else ""
    return SafeString("".join(_button(one, base, of, is_lead=one.act == lead) for one in shown))


def _button(one: Button, base: str, of: str, *, is_lead: bool) -> str:
    kind = "crm-button is-lead" if is_lead else "crm-button"
    icon = f'<span class="material-symbols-outlined" aria-hidden="true">{one.icon}</span>'
    inside = f'{icon}{escape(one.label)}<span class="crm-hidden">: {of}</span>'
    return f'<button type="button" class="{kind}" data-act="{one.act}" {_press(one, base)}>{inside}</button>'


def _press(one: Button, base: str) -> str:
    """Some acts ask for more in the panel, the others are done at once."""
    if one.asks:
        return f'hx-get="{base}{one.act.replace("_", "-")}/" hx-target="#panel-body" aria-haspopup="dialog"'
    return f'hx-post="{base}{one.act}/" hx-swap="none"'
