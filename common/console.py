"""Commands that a developer or operator watches speak the language of the terminal; pages keep the hospital's."""

import os
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation


def language() -> str:
    """By LC_ALL, LC_MESSAGES or LANG, the first that is set: Chinese where it says so, else English."""
    told = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh-hans" if told.startswith("zh") else "en"


class ConsoleCommand(BaseCommand):
    """Says everything in the terminal's language. What it stores in a language is the command's own care."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        with translation.override(language()):
            return super().execute(*args, **options)
