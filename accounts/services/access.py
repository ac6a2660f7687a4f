"""The access log's only writer."""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import AccessLog, User
from accounts.models.access import Action
from common import clock


def record(
    action: Action,
    *,
    by: User | None,
    kind: str,
    subject: uuid.UUID | None = None,
    detail: str = "",
    reason: str = "",
    ip: str | None = None,
) -> AccessLog:
    """Write down that `by` did `action` to the record `subject` of `kind` ("patients.patient").

    Runs in the caller's transaction: if it cannot be written, what it accompanies must not be shown either.
    """
    return AccessLog.objects.create(
        user=by,
        action=action,
        subject_kind=kind,
        subject_uuid=subject,
        detail=detail[:200],
        reason=reason[:200],
        ip=ip,
        at=clock.now(),
    )


def about(subjects: Iterable[uuid.UUID], *, since: dt.datetime) -> QuerySet[AccessLog]:
    """Who looked at these records, the latest first, with the roles of each."""
    rows = AccessLog.objects.filter(subject_uuid__in=list(subjects), at__gte=since)
    return rows.select_related("user").prefetch_related("user__groups").order_by("-at", "-pk")


def record_export(request: HttpRequest, kind: str, count: int) -> AccessLog:
    """Write down that the signed-in person takes `count` rows of `kind` out of the house."""
    return record(
        Action.EXPORT, by=request.user, kind=kind, detail=f"{count} × CSV", ip=request.META.get("REMOTE_ADDR")
    )
