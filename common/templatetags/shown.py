"""`common.shown` and `common.badges` for templates."""

from django import template

from common import clock, shown
from common.badges import badge

register = template.Library()
register.filter("day", shown.day)
register.filter("clock", shown.time)
register.filter("moment", shown.moment)
register.filter("date_of", clock.today)  # the day of a moment by the hospital's clock


@register.filter
def birth(patient) -> str:
    """A patient's birth date with the age."""
    return shown.birth(patient.birth_date, patient.age())


@register.filter
def number(count: int) -> str:
    """`12,345`."""
    return f"{count:,}"


@register.simple_tag
def tone(text, tone, icon=""):
    """A badge."""
    return badge(text, tone, icon)


@register.simple_tag
def chips(cl) -> list[tuple]:
    """The choices of filters that stand above the list: (title, [(label, query, chosen)])."""
    return [(one.title, one.chips(cl)) for one in cl.filter_specs if hasattr(one, "chips")]
