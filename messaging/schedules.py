"""When the worker does it (`crm.schedules` collects this)."""

SCHEDULES = [
    {"name": "messages that are due", "func": "messaging.jobs.send", "minutes": 1},
    {"name": "codes to be told", "func": "messaging.jobs.send_codes", "minutes": 1},
    {"name": "answers that came in", "func": "messaging.jobs.answer", "minutes": 1},
    {"name": "old code messages", "func": "messaging.jobs.nightly", "cron": "45 3 * * *"},
]
