"""What the reference reads; apart from the hospital, which can be built without the reference's tables."""

from benchmarks.models import Subject


def add_subjects(count: int = 10_000) -> list[str]:
    """What the reference reads; returns the public ids."""
    rows = [Subject(name=f"Subject {n}", code=f"{n:08d}") for n in range(count)]
    return [str(row.uuid) for row in Subject.objects.bulk_create(rows, batch_size=1_000)]
