from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    """Floor 7: the screens on which front-desk staff work all day. No rules and no nouns of its own."""

    name = "desk"
    verbose_name = _("Front desk")
