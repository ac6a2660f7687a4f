"""What every template may say about the hospital."""

from django.conf import settings
from django.http import HttpRequest

from crm import theme


def hospital(request: HttpRequest) -> dict:
    """The hospital's name in the page's language, and the version of the program."""
    return {"hospital_name": theme.hospital_name(request), "version": settings.VERSION}
