"""The base of every admin page: Unfold's looks, history, scope by `visible_to`, refusals as messages."""

from common.badges import badge

from .inlines import FactInline, StackedInline, TabularInline
from .looks import Checks
from .pages import FactAdmin, ModelAdmin
from .parts import ReasonBelowForm, ReasonForm, Told, link_to, posted, rows_link, told, two_lines

__all__ = [
    "Checks",
    "FactAdmin",
    "FactInline",
    "ModelAdmin",
    "ReasonBelowForm",
    "ReasonForm",
    "StackedInline",
    "TabularInline",
    "Told",
    "badge",
    "link_to",
    "posted",
    "rows_link",
    "told",
    "two_lines",
]
