from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VisitsConfig(AppConfig):
    """Floor 4: who has arrived, in which order they are called, and what became of the visit."""

    name = "visits"
    verbose_name = _("Visits")
