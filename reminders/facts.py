"""What messages may say about a visit, in the patient's language."""

import datetime as dt
from collections.abc import Mapping

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from common import clock, shown
from common.references import show_reference
from messaging.kinds import Field
from scheduling.models import Appointment, Slot

HOSPITAL = Field("hospital", gettext_lazy("hospital"), "Riverside Hospital", "江滨医院")
NAME = Field("name", gettext_lazy("patient's name"), "Alice Smith", "张小雨")
PHONE = Field("phone", gettext_lazy("the site's telephone"), "010 5555 0100", "010-5555-0100")
LINK = Field(
    "link", gettext_lazy("link to answer by"), "https://example.org/a/k3Jx9Qv2", "https://example.org/a/k3Jx9Qv2"
)
VISIT = (
    HOSPITAL,
    NAME,
    Field("when", gettext_lazy("day and time of the visit"), "Tue 1 Dec 09:30", "12月1日 周二 09:30"),
    Field("doctor", gettext_lazy("practitioner"), "Dr Chen Yu", "陈雨医生"),
    Field("service", gettext_lazy("service; hidden where its name tells of an illness"), "General clinic", "普通门诊"),
    Field("place", gettext_lazy("site and room"), "Main site, room 12", "本部12诊室"),
    Field("reference", pgettext_lazy("field", "booking reference"), "K7M-2QX", "K7M-2QX"),
    Field("deadline", gettext_lazy("until when patients cancel or move"), "Tue 1 Dec 05:30", "12月1日 周二 05:30"),
    Field("preparation", gettext_lazy("how to prepare"), "Please come fasting.", "请空腹就诊。"),
    PHONE,
    LINK,
)


def of_visit(booking: Appointment, language: str, link: str = "") -> dict[str, str]:
    """The facts of VISIT for a booking read `for_desk`."""
    with translation.override(language):
        return {
            **of_slot(booking.slot),
            "name": booking.patient.name,
            "reference": show_reference(booking.reference),
        } | {
            "when": shown.moment(booking.starts_at),
            "deadline": shown.moment(deadline(booking)),
            "link": link,
        }


def of_slot(slot: Slot) -> dict[str, str]:
    """What is said of a place, in the active language."""
    service, session = slot.service, slot.session
    site = service.department.site
    hidden = service.department.is_sensitive
    return {
        "hospital": shown.hospital(),
        "when": shown.moment(slot.starts_at),
        "doctor": str(session.practitioner),
        "service": _("clinic") if hidden else service.name,
        "place": _("%(site)s, %(room)s") % {"site": site, "room": session.location} if session.location else str(site),
        "preparation": preparation(slot),
        "phone": site.phone,
    }


def preparation(slot: Slot) -> str:
    """How to prepare, in the active language, else in the other."""
    service = slot.service
    first, second = service.preparation_zh, service.preparation_en
    if not (translation.get_language() or "").startswith("zh"):
        first, second = second, first
    return (first or second).strip()


def deadline(booking: Appointment) -> dt.datetime:
    """Until when the patient may cancel or move by themselves."""
    return booking.starts_at - dt.timedelta(hours=booking.slot.service.department.site.cancel_hours)


def examples(bookings: list[Appointment]) -> list[tuple[str, Mapping[str, Mapping[str, str]]]]:
    """Real visits to try words on: what to call each, and its facts in both languages."""
    return [
        (f"{clock.local(one.starts_at):%m-%d %H:%M} · {one.patient.name_masked}", {
            language: of_visit(one, language, LINK.example_en) for language in ("zh-hans", "en")
        })
        for one in bookings
    ]  # fmt: skip
