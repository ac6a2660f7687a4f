"""Who may read what was said: that a message went out is one right, its words are another."""

from django.db.models import BooleanField, QuerySet, Value
from django.http import HttpRequest


def with_right(rows: QuerySet, request: HttpRequest) -> QuerySet:
    """Each row says (`may_read`) whether the reader may see its words."""
    reads = request.user.has_perm("messaging.read_message")
    return rows.annotate(may_read=Value(reads, BooleanField()))
