"""Staff, roles, channel devices with their keys, and the access log."""

from . import access, devices, keys, roles, staff

__all__ = ["access", "devices", "keys", "roles", "staff"]
