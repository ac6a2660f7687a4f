"""What the hospital offers, where and by whom."""

from typing import Any

from django.utils.translation import get_language
from rest_framework import serializers

from directory.models import Department, Grade, HealthcareService, Practitioner, Site
from directory.models.practitioner import Title
from directory.models.service import Sex

from .places import NamedAnswer, named


class SiteAnswer(NamedAnswer):
    code = serializers.CharField()
    address = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(allow_blank=True)


class DepartmentAnswer(NamedAnswer):
    code = serializers.CharField()
    site = serializers.UUIDField()
    phone = serializers.CharField(allow_blank=True)
    is_sensitive = serializers.BooleanField(help_text="The name reveals a condition: keep it off public screens.")


class ServiceAnswer(NamedAnswer):
    code = serializers.CharField()
    department = serializers.UUIDField()
    grade = serializers.ChoiceField(choices=Grade.choices)
    length_minutes = serializers.IntegerField()
    fee_amount = serializers.CharField(help_text="A decimal number.")
    fee_currency = serializers.CharField()
    preparation = serializers.CharField(allow_blank=True)
    min_age = serializers.IntegerField(allow_null=True)
    max_age = serializers.IntegerField(allow_null=True)
    sex = serializers.ChoiceField(choices=Sex.choices, allow_blank=True)
    release_days = serializers.IntegerField()
    release_time = serializers.CharField(help_text="HH:MM by the hospital's clock.")


class PractitionerAnswer(NamedAnswer):
    title = serializers.ChoiceField(choices=Title.choices)
    introduction = serializers.CharField(allow_blank=True)
    departments = serializers.ListField(child=serializers.UUIDField())


def site(row: Site) -> dict[str, Any]:
    """A campus or branch."""
    return named(row) | {"code": row.code, "address": row.address, "phone": row.phone}


def department(row: Department) -> dict[str, Any]:
    """A department; its site comes with it."""
    return named(row) | {
        "code": row.code,
        "site": str(row.site.uuid),
        "phone": row.phone,
        "is_sensitive": row.is_sensitive,
    }


def service(row: HealthcareService) -> dict[str, Any]:
    """What can be booked; its department comes with it."""
    return named(row) | {
        "code": row.code,
        "department": str(row.department.uuid),
        "grade": row.grade,
        "length_minutes": row.length_minutes,
        "fee_amount": str(row.fee_amount),
        "fee_currency": row.fee_currency,
        "preparation": _in_my_language(row.preparation_zh, row.preparation_en),
        "min_age": row.min_age,
        "max_age": row.max_age,
        "sex": row.sex,
        "release_days": row.release_days,
        "release_time": f"{row.release_time:%H:%M}",
    }


def practitioner(row: Practitioner) -> dict[str, Any]:
    """A person to book; the posts come prefetched with their departments."""
    return named(row) | {
        "title": row.title,
        "introduction": row.introduction,
        "departments": [str(post.department.uuid) for post in row.roles.all()],
    }


def _in_my_language(chinese: str, english: str) -> str:
    first, second = (chinese, english) if (get_language() or "").startswith("zh") else (english, chinese)
    return first or second
