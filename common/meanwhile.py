"""What happened to a row since somebody opened its page: told before they save over it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model
from django.forms.models import model_to_dict
from django.http import HttpRequest
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from common import shown
from common.changes import ChangeInWords
from common.errors import Busy
from common.ids import read_number

CODE = "changed_meanwhile"
MOST = 5  # changes that are put in words; of more, the latest
Words = Callable[[Model], ChangeInWords]


def mark_of(model: type[Model], pk: Any) -> str:
    """Which version of the row is stored now: the number of its newest history row; empty when none is kept.

    Whoever shows the row reads the mark first: a change in between then is told once too often, never once too little.
    """
    if not hasattr(model, "history"):
        return ""
    rows = model.history.filter(**{model._meta.pk.attname: pk})
    return str(rows.order_by("-history_id").values_list("history_id", flat=True).first() or 0)


@dataclass(frozen=True)
class Meanwhile:
    """History rows: what was `seen`, and the `changes` since then with the one before them, the oldest first."""

    seen: Model | None = None
    changes: tuple[Model, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changes)

    def in_words(self, words: Words) -> Iterator[str]:
        """Who changed what, when: a sentence for each. words: how the row's page says a change."""
        known = [self.seen, *self.changes] if len(self.changes) <= MOST else self.changes
        for before, past in pairwise(known):
            who, when = past.history_user or _("The system"), shown.moment(past.history_date)
            what = "; ".join(_differences(words, before, past)) or _("nothing that is shown here")
            yield _("%(who)s changed this at %(when)s: %(what)s.") % {"who": who, "when": when, "what": what}


def since(row: Model, mark: str) -> Meanwhile:
    """What changed after `mark`. A page without a mark is not asked for one."""
    number = read_number(mark)
    if number is None or not hasattr(row, "history"):
        return Meanwhile()
    later = row.history.filter(history_id__gt=number).select_related("history_user").order_by("-history_id")
    changes = tuple(reversed(later[: MOST + 1]))
    seen = row.history.filter(history_id__lte=number).order_by("-history_id").first() if changes else None
    return Meanwhile(seen, changes)


def _differences(words: Words, before: Model | None, past: Model) -> Iterator[str]:
    if before is None:
        return
    delta = past.diff_against(before, foreign_keys_are_objs=True)
    for one in words(past).context_for_delta_changes(delta):
        yield _("%(field)s: %(old)s → %(new)s") % one


class MeanwhileForm:
    """Mixed into the form of a row: refuses once when the row changed since the page was shown.

    What the person typed stays; the fields that they left alone show the newer value, so that saving again changes
    only what they meant to change. Choices of several rows are drawn as stored: no history says what was shown.
    """

    request: HttpRequest
    words: Words

    def clean(self) -> Any:
        cleaned = super().clean()
        if not self.request.has_row:
            raise ValidationError(str(Busy()), code=Busy.code)
        found = since(self.instance, self.request.POST.get("seen", ""))
        if found:
            self.request.is_stale = True  # so that the rows below the form are drawn as stored
            self._take_over(found.seen)
            advice = _("What you typed is still here. Look at it, then save again to put it in place.")
            sentences = [*found.in_words(type(self).words), advice, *self._not_kept()]
            raise ValidationError([ValidationError(one, code=CODE) for one in sentences])
        return cleaned

    def _take_over(self, seen: Model | None) -> None:
        """Fields that still hold what they held when the page was shown are drawn with what is stored now."""
        old = model_to_dict(seen.instance) if seen else {}
        several = self._of_several()
        for name, field in self.fields.items():
            typed = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            if name in several or (name in old and not field.has_changed(old[name], typed)):
                field.bound_data = lambda data, initial: initial

    def _of_several(self) -> list[str]:
        return [field.name for field in self.instance._meta.many_to_many if field.name in self.fields]

    def _not_kept(self) -> Iterator[str]:
        labels = [str(self.fields[name].label) for name in self._of_several()]
        if labels:
            names = get_text_list(labels, _("and"))
            yield _("%(fields)s: shown as it is now; choose again if you changed it.") % {"fields": names}

    @property
    def is_stale(self) -> bool:
        """Was it refused for this reason?"""
        return self.has_error(NON_FIELD_ERRORS, CODE)


def guard(form: type, request: HttpRequest, words: Words) -> type:
    """The same form, which looks whether the row is still the one that was shown."""
    return type(form.__name__, (MeanwhileForm, form), {"request": request, "words": staticmethod(words)})
