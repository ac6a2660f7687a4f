from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """Floor 7: the pages that patients see. No rules and no nouns of its own."""

    name = "portal"
    verbose_name = _("Patient portal")
