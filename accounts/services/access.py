"""The access log's only writer."""

import uuid

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


def record_export(request: HttpRequest, kind: str, count: int) -> AccessLog:
    """Write down that the signed-in person takes `count` rows of `kind` out of the house."""
    return record(
        Action.EXPORT, by=request.user, kind=kind, detail=f"{count} × CSV", ip=request.META.get("REMOTE_ADDR")
    )
