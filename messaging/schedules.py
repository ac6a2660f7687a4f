"""When the worker does it (`crm.schedules` collects this)."""

SCHEDULES = [
    {"name": "messages that are due", "func": "messaging.jobs.send", "minutes": 1},
    {"name": "answers that came in", "func": "messaging.jobs.answer", "minutes": 1},
]
