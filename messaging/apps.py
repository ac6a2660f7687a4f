from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from messaging import defaults


class MessagingConfig(AppConfig):
    """Floor 3: saying something to a person by a channel, never lost and never twice. Knows nothing of appointments."""

    name = "messaging"
    verbose_name = _("Messages")

    def ready(self) -> None:
        """Collect what the apps have to say: each names its kinds of message in `message_kinds.py`."""
        post_migrate.connect(defaults.ensure, sender=self, dispatch_uid="messaging.defaults")
        for config in apps.get_app_configs():
            if find_spec(f"{config.name}.message_kinds"):
                import_module(f"{config.name}.message_kinds")
