from reminders.models.campaign import Campaign, CampaignPurpose, CampaignState, CampaignVariant
from reminders.models.campaign_member import CampaignMember, MemberState
from reminders.models.cursor import Cursor
from reminders.models.habit import AgeGroup, Habit
from reminders.models.ladder import Act, Audience, Ladder, LadderState, Step
from reminders.models.link import AnswerLink
from reminders.models.notice import Notice
from reminders.models.rating import ASKED_WHY, Rating, Score

__all__ = [
    "ASKED_WHY",
    "Act",
    "AgeGroup",
    "AnswerLink",
    "Audience",
    "Campaign",
    "CampaignMember",
    "CampaignPurpose",
    "CampaignState",
    "CampaignVariant",
    "Cursor",
    "Habit",
    "Ladder",
    "LadderState",
    "MemberState",
    "Notice",
    "Rating",
    "Score",
    "Step",
]
