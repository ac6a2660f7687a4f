from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PatientsConfig(AppConfig):
    """People: who they are, how they are reached, who may act for them."""

    name = "patients"
    verbose_name = _("Patients")

    def ready(self) -> None:
        import_module("patients.services.account_merging")  # what portal accounts say against a merge
