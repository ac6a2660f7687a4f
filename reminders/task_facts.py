"""What the page of a task says about an answer that a person has to read, and about a campaign that was answered."""

from django.utils.translation import gettext as _

from accounts.models import User
from common import shown
from common.admin import link_to
from interactions import facts
from interactions.facts import Fact
from interactions.models import Task
from messaging.models import InboundMessage
from reminders.models import CampaignMember
from reminders.restriction_kinds import ABOUT
from reminders.services.campaigns import CAMPAIGN
from scheduling.models import BookingRestriction

ANSWER = "inboundmessage"


def of_answer(*, task: Task, user: User) -> list[Fact]:
    """Its words and what it answers, to who may read messages; and the way to its page."""
    if not user.has_perm("messaging.view_inboundmessage"):
        return []
    row = InboundMessage.objects.select_related("answers").filter(pk=task.about_id).first()
    if row is None:
        return []
    told = [(_("Received"), link_to(row, shown.moment(row.at)))]
    if not user.has_perm("messaging.read_message"):
        return told
    asked = [(_("Question"), row.answers.text)] if row.answers else []
    return [*told, (_("Answer"), row.text), *asked]


def of_restriction(*, task: Task, user: User) -> list[Fact]:
    """Until when it lasts, what the patient says against it, and the way to the page on which it is decided."""
    row = BookingRestriction.objects.filter(pk=task.about_id).first()
    if row is None or not user.has_perm("scheduling.view_bookingrestriction"):
        return []
    said = [(_("The patient says"), row.appeal_text)] if row.appeal_text else []
    return [
        (_("Restriction"), link_to(row, _("until %(moment)s: decide there") % {"moment": shown.moment(row.until)})),
        *said,
    ]


def of_campaign(*, task: Task, user: User) -> list[Fact]:
    """The way to the campaign, for who may see campaigns."""
    member = CampaignMember.objects.select_related("campaign").filter(pk=task.about_id).first()
    if member is None or not user.has_perm("reminders.view_campaign"):
        return []
    return [(_("Campaign"), link_to(member.campaign))]


facts.register(ANSWER, of_answer)
facts.register(CAMPAIGN, of_campaign)
facts.register(ABOUT, of_restriction)
