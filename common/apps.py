from django.apps import AppConfig
from django.db.backends.signals import connection_created

from common.instants import read_fast


class CommonConfig(AppConfig):
    """Floor 0: helpers that know nothing of the hospital."""

    name = "common"

    def ready(self) -> None:
        """Every connection of every process."""
        connection_created.connect(read_fast)
