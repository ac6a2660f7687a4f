"""Previews of frightening acts: what was shown is what is done, or it is shown again."""

import hashlib
from typing import Any


def print_of(plan: Any) -> str:
    """A short print of what a preview showed, which travels with the form."""
    return hashlib.sha256(repr(plan.fingerprint).encode()).hexdigest()[:16]
