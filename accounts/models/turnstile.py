from django.db import models


class Turnstile(models.Model):
    """A door through which only so many people a second may go: when the next one may.

    Not a count of who waits: whoever is told a moment goes in from then on, whether or not those before them came.
    """

    name = models.CharField(max_length=40, unique=True)
    next_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
