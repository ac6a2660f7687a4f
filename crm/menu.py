"""The staff menu, by task and by right: who may not open a page does not see its line."""

from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

# (heading, [(symbol, page[, right])]): a page is "app.model" or one of PAGES; its right is to view the model
GROUPS = [
    (
        _("Front desk"),
        [
            ("support_agent", "desk:booking_desk", "scheduling.add_appointment"),
            ("calendar_view_day", "desk:day", "scheduling.view_slot"),
            ("airline_seat_recline_normal", "desk:queue", "visits.view_queueentry"),
            ("task_alt", "desk:ending", "scheduling.mark_noshow"),
            ("checklist", "interactions.task"),
            ("person_off", "scheduling.missedvisit", "scheduling.view_absence"),
            ("edit_note", "desk:afterwards", "visits.add_queueentry"),
            ("personal_injury", "patients.patient"),
            ("event_available", "scheduling.appointment"),
            ("patient_list", "desk:waiting", "scheduling.view_waitlistentry"),
            ("pending_actions", "scheduling.waitlistentry"),
            ("approval_delegation", "scheduling.waitlistoffer"),
            ("clinical_notes", "visits.encounter"),
        ],
    ),
    (
        _("Sessions and rosters"),
        [
            ("view_timeline", "scheduling.session"),
            ("schedule", "scheduling.slot", "scheduling.block_slot"),
            ("event_busy", "scheduling.stoppage"),
            ("block", "desk:stopping", "scheduling.stop_session"),
            ("phone_forwarded", "desk:untold", "scheduling.change_appointment"),
            ("calendar_month", "scheduling.schedule"),
            ("beach_access", "scheduling.leave"),
            ("celebration", "scheduling.closedday"),
            ("rule", "scheduling.channelrule"),
            ("gavel", "scheduling.bookingrestriction"),
            ("policy", "scheduling.noshowpolicy"),
            ("insights", "scheduling.riskmodel"),
        ],
    ),
    (
        _("Reminders and campaigns"),
        [
            ("edit_note", "messaging.messagetemplate"),
            ("stairs", "reminders.ladder"),
            ("campaign", "reminders.campaign"),
            ("notifications_active", "reminders.notice"),
            ("star", "reminders.rating"),
        ],
    ),
    (
        _("Messages"),
        [
            ("inbox", "messaging.inboundmessage"),
            ("outgoing_mail", "messaging.delivery"),
            ("forum", "outbox:page", "messaging.answer_as_patient"),
            ("do_not_disturb_on", "messaging.optout"),
            ("tune", "messaging.sendingrule"),
            ("cell_tower", "messaging.messagechannel"),
        ],
    ),
    (
        _("Directory"),
        [
            ("stethoscope", "directory.practitioner"),
            ("medical_services", "directory.healthcareservice"),
            ("domain", "directory.department"),
            ("meeting_room", "directory.location"),
            ("location_city", "directory.site"),
            ("tv", "visits.callscreen"),
        ],
    ),
    (
        _("People's records"),
        [
            ("sell", "patients.tag"),
            ("merge", "patients.patientmerge"),
            ("upload_file", "patients.importrun"),
        ],
    ),
    (
        _("Staff and access"),
        [
            ("badge", "accounts.user"),
            ("shield_person", "accounts.role"),
            ("visibility", "directory.scope"),
            ("devices", "accounts.device"),
            ("key", "accounts.channelkey"),
            ("policy", "accounts.accesslog"),
            ("history", "scheduling.appointmentevent"),
        ],
    ),
]  # fmt: skip
PAGES = {
    "desk:booking_desk": _("Booking desk"),
    "desk:day": _("Day grid"),
    "desk:queue": _("Arrival and queue"),
    "desk:ending": _("End of day"),
    "desk:afterwards": _("After an outage"),
    "desk:waiting": _("Waiting-list desk"),
    "desk:stopping": _("Stop sessions"),
    "desk:untold": _("Still to be told"),
    "outbox:page": _("Outbox"),
}


def navigation(request: HttpRequest) -> list[dict]:
    """The groups of the sidebar, as Unfold reads them. Empty groups are left out."""
    title = _("Today") if request.user.has_perm("scheduling.view_session") else _("Start")
    start = {"title": title, "icon": "dashboard", "link": reverse("admin:index")}
    groups = [_group(request, title, lines) for title, lines in GROUPS]
    return [{"items": [start]}, *(group for group in groups if group["items"])]


def _group(request: HttpRequest, title: str, lines: list[tuple]) -> dict:
    items = [_item(icon, page) for icon, page, *right in lines if request.user.has_perm(_right(page, *right))]
    return {"title": title, "items": items}


def _item(icon: str, page: str) -> dict:
    """A page of a model is called as the model calls its rows."""
    if "." not in page:
        return {"title": PAGES[page], "icon": icon, "link": reverse(f"admin:{page}")}
    title = capfirst(apps.get_model(page)._meta.verbose_name_plural)
    return {"title": title, "icon": icon, "link": reverse(f"admin:{page.replace('.', '_')}_changelist")}


def _right(page: str, right: str = "") -> str:
    return right or "{}.view_{}".format(*page.split("."))
