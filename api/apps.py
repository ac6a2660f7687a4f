from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """A face: the door through which other systems use the one pool. No rules and no models of its own."""

    name = "api"
    verbose_name = _("API")
