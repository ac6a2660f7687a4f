from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SchedulingConfig(AppConfig):
    """Floor 3: the one pool of slots, and who holds which place in it."""

    name = "scheduling"
    verbose_name = _("Scheduling")

    def ready(self) -> None:
        import_module("scheduling.services.merging")  # what bookings say against a merge of two patients
        import_module("scheduling.services.importing.appointments")  # a kind of import beside patients
