"""Days as commands are given them."""

import argparse
import datetime as dt

from django.utils.translation import gettext as _


def day(text: str) -> dt.date:
    """`2026-03-31`. Raises ArgumentTypeError, which the parser tells with the option's name."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(_("“%s” is not a day such as 2026-03-31") % text) from problem
