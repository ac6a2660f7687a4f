from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DirectoryConfig(AppConfig):
    """Floor 2: sites, departments, rooms, practitioners and what can be booked with them."""

    name = "directory"
    verbose_name = _("Directory")
