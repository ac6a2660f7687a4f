"""What the tests of the carriers say again and again."""

import datetime as dt
import socket
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from messaging.channels import TRANSPORTS
from messaging.channels.base import Incoming, Outgoing, Sent
from messaging.tests.fakes import aliyun, mail, server, tencent, twilio, wechat

REF = UUID("0f8fad5b-d9cb-469f-a165-70867728950e")
CHANNEL = UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7")
PHONE, OPENID, EMAIL = "+8613912345678", "oSecretOpenId", "ana@example.org"
HOOK = f"https://crm.example.org/hooks/{CHANNEL}/"
RECEIPT_URL = f"{HOOK}{REF}/"
NOW = dt.datetime(2026, 3, 5, 2, 0, tzinfo=dt.UTC)

# kind -> (path at the fake, settings, address, template)
ACCOUNTS = {
    "twilio_sms": (
        "twilio",
        {"account_sid": twilio.SID, "auth_token": twilio.TOKEN, "sender": "+15005550006"},
        PHONE,
        "",
    ),
    "twilio_voice": (
        "twilio",
        {"account_sid": twilio.SID, "auth_token": twilio.TOKEN, "sender": "+15005550006"},
        PHONE,
        "",
    ),
    "aliyun_sms": (
        "aliyun",
        {
            "access_key_id": aliyun.KEY,
            "access_key_secret": aliyun.SECRET,
            "sign_name": "江滨医院",
            "hook_token": "aliyun-hook-token",
        },
        PHONE,
        "SMS_1:name=patient,time",
    ),
    "tencent_sms": (
        "tencent",
        {
            "secret_id": tencent.KEY,
            "secret_key": tencent.SECRET,
            "app_id": "1400006666",
            "sign_name": "江滨医院",
            "hook_token": "tencent-hook-token",
        },
        PHONE,
        "1110:patient,time",
    ),
    "wechat": (
        "wechat",
        {"app_id": wechat.APP_ID, "app_secret": wechat.APP_SECRET, "hook_token": wechat.TOKEN},
        OPENID,
        "TPL:thing1=patient,time2=time",
    ),
    "webhook": ("gateway", {"secret": server.SECRET}, PHONE, ""),
    "anymail": (
        "mail/brevo/",
        {
            "service": "brevo",
            "api_key": mail.KEY,
            "sender": "Riverside <no-reply@example.org>",
            "hook_secret": "hook-user:hook-password",
        },
        EMAIL,
        "",
    ),
}


def transport(kind, base, **changed):
    """The adapter with the fake's account. base: the fake, or an address."""
    path, settings, _to, _template = ACCOUNTS[kind]
    url = base if isinstance(base, str) else base.url(path)
    return TRANSPORTS[kind]({"base_url": url, "url": url} | settings | changed)


def outgoing(kind, **changed):
    """A message as the engine hands it over."""
    _path, _settings, to, template = ACCOUNTS.get(kind, ("", {}, EMAIL, ""))
    media = TRANSPORTS[kind].media
    told = {
        "ref": REF,
        "medium": "push" if "push" in media else media[0],
        "to": to,
        "text": "王芳，请于周四 9:30 就诊。",
        "subject": "预约提醒",
        "template": template,
        "facts": {"patient": "王芳", "time": "周四 9:30"},
        "receipt_url": RECEIPT_URL,
    }
    return Outgoing(**(told | changed))


def sent(at, **changed):
    return Sent(**({"ref": REF, "medium": "sms", "to": PHONE, "at": at} | changed))


def incoming(url=HOOK, *, method="POST", headers=(), body=b"", form=None):
    """A request as the view hands it over."""
    names = {name.lower(): value for name, value in dict(headers).items()}
    return Incoming(method, url, dict(parse_qsl(urlsplit(url).query)), names, body, form or {})


def closed_port():
    """A port on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]
