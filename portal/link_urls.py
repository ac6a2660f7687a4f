"""The page behind the link in a message. The address itself opens it, so it is written into no log."""

from django.urls import path

from portal.views import link

app_name = "link"
urlpatterns = [
    path("<str:secret>/", link.page, name="page"),
    path("<str:secret>/sure/<slug:code>/", link.sure, name="sure"),
    path("<str:secret>/times/", link.times, name="times"),
    path("<str:secret>/times/<uuid:slot>/", link.time, name="time"),
    path("<str:secret>/visit.ics", link.calendar, name="calendar"),
]
