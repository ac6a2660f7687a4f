from .access import AccessLog
from .device import Channel, ChannelKey, Device
from .one_time_code import OneTimeCode
from .presence import Presence
from .turnstile import Turnstile
from .user import Role, User

__all__ = ["AccessLog", "Channel", "ChannelKey", "Device", "OneTimeCode", "Presence", "Role", "Turnstile", "User"]
