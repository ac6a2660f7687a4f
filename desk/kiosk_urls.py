"""Addresses of the machines at the entrance: nobody signs in there, the address itself names the machine."""

from django.conf import settings
from django.urls import path, register_converter
from django.urls.converters import StringConverter

from desk.views import kiosk


class LanguageConverter(StringConverter):
    """A language that the site speaks."""

    regex = "|".join(code for code, _name in settings.LANGUAGES)


register_converter(LanguageConverter, "language")

app_name = "kiosk"
urlpatterns = [
    path("<uuid:kiosk>/", kiosk.start, name="page"),
    path("<uuid:kiosk>/<language:language>/", kiosk.start, name="start"),
    path("<uuid:kiosk>/<language:language>/arrive/", kiosk.arrive, name="arrive"),
    path("<uuid:kiosk>/<language:language>/<slug:how>/", kiosk.prove, name="prove"),
]
