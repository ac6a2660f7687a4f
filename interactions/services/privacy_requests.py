"""What people ask about their data on the portal, as tasks for staff with a day until which they are answered.

The law gives everybody a copy (Personal Information Protection Law of China, PIPL, article 45), correction (46),
deletion (47) and an explanation (48), and wants refusals to be explained (50). It names no days; we promise fifteen,
less than the fifteen working days that apps may take (App 违法违规收集使用个人信息行为认定方法, 2019, section 6).
Medical records must be kept (医疗机构病历管理规定, article 29: 15 years for outpatients, 30 for inpatients), which may
forbid to delete: a person decides, and says why.
"""

import datetime as dt

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import clock
from interactions.errors import PrivacyRequestEmpty, PrivacyRequestOpen
from interactions.models import Task, TaskKind
from interactions.services import tasks
from patients.models import Patient
from patients.services.locking import lock

ANSWER_WITHIN = dt.timedelta(days=15)


class About(models.TextChoices):
    """What somebody asks for."""

    CORRECT = "correct", _("Correct my data")
    DELETE = "delete", _("Delete my data")


@transaction.atomic
def ask(*, patient: Patient, about: str, text: str, by: User, at: dt.datetime | None = None) -> Task:
    """Staff answer it within ANSWER_WITHIN. text: what is wrong and how it should be, or what to delete.

    Raises PrivacyRequestEmpty, PrivacyRequestOpen while another one about the same is not answered, RecordMerged.
    """
    at = at or clock.now()
    fresh, said = lock(patient), text.strip()
    if not said:
        raise PrivacyRequestEmpty(field="text")
    known = _about(fresh, About(about))
    if known.live().exists():
        raise PrivacyRequestOpen
    until = at + ANSWER_WITHIN
    return tasks.open(
        key=f"{_key(fresh, about)}{known.count() + 1}", kind=TaskKind.PRIVACY, patient=fresh, why=f"privacy_{about}",
        why_values={"text": said, "until": until.isoformat()}, due_at=until, by=by, at=at,
    )  # fmt: skip


def of(patient: Patient) -> list[tuple[Task, str]]:
    """What the person asked for, with the word for it; the latest first."""
    rows = Task.objects.filter(patient=patient, kind=TaskKind.PRIVACY).order_by("-created_at", "-pk")
    return [(row, str(About(row.why_code.removeprefix("privacy_")).label)) for row in rows]


def _about(patient: Patient, about: str) -> models.QuerySet:
    return Task.objects.filter(key__startswith=_key(patient, about))


def _key(patient: Patient, about: str) -> str:
    return f"privacy:{about}:{patient.pk}:"
