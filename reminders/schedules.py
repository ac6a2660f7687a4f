"""When the worker does it (`crm.schedules` collects this)."""

SCHEDULES = [
    {"name": "notices and offers", "func": "reminders.jobs.every_minute", "minutes": 1},
    {"name": "hours at which people answer", "func": "reminders.jobs.nightly", "cron": "10 3 * * *"},
    {"name": "reminders of the next day", "func": "reminders.jobs.plan", "minutes": 10},
]
