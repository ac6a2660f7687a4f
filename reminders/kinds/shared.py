"""What several kinds of message have: answers, fields, reasons not to send, examples."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import clock
from messaging.kinds import Choice, Example, Field
from reminders import facts
from scheduling import seeing
from scheduling.models import AppointmentStatus

YES, NO = "yes", "no"
YES_OR_NO = (Choice("1", YES, _("yes, please")), Choice("2", NO, _("no, thank you")))
UNTIL = Field("until", _("until when the place is kept"), "Mon 30 Nov 18:00", "11月30日 周一 18:00")
REASONS = {
    "gone": _("There is no such booking any more"),
    "moved": _("The booking was moved"),
    "cancelled": _("The booking is cancelled"),
    "arrived": _("The patient is here, or was"),
    "begun": _("The visit has begun"),
    "confirmed": _("The patient has confirmed"),
    "held_out": _("Left out by lot, so that the effect of the step is seen"),
    "restored": _("It was taken back"),
    "rebooked": _("The patient has another place by now"),
    "answered": _("It was answered"),
    "over": _("The offer is over"),
    "ladder": _("The ladder was changed"),
    "own_hour": _("At the hour and by the channel at which this person answered before"),
    "age_hour": _("At the hour and by the channel at which people of this age answer most"),
}


def examples(by: User) -> list[Example]:
    """The next five visits that this person may see."""
    rows = seeing.appointments(by).filter(
        status=AppointmentStatus.BOOKED, starts_at__gt=clock.now(), patient__isnull=False
    )
    return [Example(label, known) for label, known in facts.examples(list(rows.for_desk().order_by("starts_at")[:5]))]


def words(
    zh: str, en: str, *, zh_subject: str = "", en_subject: str = "", zh_mail: str = "", en_mail: str = ""
) -> dict[tuple[str, str], tuple[str, str]]:
    """For all media, in both languages; with words of their own for letters, which are answered by a link."""
    found = {("zh-hans", ""): (zh_subject, zh), ("en", ""): (en_subject, en)}
    if zh_mail:
        found |= {("zh-hans", "email"): (zh_subject, zh_mail), ("en", "email"): (en_subject, en_mail)}
    return found
