"""What each role may do with messages. Why so: docs/glossary.md, "Roles"."""

_READ = ["messaging.view_messagetemplate"]
_WRITE = [*_READ, "messaging.change_messagetemplate"]

GRANTS = {
    "supervisor": _WRITE,
    "campaign_editor": _WRITE,
    "auditor": _READ,
    "administrator": _WRITE,
}
