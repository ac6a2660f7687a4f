"""What the machine room remembers: signs of life."""

from datetime import datetime, timedelta

from django.db import models

STALE_AFTER = timedelta(seconds=180)


class Heartbeat(models.Model):
    """When a background process last showed that it really runs tasks. One row for each name."""

    name = models.CharField(max_length=40, unique=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    def age(self, *, at: datetime) -> timedelta:
        """How long ago the last sign of life was."""
        return at - self.beat_at
