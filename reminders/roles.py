"""What each role may do with reminders. Why so: docs/glossary.md, "Roles"."""

_READ = ["reminders.view_ladder", "reminders.view_notice"]
_RATINGS = ["reminders.view_rating"]
_WRITE = [*_READ, "reminders.change_ladder", "reminders.change_notice"]

GRANTS = {
    "supervisor": [*_WRITE, *_RATINGS, "reminders.put_in_use_ladder"],
    "campaign_editor": _WRITE,
    "administrator": [*_WRITE, *_RATINGS, "reminders.put_in_use_ladder"],
    "auditor": [*_READ, *_RATINGS],
    "agent": _READ,
    "front_desk": _READ,
}
