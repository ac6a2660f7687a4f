"""What each role may do with sites, departments, rooms, practitioners and services."""

_READ = [
    "directory.view_site",
    "directory.view_department",
    "directory.view_location",
    "directory.view_practitioner",
    "directory.view_practitionerrole",
    "directory.view_healthcareservice",
]

GRANTS = {
    "front_desk": _READ,
    "agent": _READ,
    "supervisor": [
        *_READ,
        "directory.view_scope",
        "directory.change_location",
        "directory.add_location",
        "directory.change_practitioner",
        "directory.add_practitionerrole",
        "directory.change_practitionerrole",
    ],
    "clinician": _READ,
    "campaign_editor": _READ,
    "knowledge_editor": _READ,
    "auditor": [*_READ, "directory.view_scope"],
    "administrator": [
        *_READ,
        "directory.add_site",
        "directory.change_site",
        "directory.add_department",
        "directory.change_department",
        "directory.add_location",
        "directory.change_location",
        "directory.add_practitioner",
        "directory.change_practitioner",
        "directory.add_practitionerrole",
        "directory.change_practitionerrole",
        "directory.add_healthcareservice",
        "directory.change_healthcareservice",
        "directory.view_scope",
        "directory.add_scope",
        "directory.change_scope",
        "directory.delete_scope",
    ],
}
