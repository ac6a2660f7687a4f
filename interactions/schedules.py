"""When the worker does it (`crm.schedules` collects this)."""

SCHEDULES = [
    {"name": "abandoned and expired tasks", "func": "interactions.jobs.every_five_minutes", "minutes": 5},
]
