"""Addresses that open something by themselves are written into no log."""

import logging
import re

OPENS = re.compile(r"(/(?:a|stop)/)[^/\s?\"']+")


def hide(text: str) -> str:
    """`/a/k3Jx9Qv2/move/` becomes `/a/…/move/`."""
    return OPENS.sub(r"\1…", text)


class HidesSecrets(logging.Filter):
    """For a handler of logs: what is written names no such address."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        hidden = hide(said)
        if hidden != said:
            record.msg, record.args = hidden, ()
        return True
