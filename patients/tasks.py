"""What the worker does for patients."""

from patients.services.importing import runs


def execute_imports() -> int:
    """Take up the imports that wait; returns how many were executed."""
    return runs.execute_queued()
