"""What the numbers of the account's answers mean.

Source: https://developers.weixin.qq.com/doc/oplatform/developers/errCode/errCode.html
"""

from django.utils.translation import gettext as _

from messaging.channels import http
from messaging.channels.base import TransportError

TOKEN_ENDED = {40001, 40014, 42001}
WRONG_ADDRESS = {40003, 43004}  # no such openid here; does not follow the account (any more)
OPTED_OUT = {43101}  # refused to receive
BUSY = {-1: 10, 45011: 60}  # errcode -> seconds
ACCOUNT = {
    40013,  # app id
    40125,  # app secret
    40164,  # our address is not on the account's list
    41004,  # no secret
    43116,  # template abused, blocked
    45009,  # the day's calls are used up
    48001,  # the account may not send templates
    50002,  # account blocked
    61024,  # token of a platform needed
}


def refused(answer: http.Answer, code: int) -> TransportError:
    """By its number; its words may repeat the openid."""
    words = _("The carrier refused it (%(code)s).") % {"code": code}
    if code in ACCOUNT or code in TOKEN_ENDED:
        return http.account(str(code))
    if code in BUSY:
        return TransportError(words, down=True, retry_after=BUSY[code])
    return TransportError(words, permanent=True, wrong_address=code in WRONG_ADDRESS, opted_out=code in OPTED_OUT)


def no_token(answer: http.Answer) -> TransportError:
    """Before anything was sent: whatever it is, the channel waits."""
    code = answer.json().get("errcode")
    if code in BUSY or answer.status >= 429:
        return TransportError(_("The carrier cannot be reached."), down=True, retry_after=http.retry_after(answer))
    return http.account(str(code or answer.status))
