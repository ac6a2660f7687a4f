"""When the worker does it (`crm.schedules` collects this)."""

SCHEDULES = [{"name": "old one-time codes", "func": "accounts.jobs.nightly", "cron": "40 3 * * *"}]
