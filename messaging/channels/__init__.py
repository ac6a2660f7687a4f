"""The carriers, by name. Each is one folder."""

from messaging.channels.base import Transport
from messaging.channels.outbox.transport import OutboxTransport

TRANSPORTS: dict[str, type[Transport]] = {transport.kind: transport for transport in (OutboxTransport,)}
