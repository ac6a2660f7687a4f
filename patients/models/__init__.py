from patients.models.consent import Consent, GivenBy, Purpose
from patients.models.contact_point import ContactPoint, ContactSystem, ContactUse
from patients.models.identifier import Identifier, IdentifierSystem
from patients.models.import_run import IMPORT_TONE, ImportKind, ImportRun, ImportState
from patients.models.merge import MergedRow, PatientMerge
from patients.models.name_token import NameToken, TokenKind
from patients.models.patient import Language, Patient, Sex
from patients.models.portal_account import PortalAccount, Way
from patients.models.related_person import Proof, RelatedPerson, Relation
from patients.models.tag import PatientTag, Tag, Tone
from patients.models.verification import VerificationAttempt

__all__ = [
    "IMPORT_TONE",
    "Consent",
    "ContactPoint",
    "ContactSystem",
    "ContactUse",
    "GivenBy",
    "Identifier",
    "IdentifierSystem",
    "ImportKind",
    "ImportRun",
    "ImportState",
    "Language",
    "MergedRow",
    "NameToken",
    "Patient",
    "PatientMerge",
    "PatientTag",
    "PortalAccount",
    "Proof",
    "Purpose",
    "RelatedPerson",
    "Relation",
    "Sex",
    "Tag",
    "TokenKind",
    "Tone",
    "VerificationAttempt",
    "Way",
]
