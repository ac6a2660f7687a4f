"""Free places."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from api.answers.json import answer
from api.answers.places import SlotAnswer, WhyAnswer, slots, why
from api.refusals import Malformed
from api.requests.queries import SlotQuery
from api.schema import documented
from scheduling.services import free_places
from scheduling.services.free_places import BadCursor, Page, Wish
from scheduling.services.origin import Origin

from .base import ChannelView, origin_of


class SlotPage(serializers.Serializer):
    results = SlotAnswer(many=True)
    next = serializers.CharField(allow_null=True, help_text="The cursor of the next page.")
    reasons = WhyAnswer(many=True, help_text="When nothing was found: why, the most frequent reason first.")


class SlotList(ChannelView):
    rights = {"GET": "may_search"}

    @documented(
        "slots_list",
        "Look for free places",
        {200: SlotPage},
        tag="slots",
        query=SlotQuery,
        description="Soonest first. A page may hold fewer slots than `limit` where a rule keeps places for another "
        "channel; follow `next` until it is null.",
    )
    def get(self, request: Request) -> HttpResponse:
        wanted = SlotQuery.read_query(request.query_params)
        wish, origin = wish_of(wanted), origin_of(request)
        page = find(wish, origin)
        nothing = not page.found and not page.cursor and not wish.after
        reasons = free_places.why_nothing(wish, origin=origin) if nothing else []
        return answer(
            {
                "results": slots(page.found),
                "next": page.cursor or None,
                "reasons": [why(refusal) for refusal in reasons],
            }
        )


def find(wish: Wish, origin: Origin) -> Page:
    """The page. Raises Malformed for a cursor that no page gave."""
    try:
        return free_places.search(wish, origin=origin)
    except BadCursor as error:
        raise Malformed(field="cursor", problem=_("This cursor was not given by a page before.")) from error


def wish_of(wanted: dict[str, Any]) -> Wish:
    """What the query asks for."""
    return Wish(
        first_day=wanted["from"],
        last_day=wanted["to"],
        service=wanted.get("service"),
        practitioner=wanted.get("practitioner"),
        department=wanted.get("department"),
        site=wanted.get("site"),
        part_of_day=wanted.get("part_of_day", ""),
        include_full="include" in wanted,
        after=wanted.get("cursor", ""),
        limit=wanted.get("limit", 50),
    )
