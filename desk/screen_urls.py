"""Addresses of waiting-room displays: nobody signs in there, the address itself is the key."""

from django.urls import path

from desk.views import screen

app_name = "screen"
urlpatterns = [
    path("<uuid:screen>/", screen.page, name="page"),
    path("<uuid:screen>/calls/", screen.calls, name="calls"),
]
