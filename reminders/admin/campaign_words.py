"""Whom a campaign is for and what it has done, in words."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import shown
from common.admin import two_lines
from common.proportions import Share
from reminders.models import Campaign
from reminders.services.results import Arm


def filters_in_words(campaign: Campaign) -> list[str]:
    """One line for each filter; without any, everybody."""
    return list(_lines(campaign)) or [_("Everybody")]


def _lines(campaign: Campaign) -> Iterator[str]:
    yield from _places(campaign)
    yield from _visits(campaign)
    if ages := shown.ages(campaign.age_from, campaign.age_to):
        yield ages
    if campaign.missed_least:
        words = ngettext(
            "missed at least %(n)s visit in the last %(months)s months",
            "missed at least %(n)s visits in the last %(months)s months",
            campaign.missed_least,
        )
        yield words % {"n": campaign.missed_least, "months": campaign.missed_months}
    for words, tags in (
        (_("with one of the tags: %(tags)s"), campaign.tags_any.all()),
        (_("with all of the tags: %(tags)s"), campaign.tags_all.all()),
    ):
        if tags:
            yield words % {"tags": _listed(tags)}
    if campaign.only_unbooked:
        yield _("only who has no booking to come there")


def _places(campaign: Campaign) -> Iterator[str]:
    places = [*campaign.departments.all(), *campaign.services.all()]
    if places:
        yield _("seen in: %(places)s") % {"places": _listed(places)}


def _visits(campaign: Campaign) -> Iterator[str]:
    if campaign.unseen_months:
        words = ngettext("not seen for %(n)s month", "not seen for %(n)s months", campaign.unseen_months)
        yield words % {"n": campaign.unseen_months}
    if campaign.seen_from:
        yield _("last visit on or after %(day)s") % {"day": shown.day(campaign.seen_from)}
    if campaign.seen_until:
        yield _("last visit on or before %(day)s") % {"day": shown.day(campaign.seen_until)}


def _listed(rows: object) -> str:
    return _(", ").join(str(one) for one in rows)


def arm_in_words(arm: Arm) -> dict[str, Any]:
    """A row of the results. What cannot be for who was told nothing is empty."""
    told = arm.variant is not None
    return {
        "name": arm.variant.name if told else _("Held out"),
        "people": f"{arm.people:,}",
        "sent": f"{arm.sent:,}" if told else "",
        "delivered": f"{arm.delivered:,}" if told else "",
        "answered": share_in_words(arm.answer_share) if told else "",
        "stopped": f"{arm.stopped:,}" if told else "",
        "conversion": share_in_words(arm.conversion) if told else "",
        "booked": share_in_words(arm.booked),
        "open": f"{arm.open:,}" if arm.open else "",
    }


def share_in_words(share: Share) -> Any:
    """`8.1 %`, and below it `15 of 185 · 5.0–12.9 %`."""
    if share.value is None:
        return shown.MISSING
    low, high = share.interval
    counted = _("%(hits)s of %(of)s") % {"hits": f"{share.hits:,}", "of": f"{share.of:,}"}
    return two_lines(f"{share.value:.1%}", f"{counted} · {low:.1%}–{high:.1%}")
