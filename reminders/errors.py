"""Why a reminder, a ladder or an answer is refused."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import Refusal


class LinkOver(Refusal):
    """No such link, or its visit is over."""

    code = "link_over"
    message = _("This link is not valid any more. Please call us.")
    status = 410


class AnswerOver(Refusal):
    """What the person wanted has been overtaken; the page shows how it stands."""

    code = "answer_over"
    message = _("This is not possible any more. Nothing was changed by you. Here is how it stands now.")
    status = 409


class LadderChanged(Refusal):
    """Somebody else changed the draft, or put another version in use, meanwhile."""

    code = "ladder_changed"
    message = _("Somebody changed this ladder meanwhile. Nothing was changed by you. Please look again.")
    status = 409


class LadderEmpty(Refusal):
    """Nobody would be reminded of anything."""

    code = "ladder_empty"
    message = _("A ladder needs at least one step.")


class LadderOverlaps(Refusal):
    """Two ladders for one service: a patient would be reminded twice."""

    code = "ladder_overlaps"
    message = _("%(other)s is in use for the same services: %(services)s.")
    status = 409


class StepRefused(Refusal):
    """A step that cannot be so. row: which one, counted from 0; field: which of its fields."""

    code = "step_refused"

    def __init__(self, *, row: int, **known: Any):
        super().__init__(**known)
        self.row = row


class StepMoment(StepRefused):
    code = "step_moment"
    message = _("A step comes between 1 hour and %(days)s days before the visit.")


class TimeNeedsDays(StepRefused):
    """Two hours before, at ten o'clock: which of the two?"""

    code = "time_needs_days"
    message = _("A time of day goes with whole days only.")


class MediumMissing(StepRefused):
    code = "medium_missing"
    message = _("A message needs at least one channel.")


class MediumUnknown(StepRefused):
    code = "medium_unknown"
    message = _("Name each channel once, the first choice first.")


class TagMissing(StepRefused):
    code = "tag_missing"
    message = _("Choose the tag.")


class RiskNotAShare(StepRefused):
    code = "risk_not_a_share"
    message = _("A share between 1 and 100 %%.")


class HoldOutTooLarge(StepRefused):
    """Whoever is left out may miss a visit for it: few people are enough to see an effect."""

    code = "hold_out_too_large"
    message = _("Between 0 and %(most)s %% may be left out.")


class StepTwice(StepRefused):
    """The same person would get the same message twice at one moment."""

    code = "step_twice"
    message = _("There is another step for the same people at the same moment.")


class NameMissing(Refusal):
    """A ladder without any name."""

    code = "ladder_name_missing"
    message = _("Give it a name in at least one language.")


class NotADraft(Refusal):
    """What is in use is not changed; a copy is."""

    code = "not_a_draft"
    message = _("This version is not a draft. Change a copy of it.")
    status = 409


class NotInUse(Refusal):
    """Only what is in use can be ended."""

    code = "not_in_use"
    message = _("This version is not in use.")
    status = 409


class AppealOpen(Refusal):
    """A task does not decide an appeal."""

    code = "appeal_open"
    message = _("Please decide the appeal on the page of the restriction first.")


class CampaignChanged(Refusal):
    """Somebody else changed the draft meanwhile, so what was seen is not what would be started."""

    code = "campaign_changed"
    message = _("Somebody changed this campaign meanwhile. Nothing was changed by you. Please look again.")
    status = 409


class NotAtThisPoint(Refusal):
    """A campaign goes from draft to running, paused and ended, and never back."""

    code = "campaign_state"
    message = _("This is not possible now. The campaign is: %(state)s.")
    status = 409


class CampaignRefused(Refusal):
    """Something of a draft that cannot be so; `field` says what."""

    code = "campaign_refused"


class ChannelMissing(CampaignRefused):
    code = "campaign_channel_missing"
    message = _("Choose at least one channel.")


class ConsentMissing(CampaignRefused):
    """Only a recall is part of the treatment; everything else is an offer."""

    code = "campaign_consent_missing"
    message = _("Only a recall may go to people who were not asked. Choose what they agreed to.")


class FigureImpossible(CampaignRefused):
    code = "campaign_figure"
    message = _("A number between %(low)s and %(high)s.")


class OrderWrong(CampaignRefused):
    code = "campaign_order"
    message = _("The second must not be smaller than the first.")


class BeyondScope(CampaignRefused):
    """Who sees some departments tells people of these only."""

    code = "campaign_scope"
    message = _("Choose services or departments, and only such as you may see.")
    status = 403


class TextNotApproved(CampaignRefused):
    """Nobody would get it by that channel."""

    code = "campaign_not_approved"
    message = _("The carrier of %(media)s only sends texts that it approved, and has approved none of these yet.")


class NobodyFits(CampaignRefused):
    code = "campaign_nobody"
    message = _("Nobody fits, so there is nobody to tell.")


class VariantRefused(CampaignRefused):
    """row: which variant, counted from 0; field: which of its fields."""

    code = "variant_refused"
    message = "%(sentence)s"

    def __init__(self, *, row: int, **known: Any):
        super().__init__(**known)
        self.row = row


class VariantMissing(CampaignRefused):
    code = "variant_missing"
    message = _("A campaign needs words.")


class WordsMissing(VariantRefused):
    code = "variant_words_missing"
    message = _("Write the words in both languages.")


class VariantTwice(VariantRefused):
    code = "variant_twice"
    message = _("Another variant has this name.")
