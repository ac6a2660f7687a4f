"""Is what a campaign says still wanted? Asked just before it goes out, with the facts that its words may name."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.utils import translation

from common import shown
from directory.models import Site
from messaging import words
from messaging.kinds import Verdict
from messaging.models import Delivery, Message, MessageState
from patients.models import Language
from reminders.models import Campaign, CampaignMember, CampaignState, CampaignVariant
from reminders.services import audience

OURS = ("no_consent", "booked", "changed")  # who opted out or died is messaging's own business
OFF = {CampaignState.PAUSED: "paused", CampaignState.ENDED: "over", CampaignState.DRAFT: "over"}


def judge(deliveries: Iterable[Delivery], at: dt.datetime) -> dict[int, Verdict]:
    """A verdict for each: a few statements for each campaign, whatever the number of people."""
    rows = list(deliveries)
    members = CampaignMember.objects.select_related("variant").in_bulk({row.about_id for row in rows})
    by_campaign: dict[int, list[Delivery]] = defaultdict(list)
    found = {}
    for row in rows:
        member = members.get(row.about_id)
        if member is None or member.variant is None or member.patient_id != row.patient_id:
            found[row.pk] = Verdict(stop="gone")
        else:
            by_campaign[member.campaign_id].append(row)
    for campaign in Campaign.objects.filter(pk__in=by_campaign):
        found |= _of_campaign(campaign, by_campaign[campaign.pk], members, at)
    return found


def _of_campaign(
    campaign: Campaign, rows: list[Delivery], members: dict[int, CampaignMember], at: dt.datetime
) -> dict[int, Verdict]:
    stop, found = OFF.get(campaign.state), {}
    if stop:
        in_doubt = _in_doubt(rows)
        found = {row.pk: Verdict(stop=stop) for row in rows if row.pk not in in_doubt}
        rows = [row for row in rows if row.pk in in_doubt]
    reasons, phone = audience.left_out(campaign, {row.patient_id for row in rows}, at), phone_of(campaign)
    for row in rows:
        why, variant = reasons.get(row.patient_id), members[row.about_id].variant
        found[row.pk] = Verdict(stop=why) if why in OURS else Verdict(facts=_facts(row, variant, phone))
    return found


def _in_doubt(rows: list[Delivery]) -> set[int]:
    """Those that a carrier may have taken already: said again under the same number until it is known, also meanwhile.
    Otherwise nobody could ever say whether the person was told."""
    tried = [row.pk for row in rows if row.attempts]
    doubtful = Message.objects.filter(delivery__in=tried, state=MessageState.SENDING)
    return set(doubtful.values_list("delivery", flat=True)) if tried else set()


def _facts(row: Delivery, variant: CampaignVariant, phone: str) -> dict[str, str]:
    language = row.patient.language
    with translation.override(language):
        known = {"hospital": shown.hospital(), "name": row.patient.name, "phone": phone}
    said = variant.text_en if language == Language.ENGLISH else variant.text_zh
    return known | {"text": words.fill(said, known)}


def phone_of(campaign: Campaign) -> str:
    """Where people book: the telephone of the site that the campaign is about, else of the first that has one."""
    chosen = [one.site_id for one in campaign.departments.all()]
    chosen += [one.department.site_id for one in campaign.services.select_related("department")]
    sites = Site.objects.exclude(phone="").order_by("pk")
    found = sites.filter(pk__in=chosen).first() or sites.first()
    return found.phone if found else ""
