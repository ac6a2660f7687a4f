"""Where carriers tell what became of messages, and hand in answers. The channel's id is in the address; each request
is proved by the carrier's signature."""

from django.urls import path

from messaging import views

app_name = "messaging"
urlpatterns = [
    path("<uuid:channel>/", views.hook, name="hook"),
    path("<uuid:channel>/<uuid:ref>/", views.hook, name="receipt"),
]
