"""What the reference reads and writes: as little as a web program can."""

import uuid

from django.db import models
from django.utils import timezone


class Subject(models.Model):
    """Something that is looked up."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    name = models.CharField(max_length=120)
    code = models.CharField(max_length=40)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    """Something that is written down about it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="entries")
    text = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.text
