"""When the worker does it (`crm.schedules` collects this)."""

SCHEDULES = [
    {"name": "sessions for the horizon", "func": "scheduling.jobs.nightly", "cron": "30 1 * * *"},
    {"name": "risks of absence", "func": "scheduling.risk.nightly.run", "cron": "0 2 * * *"},
    {"name": "learning of absences", "func": "scheduling.risk.weekly.run", "cron": "30 2 * * 0"},
    {"name": "ended holds and offers", "func": "scheduling.jobs.every_minute", "minutes": 1},
]
