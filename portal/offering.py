"""What can be booked, as answers to choose from: as last time, departments, clinics, doctors."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import shown
from directory.models import HealthcareService, Practitioner
from portal.options import Option
from scheduling.models import Appointment
from scheduling.services import doctors
from scheduling.services.wanted import Match

DEPARTMENT = "d"  # before the id of a department; clinics and doctors are `service` and `service.doctor`


def value(service: HealthcareService, doctor: Practitioner | None = None) -> str:
    """What is sent for a clinic, or a doctor there."""
    return f"{service.uuid}.{doctor.uuid}" if doctor else str(service.uuid)


def at_first(recent: Sequence[Appointment], offered: Iterable[HealthcareService]) -> list[Option]:
    """As last time, the latest chosen already, then every department."""
    again = [
        Option(
            value(one.slot.service, one.slot.session.practitioner),
            one.slot.session.practitioner.name,
            f"{one.slot.service.name} · {one.slot.service.department}",
            _("As last time"),
            is_chosen=number == 0,
        )
        for number, one in enumerate(recent)
    ]
    return [*again, *_departments(offered)]


def _departments(offered: Iterable[HealthcareService]) -> list[Option]:
    known = {service.department_id: service.department for service in offered}
    many = len({one.site_id for one in known.values()}) > 1
    return [
        Option(f"{DEPARTMENT}.{one.uuid}", one.name, str(one.site) if many else "", _("Departments"))
        for one in known.values()
    ]


def of_department(services: Sequence[HealthcareService]) -> list[Option]:
    """Each clinic with whoever has time, then its doctors."""
    found, who = [], doctors.of_services(services)
    for service in services:
        found.append(Option(value(service), _("Whoever has time"), _about(service), service.name))
        found += [
            Option(value(service, one), one.name, one.get_title_display(), service.name) for one in who[service.pk]
        ]
    return found


def _about(service: HealthcareService) -> str:
    minutes = ngettext("%(n)s minute", "%(n)s minutes", service.length_minutes) % {"n": service.length_minutes}
    price = shown.money(service.fee_amount, service.fee_currency)
    return f"{minutes} · {price}"


def of_words(found: Iterable[Match]) -> list[Option]:
    """What somebody's words may mean."""
    return [
        Option(
            value(one.service, one.practitioner),
            one.practitioner.name if one.practitioner else one.service.name,
            f"{one.service.name} · {one.department}" if one.practitioner else str(one.department),
            _("Found"),
        )
        for one in found
    ]
