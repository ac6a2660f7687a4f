"""What holds for a booking, said before it is made: until when it can be changed, how many one may have, what becomes
of missed visits."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import shown
from scheduling.models import Slot
from scheduling.services import noshow_policies


def of(slot: Slot) -> list[str]:
    """Sentences, the one that matters most first."""
    site = slot.service.department.site
    until = shown.hours(site.cancel_hours)
    said = [
        _("You can change or cancel it here until %(until)s before.") % {"until": until},
        ngettext(
            "At most %(n)s booking a day for each person.", "At most %(n)s bookings a day for each person.",
            site.max_per_day,
        ) % {"n": site.max_per_day},
    ]  # fmt: skip
    policy = noshow_policies.live()
    if policy:
        said.insert(1, _("If you cannot come, please cancel. %(rule)s") % {"rule": policy.text})
    return said
