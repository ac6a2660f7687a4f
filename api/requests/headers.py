"""Headers that say something about the request."""

import re

from django.utils.translation import gettext as _
from rest_framework.request import Request

from api.refusals import Malformed

IDEMPOTENCY_KEY = r"^[!-~]{1,80}$"
_KEY = re.compile(IDEMPOTENCY_KEY)


def idempotency_key(request: Request) -> str:
    """What the caller chose to recognise a repeat by, or "". Raises Malformed."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return ""
    if not _KEY.fullmatch(key):
        problem = _("1 to 80 visible ASCII characters are needed.")
        raise Malformed(field="Idempotency-Key", problem=problem)
    return key
