"""Reading requests strictly: only JSON, only the documented shape, nothing that a database could choke on."""

import json

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from api.refusals import Malformed, NotAcceptable, TooLarge

MOST_BYTES = 64 * 1024  # the largest honest request has two kilobytes


class StrictJSON(BaseParser):
    """JSON as the standard has it: no NaN, UTF-8 only, of a bounded size."""

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None) -> object:
        """Raises Malformed, TooLarge."""
        raw = stream.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise TooLarge(limit=MOST_BYTES)
        try:
            return json.loads(raw.decode(), parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise Malformed(problem="JSON") from error


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


class JsonOnly(BaseContentNegotiation):
    """There is one format; whoever cannot take it is told."""

    def select_parser(self, request: Request, parsers):
        """The parser, or None for another content type."""
        kind = request.content_type.partition(";")[0].strip().lower()
        return parsers[0] if kind == parsers[0].media_type else None

    def select_renderer(self, request: Request, renderers, format_suffix=None):
        """Raises NotAcceptable."""
        accept = request.META.get("HTTP_ACCEPT", "*/*")
        if not any(_takes_json(part) for part in accept.split(",")):
            raise NotAcceptable
        return renderers[0], renderers[0].media_type


def _takes_json(part: str) -> bool:
    kind, _semicolon, options = part.partition(";")
    refused = "".join(options.split()) in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return not refused and kind.strip().lower() in ("", "*/*", "application/*", "application/json")
