"""Somebody answers a campaign: a person of the house calls them."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from accounts.services.actors import system_user
from directory.models import Department
from interactions import reasons
from interactions.models import TaskKind
from interactions.services import tasks
from messaging.models import Delivery
from reminders.models import Campaign, CampaignMember
from reminders.services import saying
from reminders.services.campaigns import CAMPAIGN


def have_called(delivery: Delivery, at: dt.datetime) -> None:
    """A task for those who book there, once for each person of a campaign; and a thank-you."""
    member = CampaignMember.objects.select_related("campaign").get(pk=delivery.about_id)
    campaign = member.campaign
    tasks.open(
        key=f"wants_a_call:{member.pk}", kind=TaskKind.READ_ANSWER, patient=delivery.patient, why="wants_a_call",
        why_values={"campaign": reasons.both(campaign)}, department=department_of(campaign), about_kind=CAMPAIGN,
        about_id=member.pk, due_at=at, by=system_user(), at=at,
    )  # fmt: skip
    saying.reply(delivery, _("Thank you. We will call you."), key=f"{delivery.pk}:call", at=at)


def department_of(campaign: Campaign) -> Department | None:
    """Whose scope sees the calls; None: everybody who may see tasks."""
    chosen = set(campaign.departments.all())
    chosen |= {one.department for one in campaign.services.select_related("department")}
    return chosen.pop() if len(chosen) == 1 else None
