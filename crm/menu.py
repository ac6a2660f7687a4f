"""The staff menu, by task and by right: who may not open a page does not see its line."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

# (heading, [(title, symbol, address, right)])
GROUPS = [
    (
        _("Front desk"),
        [
            (_("Day grid"), "calendar_view_day", "desk:day", "scheduling.view_slot"),
            (_("Patients"), "personal_injury", "patients_patient_changelist", "patients.view_patient"),
            (_("Appointments"), "event_available", "scheduling_appointment_changelist", "scheduling.view_appointment"),
            (_("Waiting list"), "pending_actions", "scheduling_waitlistentry_changelist", "scheduling.view_waitlistentry"),
            (_("Offers"), "approval_delegation", "scheduling_waitlistoffer_changelist", "scheduling.view_waitlistoffer"),
        ],
    ),
    (
        _("Sessions and rosters"),
        [
            (_("Sessions"), "view_timeline", "scheduling_session_changelist", "scheduling.view_session"),
            (_("Times"), "schedule", "scheduling_slot_changelist", "scheduling.block_slot"),
            (_("Stoppages"), "event_busy", "scheduling_stoppage_changelist", "scheduling.view_stoppage"),
            (_("Weekly schedules"), "calendar_month", "scheduling_schedule_changelist", "scheduling.view_schedule"),
            (_("Leave"), "beach_access", "scheduling_leave_changelist", "scheduling.view_leave"),
            (_("Special days"), "celebration", "scheduling_closedday_changelist", "scheduling.view_closedday"),
            (_("Channel rules"), "rule", "scheduling_channelrule_changelist", "scheduling.view_channelrule"),
        ],
    ),
    (
        _("Directory"),
        [
            (_("Practitioners"), "stethoscope", "directory_practitioner_changelist", "directory.view_practitioner"),
            (_("Services"), "medical_services", "directory_healthcareservice_changelist", "directory.view_healthcareservice"),
            (_("Departments"), "domain", "directory_department_changelist", "directory.view_department"),
            (_("Rooms"), "meeting_room", "directory_location_changelist", "directory.view_location"),
            (_("Sites"), "location_city", "directory_site_changelist", "directory.view_site"),
        ],
    ),
    (
        _("People's records"),
        [
            (_("Tags"), "sell", "patients_tag_changelist", "patients.view_tag"),
            (_("Merges"), "merge", "patients_patientmerge_changelist", "patients.view_patientmerge"),
            (_("Imports"), "upload_file", "patients_importrun_changelist", "patients.view_importrun"),
        ],
    ),
    (
        _("Staff and access"),
        [
            (_("Staff"), "badge", "accounts_user_changelist", "accounts.view_user"),
            (_("Roles"), "shield_person", "accounts_role_changelist", "accounts.view_role"),
            (_("Scopes"), "visibility", "directory_scope_changelist", "directory.view_scope"),
            (_("Channel devices"), "devices", "accounts_device_changelist", "accounts.view_device"),
            (_("Channel keys"), "key", "accounts_channelkey_changelist", "accounts.view_channelkey"),
            (_("Access log"), "policy", "accounts_accesslog_changelist", "accounts.view_accesslog"),
            (_("What happened"), "history", "scheduling_appointmentevent_changelist", "scheduling.view_appointmentevent"),
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
    items = [
        {"title": name, "icon": icon, "link": reverse(f"admin:{address}")}
        for name, icon, address, right in lines
        if request.user.has_perm(right)
    ]
    return {"title": title, "items": items, "collapsible": title in CLOSED}
