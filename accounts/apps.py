from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from common import exports

from .roles import sync_roles


class AccountsConfig(AppConfig):
    """Floor 1: who works here, what they may do, and who looked at whom."""

    name = "accounts"
    verbose_name = _("Staff and access")

    def ready(self) -> None:
        # Permissions exist only after every app has migrated, as with Django's own; running it again changes nothing.
        post_migrate.connect(sync_roles, dispatch_uid="accounts.sync_roles")
        exports.record_with("accounts.services.access.record_export")
