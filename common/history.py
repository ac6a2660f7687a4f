"""Who changed what, when and why: django-simple-history with the acting user from one place.

A face or command says once who acts (`with acting(user, reason="…")`, or the middleware for a signed-in
person); every history row written inside carries that user and reason, bulk changes too.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Value
from django.utils import timezone
from simple_history.manager import HistoryDescriptor
from simple_history.models import HistoricalRecords as LibraryRecords
from simple_history.utils import bulk_create_with_history as library_bulk_create
from simple_history.utils import bulk_update_with_history as library_bulk_update

from common.compiled import CompiledInsert, Following, mark_written

_user: ContextVar[Any] = ContextVar("acting_user", default=None)
_reason: ContextVar[str] = ContextVar("acting_reason", default="")


@contextmanager
def acting(user: Any, reason: str = "") -> Iterator[None]:
    """Everything changed inside is recorded as done by `user`, for `reason`."""
    tokens = _user.set(user), _reason.set(reason)
    try:
        yield
    finally:
        _user.reset(tokens[0])
        _reason.reset(tokens[1])


def acting_user() -> Any:
    """The user set by the innermost `acting`, or None."""
    return _user.get()


def acting_reason() -> str:
    """The reason set by the innermost `acting`, or an empty text."""
    return _reason.get()


class _KeptDescriptor:
    """`Model.history` and `row.history`, with a manager class that is built once."""

    def __init__(self, original: HistoryDescriptor):
        self.model = original.model
        self.manager_class = original.manager_class.from_queryset(original.queryset_class)

    def __get__(self, instance: models.Model | None, owner: type) -> models.Manager:
        return self.manager_class(self.model, instance)


class HistoricalRecords(LibraryRecords):
    """History table of a model; author and reason come from `acting`."""

    def __init__(self, **options: Any):
        options.setdefault("history_id_field", models.BigAutoField())
        options.setdefault("user_db_constraint", False)  # the author is a fact: it outlives the account
        options.setdefault("history_change_reason_field", models.CharField(max_length=200, blank=True, default=""))
        super().__init__(get_user=lambda instance, request=None: None, **options)

    def finalize(self, sender: type[models.Model], **options: Any) -> None:
        """As the library's; but its descriptor builds a class at each access, a tenth of a booking's time."""
        super().finalize(sender, **options)
        descriptor = sender.__dict__.get(self.manager_name)
        if isinstance(descriptor, HistoryDescriptor):
            setattr(sender, self.manager_name, _KeptDescriptor(descriptor))

    def m2m_changed(
        self, instance: models.Model, action: str, pk_set: set | None, reverse: bool, model: Any, **more: Any
    ) -> None:
        """As the library's; from the other side (`group.user_set.add`) it would write the history of the wrong row."""
        known = {"action": action, "pk_set": pk_set, "reverse": reverse, "model": model, **more}
        rows = model._base_manager.filter(pk__in=pk_set or ()).order_by("pk") if reverse else [instance]
        for row in rows:
            super().m2m_changed(instance=row, **known)

    def get_history_user(self, instance: models.Model) -> Any:
        """The acting user; an instance may still name its own through `_history_user`."""
        return getattr(instance, "_history_user", None) or acting_user()

    def get_change_reason_for_object(self, instance: models.Model, history_type: str, using: str | None) -> str:
        """The reason given with the act."""
        return (getattr(instance, "_change_reason", "") or acting_reason())[:200]


def bulk_create_with_history(objs: Iterable[models.Model], model: type[models.Model], **options: Any) -> list:
    """`bulk_create` that leaves a history row for each object, with the acting user and reason."""
    return library_bulk_create(
        list(objs), model, default_user=acting_user(), default_change_reason=acting_reason(), **options
    )


def bulk_update_with_history(
    objs: Iterable[models.Model], model: type[models.Model], fields: list[str], **options: Any
) -> int:
    """`bulk_update` that leaves a history row for each object, with the acting user and reason."""
    return library_bulk_update(
        list(objs), model, fields, default_user=acting_user(), default_change_reason=acting_reason(), **options
    )


class ActingUserMiddleware:
    """Who is signed in acts for the length of the request."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return self.get_response(request)
        with acting(user):
            return self.get_response(request)


def insert_with_history(row: models.Model, *following: tuple[models.Model, str]) -> models.Model:
    """Write a new row and its history row with kept SQL: as `row.save()`, without signals, for a path where it counts.

    following: new rows that name this one, with the attribute that does. Author and reason come from `acting`.
    """
    insert = _insert(type(row), *(Following(type(other), name) for other, name in following))
    written = [row, *(other for other, _name in following)]
    pk, _past, *others = insert.run(row.__dict__, _born(row), *(other.__dict__ for other, _name in following))
    for one, key in zip(written, (pk, *others), strict=True):
        mark_written(one, key)
    for other, name in following:
        setattr(other, name, pk)
    return row


@lru_cache(maxsize=64)
def _insert(model: type[models.Model], *following: Following) -> CompiledInsert:
    return CompiledInsert(model, Following(_past(model), model._meta.pk.attname), *following)


def _past(model: type[models.Model]) -> type[models.Model]:
    return getattr(model, model._meta.simple_history_manager_attribute).model


def _born(row: models.Model) -> dict[str, Any]:
    """The history of a new row: its values, and who made it why."""
    author = acting_user()
    return row.__dict__ | {
        "history_date": timezone.now(),
        "history_type": "+",
        "history_user_id": author.pk if author else None,
        "history_change_reason": acting_reason()[:200],
    }


def record_history(rows: models.QuerySet, change: str) -> int:
    """Write a history row for every row of `rows` as it stands, in one INSERT … SELECT; returns how many.

    For changes that the database makes by itself (`update()`, `bulk_create`) and that may touch a million rows.
    change: "+" created, "~" changed. Author and reason come from `acting`.
    """
    model = rows.model
    history = _past(model)
    columns = [field.column for field in history.tracked_fields]
    author = acting_user()
    extra = {
        "history_date": Value(timezone.now(), models.DateTimeField()),
        "history_type": Value(change, models.CharField()),
        "history_user_id": Value(author.pk if author else None, models.BigIntegerField(null=True)),
        "history_change_reason": Value(acting_reason()[:200], models.CharField()),
    }
    picked = rows.order_by().annotate(**{f"_{name}": value for name, value in extra.items()})
    names = [field.attname for field in history.tracked_fields] + [f"_{name}" for name in extra]
    try:
        sql, params = picked.values_list(*names).query.sql_with_params()
    except EmptyResultSet:  # an empty list of ids: the ORM knows that there is nothing
        return 0
    quote = connection.ops.quote_name
    into = ", ".join(quote(column) for column in [*columns, *extra])
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quote(history._meta.db_table)} ({into}) {sql}", params)
        return cursor.rowcount
