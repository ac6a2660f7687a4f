from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Floor 0: helpers that know nothing of the hospital."""

    name = "common"
