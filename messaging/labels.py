"""How kinds of message and answers are called, for rows that keep only the code of theirs."""

from typing import Any

from django.utils.translation import gettext_lazy as _

_labels: dict[str, Any] = {}
# What every kind of message understands: see `messaging.services.receiving`
_answers: dict[str, Any] = {
    "stop": _("no more messages"),
    "start": _("messages again"),
    "wrong_number": _("wrong number"),
}


def name(code: str, label: Any) -> None:
    """From now on the kind is called so."""
    _labels[code] = label


def label_of(code: str) -> str:
    """What people call the kind; its code without underscores when no installed app knows it any more."""
    return str(_labels.get(code) or code.replace("_", " "))


def name_answer(code: str, label: Any) -> None:
    """From now on what became of an answer is called so."""
    _answers[code] = label


def answer_words(said: str) -> str:
    """What became of an answer, in the reader's language; a note that a person wrote as it is."""
    return str(_answers.get(said, said))
