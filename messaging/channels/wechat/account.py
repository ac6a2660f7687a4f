"""The access token of an official account: one for all, 2 hours long, and a new one ends the old.

Source: https://developers.weixin.qq.com/doc/service/api/base/api_getaccesstoken
"""

import hashlib

from django.core.cache import cache

from messaging.channels import http
from messaging.channels.base import TransportError
from messaging.channels.wechat import errors

EARLIER = 300  # seconds before its end that a token is given up; the old one still works for 5 minutes


def token(base_url: str, app_id: str, secret: str, *, instead_of: str = "") -> str:
    """The token in use, or a new one. instead_of: one that was just refused.

    Without a cache that all processes share, each keeps one of its own and they end each other's; the refused one then
    asks again, once. Raises TransportError.
    """
    key = _cache_key(base_url, app_id, secret)
    kept = cache.get(key)
    if kept and kept != instead_of:
        return kept
    new, seconds = _fetch(base_url, app_id, secret)
    cache.set(key, new, max(seconds - EARLIER, 1))
    return new


def _cache_key(base_url: str, app_id: str, secret: str) -> str:
    """Other settings mean another account; the secret itself is not readable in it."""
    return "wechat-token-" + hashlib.sha256("\n".join([base_url, app_id, secret]).encode()).hexdigest()[:32]


def _fetch(base_url: str, app_id: str, secret: str) -> tuple[str, int]:
    """Nothing was sent when this fails, so what is unclear here may be tried again."""
    query = {"grant_type": "client_credential", "appid": app_id, "secret": secret}
    try:
        answer = http.call("GET", f"{base_url}/cgi-bin/token", params=query)
    except TransportError as error:
        raise TransportError(error.message, down=True) from None
    said = answer.json()
    if not said.get("access_token"):
        raise errors.no_token(answer)
    return str(said["access_token"]), int(said.get("expires_in") or EARLIER)
