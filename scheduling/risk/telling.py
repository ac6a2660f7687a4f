"""What a model's card and its checks say, in sentences. Needs no numpy: pages show this."""

from django.utils.translation import gettext

from scheduling.models import RiskCheck

DRIFTED = 0.03  # expected and happened absences further apart than this
BARELY = 0.55  # AUC below which the order of a call list is hardly better than chance


def lift(row: dict) -> str:
    """What a call list of that length is worth; `row` as measures.lifts makes it."""
    said = gettext(
        "Of 100 people on a list of the riskiest %(percent)s %%, about %(found)s would not have come; "
        "the list finds %(recall)s of 100 absences."
    )
    found, recall = round(100 * row["precision"]), round(100 * row["recall"])
    return said % {"percent": row["percent"], "found": found, "recall": recall}


def check(row: RiskCheck) -> str:
    """A night's look back in a sentence or two."""
    if row.happened is None:
        return gettext("No visit since those that the model learnt from has an outcome yet.")
    if abs(row.happened - row.predicted) > DRIFTED:
        text = gettext(
            "Of %(seen)s visits %(happened)s were missed where %(predicted)s were expected: "
            "the risks had drifted, and their level was moved."
        )
    else:
        text = gettext("Of %(seen)s visits %(happened)s were missed, %(predicted)s were expected: the risks hold.")
    said = text % {"seen": row.seen, "happened": _percent(row.happened), "predicted": _percent(row.predicted)}
    if row.auc is not None and row.auc < BARELY:
        order = gettext("Their order is hardly better than chance: do not rely on it.")
        return f"{said} {order}"
    return said


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
