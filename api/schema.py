"""How the API describes itself: the key, the headers, and every answer that a call can get."""

from collections.abc import Iterable
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from api.answers.refusal import RefusalAnswer
from api.authentication import SCHEME
from api.requests.headers import IDEMPOTENCY_KEY

ALWAYS = {
    401: "No key, or one that is not valid (`key_missing`, `key_invalid`).",
    403: "The key lacks the right for this (`right_missing`), or the act needs a right that no channel has.",
    405: "The address does not take this method (`method_not_allowed`).",
    406: "The caller does not take application/json (`not_acceptable`).",
    429: "Too many requests with this key in this minute (`rate_limited`).",
    503: "The database is busy; nothing was changed (`busy`).",
}
SOMETIMES = {
    400: "Not readable or not of the documented shape (`malformed`); wrong whatever the state of the hospital.",
    404: "There is no such thing, or nothing that this key may see.",
    409: "Somebody else was faster.",
    413: "More bytes than a request may have (`too_large`).",
    415: "Not application/json (`unsupported_media_type`).",
    422: "A rule says no; `code` says which. docs/api.md lists all codes.",
}
WITH_BODY = (400, 413, 415)

KEY_HEADER = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": IDEMPOTENCY_KEY},
    OpenApiParameter.HEADER,
    description="Chosen by the caller, new for each act and the same when it is repeated: a repeat gets the first "
    "answer and changes nothing. The same key with another request is refused (`idempotency_key_reused`).",
)
LANGUAGE_HEADER = OpenApiParameter(
    "Accept-Language",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Language of names and messages: `en` or `zh-hans`.",
)
ID = OpenApiParameter("id", OpenApiTypes.UUID, OpenApiParameter.PATH)
ANSWER_HEADERS = [
    OpenApiParameter(
        "Retry-After", int, OpenApiParameter.HEADER, response=[429, 503], required=True,
        description="Seconds until a repeat makes sense.",
    ),
    OpenApiParameter(
        "WWW-Authenticate", str, OpenApiParameter.HEADER, response=[401], required=True,
        description="The scheme of the key: Api-Key.",
    ),
    OpenApiParameter(
        "Allow", str, OpenApiParameter.HEADER, response=[405], required=True,
        description="The methods that the address takes.",
    ),
]  # fmt: skip


def documented(
    name: str,
    summary: str,
    answers: dict[int, Any],
    *,
    tag: str,
    says_no: Iterable[int] = (),
    body: Any = None,
    query: Any = None,
    is_repeatable: bool = False,
    of_one: bool = False,
    description: str = "",
):
    """Decorator for a method of a view. answers: status -> shape, for what is not a plain refusal.

    says_no: statuses beside those that the other arguments bring. of_one: the address names one thing by its id.
    """
    refusals = {*says_no, *(WITH_BODY if body else ()), *((400, 404) if of_one else ())}
    refusals |= {400} if query else set()
    texts = ALWAYS | {status: SOMETIMES[status] for status in refusals}
    plain = {status: OpenApiResponse(RefusalAnswer, text) for status, text in texts.items()}
    parameters = [
        LANGUAGE_HEADER,
        *ANSWER_HEADERS,
        *([KEY_HEADER] if is_repeatable else []),
        *([query] if query else []),
        *([ID] if of_one else []),
    ]
    return extend_schema(
        operation_id=name,
        summary=summary,
        description=description or summary,
        tags=[tag],
        request=body,
        parameters=parameters,
        responses=plain | answers,
    )


class ChannelKeyScheme(OpenApiAuthenticationExtension):
    """`Authorization: Api-Key …` in the schema."""

    target_class = "api.authentication.ChannelKeyAuthentication"
    name = "channelKey"

    def get_security_definition(self, auto_schema) -> dict[str, str]:
        """An API key in the Authorization header."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": f"`{SCHEME} <key>`, the key as `manage.py create_channel_key` printed it.",
        }
