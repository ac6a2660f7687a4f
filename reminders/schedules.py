"""When the worker does it (`crm.schedules` collects this)."""

SCHEDULES = [
    {"name": "notices of what happened", "func": "reminders.jobs.tell", "minutes": 1},
    {"name": "offers of free places", "func": "reminders.jobs.offer", "minutes": 1},
    {"name": "tasks for what no message could do", "func": "reminders.jobs.follow", "minutes": 1},
    {"name": "people of campaigns", "func": "reminders.jobs.campaign", "minutes": 1},
    {"name": "hours at which people answer", "func": "reminders.jobs.nightly", "cron": "10 3 * * *"},
    {"name": "reminders of the next day", "func": "reminders.jobs.plan", "minutes": 10},
]
