"""When the worker does it (`crm.schedules` collects this)."""

SCHEDULES = [
    {"name": "sessions for the horizon", "func": "scheduling.jobs.nightly", "cron": "30 1 * * *"},
    {"name": "ended holds and offers", "func": "scheduling.jobs.every_minute", "minutes": 1},
]
