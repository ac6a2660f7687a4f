"""The pages of patients."""

from patients.admin import imports, merges, patient, tags  # noqa: F401 - registers them
