from messaging.models.channel import Medium, MessageChannel
from messaging.models.code_message import CodeMessage
from messaging.models.delivery import (
    MESSAGE_TONE,
    ON_THE_WAY,
    TONE,
    Delivery,
    DeliveryState,
    Message,
    MessageState,
    Reason,
)
from messaging.models.inbound import INBOUND_TONE, InboundMessage, InboundState, ProviderEvent
from messaging.models.opt_out import OptOut
from messaging.models.rule import Priority, SendingRule
from messaging.models.template import MessageTemplate

__all__ = [
    "INBOUND_TONE",
    "MESSAGE_TONE",
    "ON_THE_WAY",
    "TONE",
    "CodeMessage",
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
