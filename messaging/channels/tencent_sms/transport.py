"""SMS by Tencent Cloud (腾讯云短信), API version 2021-01-11.

Sources: https://cloud.tencent.com/document/api/382/55981 (SendSms), …/59177 (errors),
https://cloud.tencent.com/document/product/382/55977 (what a pulled state holds), …/5807 and …/5809 (callbacks).
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common import clock
from messaging.channels import approved, chinese_numbers, hooks, http
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
from messaging.channels.tencent_sms import signing
from messaging.models import Medium

VERSION = "2021-01-11"
JSON = "application/json; charset=utf-8"
EARLIER, LATER = 60, 7 * 24 * 60 * 60  # seconds around the sending, within the week that can be pulled
PULLED = 100

WRONG_ADDRESS = {"InvalidParameterValue.IncorrectPhoneNumber"}
OPTED_OUT = {"FailedOperation.PhoneNumberInBlacklist"}  # "usually because the user unsubscribed"
TODAY_ENOUGH = {  # this number had enough: code -> seconds
    "LimitExceeded.PhoneNumberThirtySecondLimit": 30,
    "LimitExceeded.PhoneNumberOneHourLimit": 60 * 60,
    "LimitExceeded.PhoneNumberDailyLimit": 6 * 60 * 60,
    "LimitExceeded.PhoneNumberSameContentDailyLimit": 6 * 60 * 60,
    "LimitExceeded.DeliveryFrequencyLimit": 60,
}
ACCOUNT = {
    "FailedOperation.InsufficientBalanceInSmsPackage",
    "FailedOperation.SignatureIncorrectOrUnapproved",
    "InvalidParameterValue.SdkAppIdNotExist",
    "LimitExceeded.AppDailyLimit",
    "LimitExceeded.AppCountryOrRegionDailyLimit",
}
ACCOUNT_FAMILIES = ("AuthFailure", "UnauthorizedOperation")
UNKNOWN = ("InternalError",)  # includes InternalError.Timeout: asked the operator, got no answer


class TencentSmsTransport(Transport):
    """ASK, but only a yes counts.

    It repeats our SessionContext, and lists a message when the operator's receipt is there. So what is not listed may
    still have been sent: that stays unknown and is never sent again. Because a dead worker leaves that behind, there is
    one message on the wire at a time.
    """

    kind = "tencent_sms"
    label = _("Tencent Cloud: SMS")
    media = (Medium.SMS.value,)
    options = (
        Option("secret_id", _("SecretId")),
        Option("secret_key", _("SecretKey"), secret=True),
        Option("app_id", _("SdkAppId"), help=_("Of the SMS application, such as 1400006666.")),
        Option("sign_name", _("SMS signature"), help=_("As approved (签名), without brackets.")),
        Option("region", _("region"), default="ap-guangzhou", required=False),
        Option(
            "hook_token", _("token of the receipts' address"), secret=True, required=False,
            help=_("The carrier signs nothing: give it the address with ?token=… and this value. Empty: no receipts."),
        ),
        Option("base_url", _("address of the interface"), default="https://sms.tencentcloudapi.com", required=False),
    )  # fmt: skip
    settles = Settles.ASK
    index_seconds = 300  # receipts mostly come within a minute; see the class
    at_once = 1
    needs_template = True

    def send(self, message: Outgoing) -> Accepted:
        """The template's places are counted, so its code names them in order."""
        code, facts = approved.filled(message)
        if message.facts and ":" not in message.template:
            words = gettext("The approved text must list its facts in order, as CODE:fact,fact.")
            raise TransportError(words, permanent=True)
        answer = self._call(
            "SendSms",
            {
                "PhoneNumberSet": [message.to],
                "SmsSdkAppId": self.settings["app_id"],
                "SignName": self.settings["sign_name"],
                "TemplateId": code,
                "TemplateParamSet": list(facts.values()),
                "SessionContext": str(message.ref),
            },
        )
        status = _first(_said(answer).get("SendStatusSet"))
        if status.get("Code") != "Ok":
            raise _refusal(answer, str(status.get("Code") or ""))
        return Accepted(provider_id=str(status.get("SerialNo") or ""))

    def find(self, sent: Sent) -> Accepted:
        """By number and our SessionContext. Raises TransportError when it is not listed."""
        began = int(sent.at.timestamp()) - EARLIER
        asked = {"PhoneNumber": sent.to, "SmsSdkAppId": self.settings["app_id"], "Offset": 0, "Limit": PULLED}
        asked |= {"SendDateTime": began, "EndDateTime": min(began + LATER, int(clock.now().timestamp()) + EARLIER)}
        listed = _said(self._call("PullSmsSendStatusByPhoneNumber", asked)).get("PullSmsSendStatusSet") or []
        for row in listed:
            if row.get("SessionContext") == str(sent.ref):
                return Accepted(str(row.get("SerialNo") or ""), row.get("ReportStatus") == "SUCCESS")
        raise TransportError(gettext("The carrier cannot say whether it was sent."), unknown=True)

    def _call(self, action: str, asked: dict[str, Any]) -> http.Answer:
        base = self.settings["base_url"].rstrip("/")
        body, timestamp = json.dumps(asked, ensure_ascii=False).encode(), int(clock.now().timestamp())
        signed = {"content-type": JSON, "host": urlsplit(base).netloc}
        keys = self.settings["secret_id"], self.settings["secret_key"]
        headers = signed | {
            "Authorization": signing.authorization(*keys, signed, body, service="sms", timestamp=timestamp),
            "X-TC-Action": action,
            "X-TC-Version": VERSION,
            "X-TC-Region": self.settings["region"],
            "X-TC-Timestamp": str(timestamp),
        }
        return http.call("POST", base + "/", data=body, headers=headers)

    def hear(self, incoming: Incoming) -> Heard:
        """States (a list) and replies (one object); one address may serve both."""
        hooks.check_token(incoming, self.settings["hook_token"])
        events = tuple(_event(row) for row in hooks.rows(hooks.read_json(incoming)))
        return Heard(events, json.dumps({"result": 0, "errmsg": "OK"}), "application/json")


