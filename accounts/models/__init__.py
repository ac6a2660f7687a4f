from .access import AccessLog
from .device import Channel, ChannelKey, Device
from .presence import Presence
from .user import Role, User

__all__ = ["AccessLog", "Channel", "ChannelKey", "Device", "Presence", "Role", "User"]
