"""The visitor's own visits: looked at, moved, cancelled; the waiting list, the day itself, and missed visits."""

from django.urls import path

from portal.views import cancel, find, missed, move, today, visit, visits, waiting

VISIT = "visits/<uuid:visit>/"

urlpatterns = [
    path("visits/", visits.page, name="visits"),
    path("visits/past/", visits.past, name="past"),
    path("visits/missed/", missed.page, name="missed"),
    path(VISIT, visit.page, name="visit"),
    path(f"{VISIT}visit.ics", visit.calendar, name="calendar"),
    path(f"{VISIT}kept/", visit.kept, name="kept"),
    path(f"{VISIT}cancel/", cancel.page, name="cancel"),
    path(f"{VISIT}today/", today.page, name="today"),
    path(f"{VISIT}move/", move.days, {"act": "move"}, name="move"),
    path(f"{VISIT}move/<str:day>/", move.times_of_day, {"act": "move"}, name="move_day"),
    path(f"{VISIT}move/to/<uuid:slot>/", move.place, {"act": "move"}, name="move_to"),
    path(f"{VISIT}again/", move.days, {"act": "again"}, name="again_visit"),
    path(f"{VISIT}again/<str:day>/", move.times_of_day, {"act": "again"}, name="again_day"),
    path(f"{VISIT}again/to/<uuid:slot>/", move.place, {"act": "again"}, name="again_to"),
    path("find/", find.page, name="find"),
    path("waiting/", waiting.page, name="waiting"),
    path("waiting/<uuid:entry>/leave/", waiting.leave, name="leave"),
    path("waiting/offers/<uuid:offer>/", waiting.offer, name="offer"),
    path("restrictions/<uuid:restriction>/", missed.restriction, name="restriction"),
]
