"""The schema, and a page to read and try it. Both are open: they tell what the program can do, no hospital's facts."""

from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_page
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny

HOUR = 3600
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@method_decorator(cache_page(HOUR), name="dispatch")  # making it takes a tenth of a second, and anybody may ask
class Schema(SpectacularAPIView):
    """OpenAPI 3.1."""

    authentication_classes = []
    permission_classes = [AllowAny]


class Docs(SpectacularSwaggerSplitView):
    """Swagger UI from our own files, under a policy that runs no inline script."""

    authentication_classes = []
    permission_classes = [AllowAny]

    def finalize_response(self, request, response, *args, **kwargs):
        """The policy of this page; the middleware leaves addresses under /api/ alone."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Content-Security-Policy"] = POLICY
        return response
