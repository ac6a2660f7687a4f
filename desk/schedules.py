"""What the worker does for the desk by the clock."""

SCHEDULES = [{"name": "paper lists", "func": "desk.tasks.write_paper_lists", "cron": "0 * * * *"}]
