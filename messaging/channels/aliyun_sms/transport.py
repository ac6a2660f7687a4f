"""SMS by Aliyun (Alibaba Cloud, 短信服务), API version 2017-05-25.

Sources: https://help.aliyun.com/document_detail/419273.html (SendSms), …/419277.html (QuerySendDetails),
https://help.aliyun.com/zh/sms/developer-reference/smsreport-2 and …/smsup-http (what it sends to us).
"""

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common import clock
from messaging.channels import approved, chinese_numbers, hooks, http
from messaging.channels.aliyun_sms import signing
from messaging.channels.base import (
    Accepted,
    Heard,
    Incoming,
    Option,
    Outcome,
    Outgoing,
    Receipt,
    Reply,
    Sent,
    Settles,
    Transport,
    TransportError,
)
from messaging.models import Medium

VERSION = "2017-05-25"
CHINA = ZoneInfo("Asia/Shanghai")  # days of its records
PAGE, MOST_PAGES = 50, 10
EARLIER, LATER = dt.timedelta(seconds=60), dt.timedelta(seconds=60)

# https://help.aliyun.com/zh/sms/developer-reference/api-error-codes
# Its receipts say MOBILE_NOT_ON_SERVICE for a number that does not exist and for a phone that is off alike
WRONG_ADDRESS = {"isv.MOBILE_NUMBER_ILLEGAL"}
OPTED_OUT = {"MOBILE_IN_BLACK", "USER_REJECT"}
UNKNOWN = {"isp.SYSTEM_ERROR", "isp.GATEWAY_ERROR"}  # its own faults: how far it came, it does not say
TEMPORARY = {"isv.QPS_LIMIT_CONTROL", "ServiceUnavailable"}  # and all that begin with Throttling
TODAY_ENOUGH = {"isv.BUSINESS_LIMIT_CONTROL"}  # this number had enough; a minute, an hour or a day, it does not say
ACCOUNT = {
    "isv.OUT_OF_SERVICE",
    "isv.AMOUNT_NOT_ENOUGH",
    "isv.PRODUCT_UN_SUBSCRIPT",
    "isv.PRODUCT_UNSUBSCRIBE",
    "isv.ACCOUNT_NOT_EXISTS",
    "isv.ACCOUNT_ABNORMAL",
    "isv.DAY_LIMIT_CONTROL",
    "isv.MONTH_LIMIT_CONTROL",
    "isv.SMS_SIGN_ILLEGAL",
    "isv.SMS_SIGNATURE_ILLEGAL",
    "isp.RAM_PERMISSION_DENY",
    "SignatureDoesNotMatch",
    "InvalidAccessKeyId.NotFound",
    "InvalidAccessKeyId.Inactive",
    "Forbidden.RAM",
}


