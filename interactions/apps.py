from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InteractionsConfig(AppConfig):
    """Floor 5: what people of the house do for a patient outside the visit."""

    name = "interactions"
    verbose_name = _("Tasks and conversations")

    def ready(self) -> None:
        import_module("interactions.reasons")
