"""What each role may do with messages. Why so: docs/glossary.md, "Roles"."""

_WORDS = ["messaging.view_messagetemplate", "messaging.change_messagetemplate"]
_SEE = ["messaging.view_delivery", "messaging.view_inboundmessage", "messaging.view_optout"]
_READ = [*_SEE, "messaging.read_message"]
_TALK = [*_READ, "messaging.change_inboundmessage", "messaging.add_optout"]
_CHANNELS = ["messaging.view_messagechannel", "messaging.view_sendingrule"]

GRANTS = {
    "front_desk": _TALK,
    "agent": _TALK,
    "supervisor": [
        *_TALK,
        *_WORDS,
        *_CHANNELS,
        "messaging.change_sendingrule",
        "messaging.change_delivery",
        "messaging.change_optout",
        "messaging.answer_as_patient",
    ],
    "campaign_editor": _WORDS,
    "auditor": [*_READ, *_CHANNELS, "messaging.view_messagetemplate"],
    "administrator": [
        *_SEE,
        *_WORDS,
        *_CHANNELS,
        "messaging.change_messagechannel",
        "messaging.change_sendingrule",
        "messaging.answer_as_patient",
    ],
}
