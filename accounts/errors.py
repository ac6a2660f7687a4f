from django.utils.translation import gettext_lazy as _

from common.errors import Refusal


class UnknownChannel(Refusal):
    """A key was asked for a channel that has none."""

    code = "unknown_channel"
    message = _("There is no channel “%(channel)s”. Known are: %(known)s.")