def _said(answer: http.Answer) -> dict[str, Any]:
    """The `Response`. Raises TransportError for an error of the whole request."""
    said = answer.json().get("Response")
    if not isinstance(said, dict):
        raise http.unclear() if answer.ok else http.refusal(answer)
    if "Error" in said:
        raise _refusal(answer, str(said["Error"].get("Code") or ""))
    return said


def _first(listed: Any) -> Mapping[str, Any]:
    return listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else {}


def _refusal(answer: http.Answer, code: str) -> TransportError:
    """By Tencent's code; its words are left out, they may repeat the number."""
    family = code.partition(".")[0]
    words = gettext("The carrier refused it (%(code)s).") % {"code": code}
    if not code or family in UNKNOWN:
        return http.unclear()
    if code in ACCOUNT or family in ACCOUNT_FAMILIES:
        return http.account(code)
    if code in TODAY_ENOUGH:
        return TransportError(words, retry_after=TODAY_ENOUGH[code])
    if family in ("RequestLimitExceeded", "LimitExceeded"):
        return TransportError(words, down=True, retry_after=http.retry_after(answer) or 30)
    return TransportError(words, permanent=True, wrong_address=code in WRONG_ADDRESS, opted_out=code in OPTED_OUT)


def _event(row: Mapping[str, Any]) -> Receipt | Reply:
    """Raises ValueError when it is neither.

    A state repeats no ref of ours, only the number of the sending. Its codes are the operators' own, and none of them
    proves that a number reaches nobody.
    """
    if row.get("sid") and "report_status" in row:
        return _receipt(row)
    if "text" in row and row.get("mobile"):
        sender = chinese_numbers.e164(str(row["mobile"]), str(row.get("nationcode") or ""))
        number = hooks.digest(sender, row["text"], row.get("time"))
        return Reply(f"up:{number}", sender, str(row["text"]), Medium.SMS.value)
    raise ValueError("Neither a state nor a reply.")


def _receipt(row: Mapping[str, Any]) -> Receipt:
    arrived = row["report_status"] == "SUCCESS"
    code = str(row.get("errmsg") or "")[:40]
    return Receipt(
        event_id=f"{row['sid']}:{row['report_status']}",
        outcome=Outcome.DELIVERED if arrived else Outcome.FAILED,
        provider_id=str(row["sid"]),
        error="" if arrived else gettext("The carrier could not deliver it (%(code)s).") % {"code": code},
    )
