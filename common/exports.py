"""Taking rows out of the house: one way, through the safe writer, and never without a line in the access log.

This floor knows no access log, so the one that keeps it says so (`accounts.apps` sets the recorder).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.module_loading import import_string

from common import clock, tabular

_recorder: list[str] = []


def record_with(recorder: str) -> None:
    """The dotted path of `recorder(request, kind, count)`, which writes down each export."""
    _recorder[:] = [recorder]


def csv_answer(
    request: HttpRequest, kind: str, header: Sequence[Any], rows: Iterable[Sequence[Any]], count: int
) -> StreamingHttpResponse:
    """A CSV file of `count` rows of `kind` ("scheduling.appointment"), recorded before its first byte leaves."""
    if not _recorder:
        raise ImproperlyConfigured("Exports need an access log: call common.exports.record_with.")
    import_string(_recorder[0])(request, kind, count)
    answer = StreamingHttpResponse(tabular.csv_lines(header, rows), content_type="text/csv; charset=utf-8")
    name = f"{kind.rpartition('.')[2]}-{clock.today():%Y%m%d}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
