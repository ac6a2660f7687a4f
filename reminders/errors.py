"""Why a reminder, a ladder or an answer is refused."""

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
    """Somebody else put another version in use meanwhile."""

    code = "ladder_changed"
    message = _("Somebody put another version in use meanwhile. Please look again.")
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


class NotADraft(Refusal):
    """What is in use is not changed; a copy is."""

    code = "not_a_draft"
    message = _("This version is not a draft. Change a copy of it.")
    status = 409
