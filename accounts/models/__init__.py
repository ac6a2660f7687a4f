from .access import AccessLog
from .device import Channel, ChannelKey, Device
from .user import Role, User

__all__ = ["AccessLog", "Channel", "ChannelKey", "Device", "Role", "User"]