class AliyunSmsTransport(Transport):
    """ASK: it has no idempotency (its SendSms page says so and tells to look before a repeat).

    But it keeps our OutId, and lists what went to a number on a day.
    """

    kind = "aliyun_sms"
    label = _("Aliyun: SMS")
    media = (Medium.SMS.value,)
    options = (
        Option("access_key_id", _("AccessKey ID")),
        Option("access_key_secret", _("AccessKey secret"), secret=True),
        Option("sign_name", _("SMS signature"), help=_("As approved (签名), without brackets.")),
        Option(
            "hook_token", _("token of the receipts' address"), secret=True, required=False,
            help=_("The carrier signs nothing: give it the address with ?token=… and this value. Empty: no receipts."),
        ),
        Option("base_url", _("address of the interface"), default="https://dysmsapi.aliyuncs.com", required=False),
    )  # fmt: skip
    settles = Settles.ASK
    index_seconds = 300  # the pages name no delay of the list: a cautious guess
    at_once = 20
    needs_template = True

    def send(self, message: Outgoing) -> Accepted:
        """Code OK: taken."""
        code, facts = approved.filled(message)
        answer = self._call(
            "SendSms",
            {
                "PhoneNumbers": chinese_numbers.national(message.to),
                "SignName": self.settings["sign_name"],
                "TemplateCode": code,
                "TemplateParam": json.dumps(facts, ensure_ascii=False),
                "OutId": str(message.ref),
            },
        )
        said = answer.json()
        if said.get("Code") != "OK":
            raise _refusal(answer, str(said.get("Code") or ""))
        return Accepted(provider_id=str(said.get("BizId") or ""))

    def find(self, sent: Sent) -> Accepted | None:
        """By number, day and our OutId. SendStatus 3: arrived."""
        for row in self._sent_to(sent):
            if row.get("OutId") == str(sent.ref):
                return Accepted(provider_id=sent.provider_id, delivered=row.get("SendStatus") == 3)
        return None

    def _sent_to(self, sent: Sent) -> Iterable[Mapping[str, Any]]:
        """All pages of the day; of two days around China's midnight."""
        days = {at.astimezone(CHINA).strftime("%Y%m%d") for at in (sent.at - EARLIER, sent.at, sent.at + LATER)}
        for day in sorted(days):
            for page in range(1, MOST_PAGES + 1):
                rows = self._page(chinese_numbers.national(sent.to), day, page)
                yield from rows
                if len(rows) < PAGE:
                    break
            else:
                raise _cannot_tell()

    def _page(self, number: str, day: str, page: int) -> list[Mapping[str, Any]]:
        query = {"PhoneNumber": number, "SendDate": day, "PageSize": str(PAGE), "CurrentPage": str(page)}
        said = self._call("QuerySendDetails", query).json()
        listed = said.get("SmsSendDetailDTOs")
        if said.get("Code") != "OK" or not isinstance(listed, dict):
            raise _cannot_tell()
        return listed.get("SmsSendDetailDTO") or []

    def _call(self, action: str, query: dict[str, str]) -> http.Answer:
        base = self.settings["base_url"].rstrip("/")
        path = urlsplit(base).path + "/"
        headers = {
            "host": urlsplit(base).netloc,
            "x-acs-action": action,
            "x-acs-version": VERSION,
            "x-acs-date": clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": uuid.uuid4().hex,
            "x-acs-content-sha256": signing.EMPTY,
        }
        key_id, secret = self.settings["access_key_id"], self.settings["access_key_secret"]
        headers["Authorization"] = signing.authorization(key_id, secret, headers, query, method="POST", path=path)
        return http.call("POST", f"{base}/?{signing.query_string(query)}", headers=headers)

    def hear(self, incoming: Incoming) -> Heard:
        """SmsReport and SmsUp, each a list; one address may serve both."""
        hooks.check_token(incoming, self.settings["hook_token"])
        events = tuple(_event(row) for row in hooks.rows(hooks.read_json(incoming)))
        return Heard(events, json.dumps({"code": 0, "msg": "OK"}), "application/json")


def _event(row: Mapping[str, Any]) -> Receipt | Reply:
    """Raises ValueError when it is neither."""
    if "success" in row and row.get("biz_id"):
        return _receipt(row)
    if "content" in row and row.get("phone_number"):
        sender = chinese_numbers.e164(str(row["phone_number"]))
        number = row.get("sequence_id") or hooks.digest(sender, row["content"], row.get("send_time"))
        return Reply(f"up:{number}", sender, str(row["content"]), Medium.SMS.value)
    raise ValueError("Neither a report nor a message.")


def _receipt(row: Mapping[str, Any]) -> Receipt:
    code = str(row.get("err_code") or "")
    arrived = row["success"] is True
    return Receipt(
        event_id=f"{row['biz_id']}:{code}",
        outcome=Outcome.DELIVERED if arrived else Outcome.FAILED,
        ref=hooks.as_ref(row.get("out_id")),
        provider_id=str(row["biz_id"]),
        error="" if arrived else gettext("The carrier could not deliver it (%(code)s).") % {"code": code[:40]},
        wrong_address=not arrived and code in WRONG_ADDRESS,
        opted_out=not arrived and code in OPTED_OUT,
    )


def _refusal(answer: http.Answer, code: str) -> TransportError:
    """By Aliyun's code; its words are left out, they may repeat the number."""
    if not code:
        return http.unclear() if answer.ok else http.refusal(answer)
    if code in UNKNOWN:
        return http.unclear()
    words = gettext("The carrier refused it (%(code)s).") % {"code": code}
    if code in ACCOUNT:
        return http.account(code)
    if code in TODAY_ENOUGH:
        return TransportError(words, retry_after=60 * 60)
    if code in TEMPORARY or code.startswith("Throttling"):
        return TransportError(words, down=True, retry_after=http.retry_after(answer) or 30)
    if answer.status >= 500:
        return http.refusal(answer, code)
    return TransportError(words, permanent=True, wrong_address=code in WRONG_ADDRESS, opted_out=code in OPTED_OUT)


def _cannot_tell() -> TransportError:
    return TransportError(gettext("The carrier cannot say whether it was sent."), unknown=True)
