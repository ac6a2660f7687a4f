"""Tencent Cloud's signature v3, TC3-HMAC-SHA256. Source: https://cloud.tencent.com/document/api/382/52072"""

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping

METHOD = "TC3-HMAC-SHA256"


def authorization(
    secret_id: str, secret_key: str, headers: Mapping[str, str], body: bytes, *, service: str, timestamp: int
) -> str:
    """The header for a POST to /. headers: those that are signed, names in lower case."""
    day = dt.datetime.fromtimestamp(timestamp, dt.UTC).date().isoformat()
    scope = f"{day}/{service}/tc3_request"
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name].strip().lower()}\n" for name in sorted(headers))
    canonical = "\n".join(["POST", "/", "", lines, names, hashlib.sha256(body).hexdigest()])
    text = "\n".join([METHOD, str(timestamp), scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"TC3{secret_key}".encode()
    for part in (day, service, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signed = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return f"{METHOD} Credential={secret_id}/{scope}, SignedHeaders={names}, Signature={signed}"
