"""Refusals: what a service says when a rule forbids what was asked.

Services raise them, faces translate them (a message, an HTTP answer, a reply text). Each has a `code` that
other software may rely on and a `message` in the reader's language.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """A rule said no; nothing was written.

    code: stable, for software. message: for people, may use %(name)s of the parameters given.
    status: the HTTP status a face answers with. permanent: False when the same request may succeed later.
    field: which input is meant. alternatives: what could be had instead, nearest first.
    """

    code = "refused"
    message: Any = _("This is not possible.")
    status = 422
    permanent = True

    def __init__(self, *, field: str = "", alternatives: Iterable[Any] = (), **params: Any):
        super().__init__(self.code)
        self.field = field
        self.alternatives = list(alternatives)
        self.params = params

    def __str__(self) -> str:
        return str(self.message) % self.params if self.params else str(self.message)


class NotAllowed(Refusal):
    """The person or channel lacks the right for this."""

    code = "not_allowed"
    message = _("You do not have the right to do this.")
    status = 403


class ReasonRequired(Refusal):
    """The act is recorded together with its reason, and none was given."""

    code = "reason_required"
    message = _("Please give a reason.")
    status = 422


class Busy(Refusal):
    """Another transaction held a lock for too long; nothing was written and a retry may succeed."""

    code = "busy"
    message = _("The system is busy. Nothing was changed. Please try again.")
    status = 503
    permanent = False
