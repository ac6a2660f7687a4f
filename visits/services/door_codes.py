"""The code of a booking that a patient carries (QR): its reference and a seal that cannot be guessed.

A reference alone is short enough to be read out on the phone, so it proves nothing; the code stands for the paper or
the message that the hospital gave to the patient. It holds no personal data, and stays the same when a booking moves.
"""

import segno
from django.core.signing import BadSignature, Signer

from common.references import clean_reference
from scheduling.models import Appointment

_signer = Signer(salt="visits.door_code")


def code_of(booking: Appointment) -> str:
    """What the QR of `booking` says."""
    return _signer.sign(booking.reference)


def picture_of(booking: Appointment) -> str:
    """The code as an address that holds the picture itself."""
    return segno.make(code_of(booking), error="m").svg_data_uri(scale=4, border=2)


def is_code(text: str) -> bool:
    """Does `text` look like a code, be it genuine or not?"""
    return _signer.sep in text


def proven_reference(text: str) -> str:
    """The reference of a genuine code; empty for anything else."""
    try:
        return _signer.unsign(text.strip())
    except BadSignature:
        return ""


def reference_in(text: str) -> str:
    """The reference that somebody at the counter typed, or that their reader read from a code."""
    return clean_reference(text.split(_signer.sep)[0])
