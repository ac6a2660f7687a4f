"""How the staff face looks: the colours of docs, screens and charts, as Unfold wants them."""

from django.templatetags.static import static

from common import shown

_TEAL = {
    "50": "oklch(98.4% .014 180.72)",
    "100": "oklch(95.3% .051 180.801)",
    "200": "oklch(91% .096 180.426)",
    "300": "oklch(85.5% .138 181.071)",
    "400": "oklch(77.7% .152 181.912)",
    "500": "oklch(60% .118 184.704)",  # #0d9488
    "600": "oklch(51.1% .096 186.391)",  # #0f766e: white text on it, and it on white, reach 4.5:1
    "700": "oklch(43.7% .078 188.216)",
    "800": "oklch(38.6% .063 188.416)",
    "900": "oklch(32% .055 190)",
    "950": "oklch(27.7% .046 192.524)",
}
_SLATE = {
    "50": "oklch(98.4% .003 247.858)",
    "100": "oklch(96.8% .007 247.896)",
    "200": "oklch(92.9% .013 255.508)",
    "300": "oklch(86.9% .022 252.894)",
    "400": "oklch(70.4% .04 256.788)",
    "500": "oklch(55.4% .046 257.417)",
    "600": "oklch(44.6% .043 257.281)",
    "700": "oklch(37.2% .044 257.287)",
    "800": "oklch(27.9% .041 260.031)",
    "900": "oklch(20.8% .042 265.755)",
    "950": "oklch(12.9% .042 264.695)",
}
COLORS = {"primary": _TEAL, "base": _SLATE}


def hospital_name(request) -> str:
    """The hospital's name in the language of the page."""
    return shown.hospital()


def stylesheet(request) -> str:
    """The address of the one own stylesheet."""
    return static("crm.css")


def script(request) -> str:
    """The address of the script that makes Unfold reachable by keys."""
    return static("reach.js")


def choosing(request) -> str:
    """The address of the script for fields in which one types to choose."""
    return static("combobox.js")


def keys(request) -> str:
    """The address of the script for chords."""
    return static("chords.js")


def lock(request) -> str:
    """The address of the script that locks an idle desk."""
    return static("lock.js")


def icon(request) -> str:
    """The address of the browser tab's picture."""
    return static("crm.svg")
