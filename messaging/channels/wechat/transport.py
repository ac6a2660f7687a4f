"""Template messages of a WeChat official account (服务号), and what its followers write.

Sources: https://developers.weixin.qq.com/doc/service/api/notify/template/api_sendtemplatemessage,
https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Template_Message_Interface.html (events).
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException, ElementTree
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common import clock
from messaging.channels import approved, hooks, http
from messaging.channels.base import (
    Accepted,
    Heard,
    Incoming,
    NotFromCarrier,
    Option,
    Outcome,
    Outgoing,
    Receipt,
    Reply,
    Settles,
    Transport,
)
from messaging.channels.wechat import account, errors
from messaging.models import Medium

OLDEST = 5 * 60  # seconds
TAKEN = "success"  # what its server wants to read


class WechatTransport(Transport):
    """KEY for ten minutes: "for the same openid and client_msg_id only one message is sent; valid for 10 minutes"."""

    kind = "wechat"
    label = _("WeChat official account")
    media = (Medium.WECHAT.value,)
    options = (
        Option("app_id", _("AppID")),
        Option("app_secret", _("AppSecret"), secret=True),
        Option(
            "hook_token", _("token of the server settings"), secret=True, required=False,
            help=_("The Token of the account's server configuration, in plain mode. Empty: no receipts or answers."),
        ),
        Option("base_url", _("address of the interface"), default="https://api.weixin.qq.com", required=False),
    )  # fmt: skip
    settles = Settles.KEY
    key_minutes = 10
    at_once = 20
    needs_template = True

    def send(self, message: Outgoing) -> Accepted:
        """errcode 0: taken. A token that ended meanwhile is fetched anew, once."""
        token = self._token()
        answer = self._post(token, message)
        if answer.json().get("errcode") in errors.TOKEN_ENDED:
            answer = self._post(self._token(instead_of=token), message)
        said = answer.json()
        if not answer.ok:
            raise http.refusal(answer)
        if "errcode" not in said:
            raise http.unclear()
        if said["errcode"] != 0:
            raise errors.refused(answer, said["errcode"])
        return Accepted(provider_id=str(said.get("msgid") or ""))

    def _token(self, instead_of: str = "") -> str:
        settings = self.settings
        return account.token(self._base, settings["app_id"], settings["app_secret"], instead_of=instead_of)

    @property
    def _base(self) -> str:
        return self.settings["base_url"].rstrip("/")

    def _post(self, token: str, message: Outgoing) -> http.Answer:
        code, facts = approved.filled(message)
        body = {
            "touser": message.to,
            "template_id": code,
            "client_msg_id": message.ref.hex,
            "data": {place: {"value": words} for place, words in facts.items()},
        }
        return http.call(
            "POST", f"{self._base}/cgi-bin/message/template/send", params={"access_token": token}, json=body
        )

    def hear(self, incoming: Incoming) -> Heard:
        """GET: the address is being set up. POST: an event or a message, in plain XML."""
        self._check(incoming)
        if incoming.method == "GET":
            return Heard(answer=incoming.query.get("echostr", ""))
        return Heard(_events(_fields(incoming.body)), TAKEN)

    def _check(self, incoming: Incoming) -> None:
        """SHA-1 of token, timestamp and nonce, sorted. It does not cover the body; that is why the address is https."""
        query, token = incoming.query, self.settings["hook_token"]
        timestamp = query.get("timestamp", "")
        if not token or not timestamp.isdecimal():
            raise NotFromCarrier
        right = signature(token, timestamp, query.get("nonce", ""))
        if not hmac.compare_digest(query.get("signature", "").encode(), right.encode()):
            raise NotFromCarrier
        if abs(clock.now().timestamp() - int(timestamp)) > OLDEST:
            raise NotFromCarrier


def signature(token: str, timestamp: str, nonce: str) -> str:
    """Source: https://developers.weixin.qq.com/doc/service/guide/dev/push/"""
    return hashlib.sha1("".join(sorted([token, timestamp, nonce])).encode()).hexdigest()  # noqa: S324 theirs to choose


def _fields(body: bytes) -> dict[str, str]:
    """The elements of the message. Raises ValueError; document types and entities are not read at all."""
    if len(body) > hooks.LONGEST:
        raise ValueError("The request is too long.")
    try:
        root = ElementTree.fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException) as error:
        raise ValueError("No XML that may be read.") from error
    return {child.tag: child.text or "" for child in root}


def _events(told_us: Mapping[str, str]) -> tuple[Receipt | Reply, ...]:
    """Following, menu clicks, pictures and the rest are none of ours."""
    if told_us.get("Event") == "TEMPLATESENDJOBFINISH":
        return (_receipt(told_us),)
    if told_us.get("MsgType") == "text":
        sender, number = told_us.get("FromUserName", ""), told_us.get("MsgId")
        number = number or hooks.digest(sender, told_us.get("CreateTime"), told_us.get("Content"))
        return (Reply(f"text:{number}", sender, told_us.get("Content", ""), Medium.WECHAT.value),)
    return ()


def _receipt(event: Mapping[str, str]) -> Receipt:
    """Known by the number that the sending was answered with. Raises ValueError without one."""
    number, status = event.get("MsgID", ""), event.get("Status", "")
    if not number.strip("0"):
        raise ValueError("A receipt without a number.")
    if status == "success":
        return Receipt(f"{number}:success", Outcome.DELIVERED, provider_id=number)
    return Receipt(f"{number}:failed", Outcome.FAILED, provider_id=number, **_failure(status))


def _failure(status: str) -> dict[str, Any]:
    """ "failed:user block": the follower does not want messages of this account."""
    blocked = status.replace(" ", "") == "failed:userblock"
    words = gettext("The carrier could not deliver it (%(code)s).") % {
        "code": status.removeprefix("failed:").strip()[:40]
    }
    return {"error": words, "opted_out": blocked}
