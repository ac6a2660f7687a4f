"""What each role may do with reminders. Why so: docs/glossary.md, "Roles"."""

_READ = ["reminders.view_ladder", "reminders.view_notice"]
_RATINGS = ["reminders.view_rating"]
_CAMPAIGNS = ["reminders.view_campaign"]
_WRITE = [
    *_READ, *_CAMPAIGNS, "reminders.change_ladder", "reminders.change_notice", "reminders.change_campaign",
]  # fmt: skip
_START = ["reminders.put_in_use_ladder", "reminders.start_campaign"]

GRANTS = {
    "supervisor": [*_WRITE, *_RATINGS, *_START],
    "campaign_editor": _WRITE,
    "administrator": [*_WRITE, *_RATINGS, *_START],
    "auditor": [*_READ, *_RATINGS, *_CAMPAIGNS],
    "agent": _READ,
    "front_desk": _READ,
}
