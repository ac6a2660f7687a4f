"""The staff menu, by task and by right: who may not open a page does not see its line."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

# (heading, [(title, symbol, page[, right])]): a page is "app.model" or an address; its right is to view the model
GROUPS = [
    (
        _("Front desk"),
        [
            (_("Day grid"), "calendar_view_day", "desk:day", "scheduling.view_slot"),
            (_("Patients"), "personal_injury", "patients.patient"),
            (_("Appointments"), "event_available", "scheduling.appointment"),
            (_("Waiting list"), "pending_actions", "scheduling.waitlistentry"),
            (_("Offers"), "approval_delegation", "scheduling.waitlistoffer"),
        ],
    ),
    (
        _("Sessions and rosters"),
        [
            (_("Sessions"), "view_timeline", "scheduling.session"),
            (_("Times"), "schedule", "scheduling.slot", "scheduling.block_slot"),
            (_("Stoppages"), "event_busy", "scheduling.stoppage"),
            (_("Weekly schedules"), "calendar_month", "scheduling.schedule"),
            (_("Leave"), "beach_access", "scheduling.leave"),
            (_("Special days"), "celebration", "scheduling.closedday"),
            (_("Channel rules"), "rule", "scheduling.channelrule"),
        ],
    ),
    (
        _("Directory"),
        [
            (_("Practitioners"), "stethoscope", "directory.practitioner"),
            (_("Services"), "medical_services", "directory.healthcareservice"),
            (_("Departments"), "domain", "directory.department"),
            (_("Rooms"), "meeting_room", "directory.location"),
            (_("Sites"), "location_city", "directory.site"),
        ],
    ),
    (
        _("People's records"),
        [
            (_("Tags"), "sell", "patients.tag"),
            (_("Merges"), "merge", "patients.patientmerge"),
            (_("Imports"), "upload_file", "patients.importrun"),
        ],
    ),
    (
        _("Staff and access"),
        [
            (_("Staff"), "badge", "accounts.user"),
            (_("Roles"), "shield_person", "accounts.role"),
            (_("Scopes"), "visibility", "directory.scope"),
            (_("Channel devices"), "devices", "accounts.device"),
            (_("Channel keys"), "key", "accounts.channelkey"),
            (_("Access log"), "policy", "accounts.accesslog"),
            (_("What happened"), "history", "scheduling.appointmentevent"),
        ],
    ),
]  # fmt: skip
CLOSED = (_("Directory"), _("People's records"), _("Staff and access"))  # opened by a click; the desk needs them rarely


def navigation(request: HttpRequest) -> list[dict]:
    """The groups of the sidebar, as Unfold reads them. Empty groups are left out."""
    start = {"title": _("Start"), "icon": "dashboard", "link": reverse("admin:index")}
    groups = [_group(request, title, lines) for title, lines in GROUPS]
    return [{"items": [start]}, *(group for group in groups if group["items"])]


def _group(request: HttpRequest, title: str, lines: list[tuple]) -> dict:
    items = [_item(*line[:3]) for line in lines if request.user.has_perm(_right(line))]
    return {"title": title, "items": items, "collapsible": title in CLOSED}


def _item(title: str, icon: str, page: str) -> dict:
    name = f"{page.replace('.', '_')}_changelist" if "." in page else page
    return {"title": title, "icon": icon, "link": reverse(f"admin:{name}")}


def _right(line: tuple) -> str:
    if len(line) > 3:
        return line[3]
    app, model = line[2].split(".")
    return f"{app}.view_{model}"
