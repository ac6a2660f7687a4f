from .practitioner import Practitioner, PractitionerRole
from .scope import Scope
from .service import Grade, HealthcareService
from .site import Department, Location, Site

__all__ = [
    "Department",
    "Grade",
    "HealthcareService",
    "Location",
    "Practitioner",
    "PractitionerRole",
    "Scope",
    "Site",
]
