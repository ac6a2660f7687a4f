"""Record numbers: `P` and nine digits, drawn at random, the last one a check digit against slips of the tongue."""

import secrets

from stdnum import damm

from patients.models import Patient

_SPAN = 10**8


def draw() -> str:
    """A number that may be taken, unlikely as that is."""
    body = f"{secrets.randbelow(_SPAN):08d}"
    return f"P{body}{damm.calc_check_digit(body)}"


def fresh(count: int = 1) -> list[str]:
    """`count` numbers that nobody has. No counter is shared, so registrations do not wait for each other."""
    numbers: set[str] = set()
    while len(numbers) < count:
        drawn = {draw() for _ in range(count - len(numbers))}
        taken = Patient.objects.filter(record_number__in=drawn).values_list("record_number", flat=True)
        numbers |= drawn - set(taken)
    return list(numbers)
