"""Abstract models shared by every app; no tables."""

import uuid

from django.contrib.admin import display
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _


class PublicId(models.Model):
    """A row that is named outside by a UUID, never by its number."""

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


class Named(models.Model):
    """A thing of the hospital's catalogue, with a name in Chinese, in English or in both."""

    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)

    class Meta:
        abstract = True
        constraints = [models.CheckConstraint(condition=~Q(name_zh="", name_en=""), name="%(class)s_has_a_name")]

    def __str__(self) -> str:
        return self.name

    @property
    @display(description=pgettext_lazy("thing", "name"))
    def name(self) -> str:
        """The name in the reader's language, else the one there is."""
        first, second = self.name_zh, self.name_en
        if not (get_language() or "").startswith("zh"):
            first, second = second, first
        return first or second
