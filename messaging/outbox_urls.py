"""Addresses of the outbox, below the staff admin."""

from django.urls import path

from messaging import outbox_views

app_name = "outbox"
urlpatterns = [
    path("", outbox_views.page, name="page"),
    path("fresh/", outbox_views.fresh, name="fresh"),
    path("answer/", outbox_views.answer, name="answer"),
]
