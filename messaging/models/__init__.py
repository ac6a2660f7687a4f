from messaging.models.channel import Medium, MessageChannel
from messaging.models.delivery import TONE, Delivery, DeliveryState, Message, MessageState, Reason
from messaging.models.inbound import InboundMessage, InboundState, ProviderEvent
from messaging.models.opt_out import OptOut
from messaging.models.rule import Priority, SendingRule
from messaging.models.template import MessageTemplate

__all__ = [
    "TONE",
    "Delivery",
    "DeliveryState",
    "InboundMessage",
    "InboundState",
    "Medium",
    "Message",
    "MessageChannel",
    "MessageState",
    "MessageTemplate",
    "OptOut",
    "Priority",
    "ProviderEvent",
    "Reason",
    "SendingRule",
]
