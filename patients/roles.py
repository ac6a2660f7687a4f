"""What each role may do with patients."""

_READ = [
    "patients.view_patient",
    "patients.view_contactpoint",
    "patients.view_identifier",
    "patients.view_relatedperson",
    "patients.view_consent",
    "patients.view_tag",
    "patients.view_patienttag",
    "patients.view_portalaccount",
]
_WRITE = [
    *_READ,
    "patients.add_patient",
    "patients.change_patient",
    "patients.add_contactpoint",
    "patients.change_contactpoint",
    "patients.add_identifier",
    "patients.change_identifier",
    "patients.add_relatedperson",
    "patients.change_relatedperson",
    "patients.add_consent",
    "patients.change_consent",
    "patients.add_patienttag",
    "patients.change_patienttag",
    "patients.verify_patient",
    "patients.change_portalaccount",
    "patients.reveal_patient",
]
_OVERSEE = ["patients.view_patientmerge", "patients.view_verificationattempt", "patients.view_importrun"]

GRANTS = {
    "front_desk": _WRITE,
    "agent": _WRITE,
    "supervisor": [*_WRITE, *_OVERSEE, "patients.merge_patient"],
    "clinician": _READ,
    "campaign_editor": ["patients.view_tag", "patients.add_tag", "patients.change_tag"],
    "auditor": [*_READ, *_OVERSEE],
    "administrator": [
        *_WRITE,
        *_OVERSEE,
        "patients.merge_patient",
        "patients.import_patient",
        "patients.export_patient",
        "patients.add_importrun",
        "patients.change_importrun",
        "patients.add_tag",
        "patients.change_tag",
    ],
}
