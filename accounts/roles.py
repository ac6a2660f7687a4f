"""The eight roles and how they get their rights.

Each app says in its `roles.py` what it grants: `GRANTS = {"front_desk": ["scheduling.view_slot", …]}`. The table
is applied after every migration, so a new right reaches its roles with the release that brings it.
"""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps as installed_apps
from django.utils.translation import gettext_lazy as _

ROLES = {
    "front_desk": _("Front desk"),
    "agent": _("Call-centre agent"),
    "supervisor": _("Supervisor"),
    "clinician": _("Clinician"),
    "campaign_editor": _("Campaign editor"),
    "knowledge_editor": _("Knowledge editor"),
    "auditor": _("Auditor"),
    "administrator": _("Administrator"),
}


def grants() -> dict[str, set[str]]:
    """Role code -> permissions ("app.codename") that the installed apps grant it."""
    table: dict[str, set[str]] = {code: set() for code in ROLES}
    for config in installed_apps.get_app_configs():
        if find_spec(f"{config.name}.roles") is None:
            continue
        for code, permissions in getattr(import_module(f"{config.name}.roles"), "GRANTS", {}).items():
            table[code].update(permissions)
    return table


def sync_roles(apps=installed_apps, using: str = "default", **kwargs) -> None:
    """Make each role hold exactly the rights that the code grants it. Repeatable; own groups are left alone."""
    group_model = apps.get_model("auth", "Group")
    permission_model = apps.get_model("auth", "Permission")
    known = {
        f"{app_label}.{codename}": pk
        for app_label, codename, pk in permission_model.objects.using(using).values_list(
            "content_type__app_label", "codename", "pk"
        )
    }
    for code, wanted in grants().items():
        group, _created = group_model.objects.using(using).get_or_create(name=code)
        group.permissions.set([known[name] for name in wanted if name in known])


GRANTS = {
    "supervisor": ["accounts.view_user", "accounts.view_accesslog", "accounts.view_role"],
    "auditor": [
        "accounts.view_user",
        "accounts.view_accesslog",
        "accounts.view_device",
        "accounts.view_channelkey",
        "accounts.view_role",
    ],
    "administrator": [
        "accounts.view_user",
        "accounts.add_user",
        "accounts.change_user",
        "accounts.view_device",
        "accounts.add_device",
        "accounts.change_device",
        "accounts.view_channelkey",
        "accounts.add_channelkey",
        "accounts.change_channelkey",
        "accounts.view_accesslog",
        "accounts.view_role",
    ],
}
