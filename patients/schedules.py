"""What the worker does for patients by the clock."""

SCHEDULES = [{"name": "queued imports", "func": "patients.tasks.execute_imports", "minutes": 1}]
