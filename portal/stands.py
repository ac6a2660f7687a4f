"""Where a visit stands for its patient, and the words for it."""

import datetime as dt
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import clock
from portal.words import Words
from scheduling.models import Appointment, AppointmentStatus
from scheduling.models.appointment import CancelCause


class Stands(StrEnum):
    """What a patient finds."""

    COMING = "coming"
    NOW = "now"  # its time has come today, and nobody has checked in
    HERE = "here"  # checked in
    OVER = "over"  # an earlier day, and nobody has written down yet what came of it
    SEEN = "seen"
    MISSED = "missed"
    CANCELLED = "cancelled"
    STOPPED = "stopped"  # the clinic does not take place


TO_COME = (Stands.COMING, Stands.NOW, Stands.HERE)
_ENDED = {
    AppointmentStatus.FULFILLED: Stands.SEEN,
    AppointmentStatus.NOSHOW: Stands.MISSED,
}
# (how it stands, what was just done) -> words; what was done and is not so any more counts for nothing
SAID: dict[tuple[str, str], Words] = {
    (Stands.COMING, ""): Words(_("Your visit is booked")),
    (Stands.COMING, "new"): Words(_("Done: your visit is booked"), _("Please come at this time."), "good"),
    (Stands.COMING, "moved"): Words(_("Done: your visit has a new time"), _("Please come at this time."), "good"),
    (Stands.NOW, ""): Words(
        _("The time of this visit has come"), _("Please check in at the kiosk or the counter."), "attention"
    ),
    (Stands.HERE, ""): Words(_("You are checked in"), "", "good"),
    (Stands.OVER, ""): Words(_("The time of this visit is over"), "", "off"),
    (Stands.SEEN, ""): Words(_("This visit took place"), "", "off"),
    (Stands.MISSED, ""): Words(_("We missed you at this visit"), "", "attention"),
    (Stands.CANCELLED, ""): Words(_("This visit is cancelled"), "", "off"),
    (Stands.CANCELLED, "cancelled"): Words(_("Done: your visit is cancelled"), _("Thank you for telling us."), "off"),
    (Stands.STOPPED, ""): Words(_("This clinic does not take place"), _("We are sorry."), "attention"),
    (Stands.STOPPED, "left"): Words(_("Done: we do not keep the other place"), "", "off"),
}
BADGE: dict[str, Any] = {
    Stands.COMING: pgettext_lazy("visit on the portal", "Booked"),
    Stands.NOW: pgettext_lazy("visit on the portal", "Now"),
    Stands.HERE: pgettext_lazy("visit on the portal", "Checked in"),
    Stands.OVER: pgettext_lazy("visit on the portal", "Over"),
    Stands.SEEN: pgettext_lazy("visit on the portal", "Took place"),
    Stands.MISSED: pgettext_lazy("visit on the portal", "Missed"),
    Stands.CANCELLED: pgettext_lazy("visit on the portal", "Cancelled"),
    Stands.STOPPED: pgettext_lazy("visit on the portal", "Does not take place"),
}


def of(visit: Appointment, at: dt.datetime) -> Stands:
    """How it stands at that moment."""
    if visit.status == AppointmentStatus.CANCELLED:
        return Stands.STOPPED if visit.cancel_cause == CancelCause.CLINIC else Stands.CANCELLED
    if visit.status in _ENDED:
        return _ENDED[visit.status]
    if clock.today(visit.starts_at) < clock.today(at):
        return Stands.OVER
    if visit.status == AppointmentStatus.ARRIVED:
        return Stands.HERE
    return Stands.COMING if visit.starts_at > at else Stands.NOW


def said(stands: str, done: str) -> Words:
    """The words for it."""
    return SAID.get((stands, done)) or SAID[(stands, "")]
