from django.utils.translation import gettext_lazy as _

from common.errors import Refusal


class UnknownChannel(Refusal):
    """A key was asked for a channel that has none."""

    code = "unknown_channel"
    message = _("There is no channel “%(channel)s”. Known are: %(known)s.")


class TooManyCodes(Refusal):
    """This phone, this client address or everybody together asked for as many codes as may be."""

    code = "too_many_codes"
    message = _("Too many codes were asked for. Please try again in %(minutes)s minutes.")
    status = 429
    permanent = False


class CodeWrong(Refusal):
    """Another try may be right. left: how many there are."""

    code = "code_wrong"
    message = _("This code is not right. Tries left: %(left)s.")


class CodeOver(Refusal):
    """Too old, used, replaced by a newer one, guessed at too often, or never there: nobody is told which."""

    code = "code_over"
    message = _("This code is not valid any more. Please ask for a new one.")
