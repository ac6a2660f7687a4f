"""Who sees patients in a clinic."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from common import clock
from directory.models import HealthcareService, Practitioner
from directory.models.practitioner import Title
from scheduling.models import Session, SessionStatus

_RANK = {title: rank for rank, title in enumerate(Title.values)}  # from the top


def of_services(services: Iterable[HealthcareService], at: dt.datetime | None = None) -> dict[int, list[Practitioner]]:
    """Service id -> practitioners with sessions from today on, by rank and then by name; two statements."""
    ids = [service.pk for service in services]
    rows = Session.objects.filter(service__in=ids, day__gte=clock.today(at), practitioner__is_active=True)
    rows = rows.exclude(status=SessionStatus.CANCELLED).order_by()
    pairs = set(rows.values_list("service_id", "practitioner_id").distinct())
    people = Practitioner.objects.in_bulk({practitioner for _service, practitioner in pairs})
    found: dict[int, list[Practitioner]] = defaultdict(list)
    for service, practitioner in pairs:
        found[service].append(people[practitioner])
    for some in found.values():
        some.sort(key=lambda one: (_RANK[one.title], one.name))
    return found
