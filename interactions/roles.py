"""What each role may do with tasks. Why so: docs/glossary.md, "Roles"."""

_READ = ["interactions.view_task"]
_WORK = [*_READ, "interactions.change_task"]

GRANTS = {
    "front_desk": _WORK,
    "agent": _WORK,
    "supervisor": _WORK,
    "clinician": _READ,
    "auditor": _READ,
    "administrator": _READ,
}
