"""What a key may do: one right per method of a view."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from api.refusals import KeyMissing, RightMissing


class HasRight(BasePermission):
    """The view's `rights` name the `ChannelKey` field that each method needs; what is not named is refused."""

    def has_permission(self, request: Request, view) -> bool:
        """Raises KeyMissing, RightMissing."""
        if request.auth is None:
            raise KeyMissing
        method = "GET" if request.method == "HEAD" else request.method
        right = view.rights.get(method)
        if right is None and method not in view.allowed_methods:
            return True  # there is nothing to allow: the answer will be 405
        if right is None or not getattr(request.auth, right):
            raise RightMissing
        return True
