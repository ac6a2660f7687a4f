"""Every address of the program."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from crm import views

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("screen/", include("desk.screen_urls")),
    path("kiosk/", include("desk.kiosk_urls")),
    path("api/v1/", include("api.urls")),
    path("hooks/", include("messaging.urls")),
    path("portal/", include("portal.urls")),
    path("a/", include("portal.link_urls")),
    path("stop/", include("portal.stop_urls")),
]
handler400 = "crm.views.bad_request"
handler403 = "crm.views.forbidden"
handler404 = "crm.views.not_found"
handler500 = "crm.views.server_error"
