"""Where the reader of a message says that no more shall come. `messaging.services.opting_out` makes the address."""

from django.urls import path

from portal.views import stop

app_name = "stop"
urlpatterns = [path("<str:secret>/", stop.page, name="page")]
