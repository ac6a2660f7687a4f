"""The program's addresses, and the reference under /api/ as well, so that it passes the same middleware."""

from django.urls import include, path

from benchmarks import views
from crm.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("api/reference/write/", views.Write.as_view()),
    path("api/reference/read/", views.Read.as_view()),
    path("reference/page/", views.page),
    path("", include("crm.urls")),
]
