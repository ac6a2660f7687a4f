"""Who works in the demo hospital: one login per role, and the devices of its channels."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from accounts.models import Channel, User
from accounts.roles import ROLES
from accounts.services import devices
from directory.models import Practitioner, Scope, Site

NAMES = {
    "front_desk": "沈小雨",
    "agent": "何静",
    "supervisor": "Maria Keller",
    "clinician": "",  # that of the practitioner
    "campaign_editor": "陆晴",
    "knowledge_editor": "Tom Reed",
    "auditor": "秦正",
    "administrator": "苏航",
}
HOSPITAL_WIDE = {"agent", "supervisor", "campaign_editor", "knowledge_editor", "auditor", "administrator"}
DEVICES = {
    Channel.PORTAL: _("Patient portal"),
    Channel.MINIAPP: _("Mini-program"),
    Channel.KIOSK: _("Kiosks in the hall"),
    Channel.PARTNER: _("City booking platform"),
    Channel.PHONE: _("Phone menu"),
}


@dataclass
class Staff:
    """Users by role, and by the channel through which they book."""

    users: dict[str, User]
    by_channel: dict[str, User]

    @property
    def desk(self) -> User:
        return self.users["front_desk"]


def make() -> Staff:
    """Store users and devices. Without settings.DEMO_PASSWORD nobody can sign in: the users are only authors."""
    password = make_password(settings.DEMO_PASSWORD or None)
    users = {role: _make_user(role, password) for role in ROLES}
    by_channel = {channel: devices.register(name=str(name), channel=channel).user for channel, name in DEVICES.items()}
    by_channel |= {Channel.DESK: users["front_desk"], Channel.PHONE: users["agent"]}
    return Staff(users, by_channel)


def place(staff: Staff, site: Site, doctor: Practitioner) -> None:
    """The front desk sees one site; the clinician is `doctor` and sees that department."""
    Scope.objects.create(user=staff.desk, site=site)
    clinician = staff.users["clinician"]
    clinician.name = doctor.name
    clinician.save(update_fields=["name"])
    department = doctor.roles.get().department
    Scope.objects.create(user=clinician, site=department.site, department=department)
    doctor.user = clinician
    doctor.save(update_fields=["user"])


def _make_user(role: str, password: str) -> User:
    user = User.objects.create(
        username=role, password=password, name=NAMES[role], is_staff=True, sees_all_sites=role in HOSPITAL_WIDE
    )
    user.groups.add(Group.objects.get(name=role))
    return user
