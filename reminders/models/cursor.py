"""How far what happened has been read."""

from django.db import models


class Cursor(models.Model):
    """The moment up to which somebody has read, and from which on. One row for each reader."""

    name = models.CharField(max_length=40, unique=True)
    begun_at = models.DateTimeField()
    read_until = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
