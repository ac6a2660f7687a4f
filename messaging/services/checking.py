"""Words looked at among what they stand among: other words, prices, carriers."""

from messaging import lint
from messaging.channels import TRANSPORTS
from messaging.lint import Around, Draft, Finding
from messaging.models import Medium, MessageChannel, MessageTemplate


def findings(draft: Draft) -> list[Finding]:
    """What is wrong or doubtful about the draft, errors first."""
    return lint.findings(draft, around(draft))


def around(draft: Draft) -> Around:
    """The other words in use of this kind, and what the carriers ask."""
    live = MessageTemplate.objects.live().filter(kind=draft.kind.code).values_list("language", "medium")
    channels = {channel.medium: channel for channel in MessageChannel.objects.all()}
    sms = channels.get(Medium.SMS) or MessageChannel(medium=Medium.SMS)
    return Around(
        own=frozenset(live) - {(draft.language, draft.medium)},
        price=sms.price_amount,
        currency=sms.price_currency,
        approved=frozenset(medium for medium, channel in channels.items() if _needs_approval(channel)),
    )


def _needs_approval(channel: MessageChannel) -> bool:
    transport = TRANSPORTS.get(channel.kind)
    return bool(transport and transport.needs_template)
