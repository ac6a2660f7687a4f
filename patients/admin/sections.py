"""What floors above show on a patient's page: they name their inlines here, so that this floor need not know them."""

from common.admin import FactInline

_sections: list[type[FactInline]] = []


def add(section: type[FactInline]) -> None:
    """From now on it stands below what belongs to the patient. The same again is not added twice."""
    if section not in _sections:
        _sections.append(section)


def known() -> tuple[type[FactInline], ...]:
    """In the order in which they were named."""
    return tuple(_sections)
