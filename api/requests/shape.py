"""What a request may say. One object per shape serves all requests: making serializers costs more than reading."""

from functools import cache
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers

from api.refusals import Malformed


class Shape(serializers.Serializer):
    """A documented request body or query; anything not named in it is refused."""

    @classmethod
    def read(cls, data: object) -> dict[str, Any]:
        """The values, checked and converted. Raises Malformed with the first field that is wrong."""
        shape = _one(cls)
        try:
            return shape.run_validation(_known(data, shape))
        except serializers.ValidationError as error:
            field, problem = first_problem(error.detail)
            raise Malformed(field=field, problem=problem) from error

    @classmethod
    def read_query(cls, query: QueryDict) -> dict[str, Any]:
        """The same for a query string, where a name may stand only once."""
        for name, values in query.lists():
            if len(values) > 1:
                raise Malformed(field=name[:60], problem=_("This is given more than once."))
        return cls.read(query.dict())


@cache
def _one(cls: type[Shape]) -> Shape:
    return cls()


def _known(data: object, shape: Shape) -> object:
    if isinstance(data, dict):
        for name in data:
            if name not in shape.fields:
                raise Malformed(field=printable(name), problem=_("There is no such field."))
    return data


def printable(name: str) -> str:
    """A name somebody sent, fit to be sent back."""
    return "".join(char for char in name[:60] if char.isprintable())


def first_problem(detail: Any, path: str = "") -> tuple[str, str]:
    """Where the first thing is wrong (`phones.0`), and what."""
    if isinstance(detail, dict):
        name, inner = next(iter(detail.items()))
        here = path if name == "non_field_errors" else f"{path}.{name}".strip(".")
        return first_problem(inner, here)
    if isinstance(detail, list):
        place, inner = next((n, item) for n, item in enumerate(detail) if item)
        return first_problem(inner, f"{path}.{place}" if isinstance(inner, dict) else path)
    return path, str(detail)
