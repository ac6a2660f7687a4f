"""What each role may do with arrivals and the queue. Why so: docs/glossary.md, "Roles"."""

_READ = ["visits.view_queueentry", "visits.view_encounter", "visits.view_call"]
_RECEIVE = ["visits.add_queueentry", "visits.change_queueentry"]
_CALL = ["visits.call_queueentry"]
_SCREENS = ["visits.view_callscreen", "visits.add_callscreen", "visits.change_callscreen"]

GRANTS = {
    "front_desk": [*_READ, *_RECEIVE, *_CALL],
    "agent": ["visits.view_queueentry"],
    "supervisor": [*_READ, *_RECEIVE, *_CALL, *_SCREENS],
    "clinician": [*_READ, *_CALL, "visits.add_encounter", "visits.change_encounter"],
    "auditor": _READ,
    "administrator": [*_READ, *_SCREENS],
}
