"""Aliyun's third signature, ACS3-HMAC-SHA256.

Source: https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature
"""

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import quote

METHOD = "ACS3-HMAC-SHA256"
EMPTY = hashlib.sha256(b"").hexdigest()


def query_string(query: Mapping[str, str]) -> str:
    """Sorted, encoded by RFC 3986; both what is sent and what is signed."""
    return "&".join(f"{quote(name, safe='~')}={quote(query[name], safe='~')}" for name in sorted(query))


def authorization(
    key_id: str, key_secret: str, headers: Mapping[str, str], query: Mapping[str, str], *, method: str, path: str = "/"
) -> str:
    """The header for a request without a body. headers: host and all x-acs-…, names in lower case."""
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    canonical = "\n".join([method, path, query_string(query), lines, names, EMPTY])
    text = f"{METHOD}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signed = hmac.new(key_secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return f"{METHOD} Credential={key_id},SignedHeaders={names},Signature={signed}"
