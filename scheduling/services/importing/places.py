"""Where the visits of a batch took place: sites, departments, services and practitioners, known or new."""

import hashlib
from collections import defaultdict

from django.utils.text import slugify

from common import names
from directory.models import Department, HealthcareService, Practitioner, PractitionerRole, Site
from directory.models.practitioner import Title

from .visits import Visit


class Places:
    """The catalogue as stored now, found by code or by either name; what it lacks is added.

    Read once per batch: a hospital has hundreds of such rows, not millions.
    """

    def __init__(self) -> None:
        self._sites = _by_names(Site.objects.all())
        self._departments = _by_names(Department.objects.select_related("site"), "site_id")
        services = HealthcareService.objects.select_related("department__site").order_by("-is_active", "pk")
        self._services = _by_names(services, "department_id")
        self._practitioners = {one.code: one for one in Practitioner.objects.all()}
        self._posts: dict[tuple[int, str], Practitioner] = {}
        for post in PractitionerRole.objects.select_related("practitioner").order_by("-pk"):
            self._posts[post.department_id, _key(post.practitioner.name)] = post.practitioner

    def find(self, visit: Visit) -> tuple[HealthcareService, Practitioner]:
        """The service and the practitioner of a visit."""
        site = self._site(visit.site)
        department = self._department(site, visit.department)
        return self._service(department, visit.service or visit.department, visit), self._doctor(department, visit)

    def _site(self, name: str) -> Site:
        if (0, _key(name)) not in self._sites:
            self._sites[0, _key(name)] = Site.objects.create(code=_code(name, "site", 20), **_named(name))
        return self._sites[0, _key(name)]

    def _department(self, site: Site, name: str) -> Department:
        key = site.pk, _key(name)
        if key not in self._departments:
            self._departments[key] = Department.objects.create(site=site, code=_code(name, "", 20), **_named(name))
        return self._departments[key]

    def _service(self, department: Department, name: str, visit: Visit) -> HealthcareService:
        key = department.pk, _key(name)
        if key not in self._services:
            minutes = int((visit.ends_at - visit.starts_at).total_seconds() // 60)
            self._services[key] = HealthcareService.objects.create(
                department=department,
                code=_code(name, f"service:{department.pk}", 30),
                length_minutes=minutes,
                **_named(name),
            )
        return self._services[key]

    def _doctor(self, department: Department, visit: Visit) -> Practitioner:
        """By staff number, else by name within the department; a department whose file names nobody has its team."""
        name = visit.practitioner or visit.practitioner_code
        if visit.practitioner_code:
            doctor = self._practitioners.get(visit.practitioner_code)
            doctor = doctor or self._new_doctor(name, visit.practitioner_code, Title.OTHER)
        elif name:
            doctor = self._posts.get((department.pk, _key(name)))
            doctor = doctor or self._new_doctor(name, _code(name, f"doctor:{department.pk}", 30), Title.OTHER)
        else:
            name = department.name_zh or department.name_en
            code = _code(name, f"team:{department.pk}", 30)
            doctor = self._practitioners.get(code) or self._new_doctor(name[:80], code, Title.OTHER)
        return self._posted(doctor, department)

    def _new_doctor(self, name: str, code: str, title: str) -> Practitioner:
        doctor = Practitioner.objects.create(name=name, name_pinyin=names.pinyin(name), code=code, title=title)
        self._practitioners[code] = doctor
        return doctor

    def _posted(self, doctor: Practitioner, department: Department) -> Practitioner:
        key = department.pk, _key(doctor.name)
        if self._posts.get(key) != doctor:
            PractitionerRole.objects.get_or_create(practitioner=doctor, department=department)
            self._posts[key] = doctor
        return doctor


def is_called(row: Site | Department | HealthcareService, name: str) -> bool:
    """True when `name` is its code or one of its names."""
    return _key(name) in {_key(one) for one in (row.code, row.name_zh, row.name_en) if one}


def _by_names(rows, parent: str = "") -> dict[tuple[int, str], object]:  # type: ignore[no-untyped-def]
    """Rows by what they hang on and each of their names; the first of two namesakes counts."""
    found: dict[tuple[int, str], object] = defaultdict()
    for row in rows:
        for name in (row.code, row.name_zh, row.name_en):
            if name:
                found.setdefault((getattr(row, parent) if parent else 0, _key(name)), row)
    return found


def _key(name: str) -> str:
    return names.fold(names.clean(name))


def _named(name: str) -> dict[str, str]:
    """A name in the field of its script."""
    return {"name_zh" if any(names.is_han(sign) for sign in name) else "name_en": names.clean(name)}


def _code(name: str, salt: str, length: int) -> str:
    """A code that the same name gets again: what can be read of it, and six digits that tell namesakes apart."""
    digits = hashlib.sha256(f"{salt}\0{_key(name)}".encode()).hexdigest()[:6]
    readable = slugify(names.pinyin(name))[: length - 7].strip("-")
    return f"{readable}-{digits}" if readable else digits
