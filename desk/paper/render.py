"""Sheets as one page of HTML that needs nothing else, and as PDF; both open from a disk, without a network."""

import datetime as dt
import unicodedata
from io import BytesIO
from xml.sax.saxutils import escape

from django.template.loader import render_to_string
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Table, TableStyle

from common import shown
from desk.paper.sheets import SPARE, Sheet

FONT = "STSong-Light"  # every PDF viewer knows it by name, so no font has to be installed or put into the file
WIDTHS = [width * mm for width in (12, 9, 22, 33, 38, 25, 18, 15, 22)]
TEXT = ParagraphStyle("text", fontName=FONT, fontSize=9, leading=11, wordWrap="CJK")
HEAD = ParagraphStyle("head", parent=TEXT, fontSize=13, leading=17)
LOOKS = TableStyle(
    [
        ("GRID", (0, 0), (-1, -1), 0.4, colors.grey),
        ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ]
)


def columns() -> list[str]:
    """Heads of the table; the last two are for handwriting."""
    return [
        _("Time"), pgettext("place", "No."), _("Reference"), _("Name"), _("Sex and birth date"), _("Phone"),
        _("Status"), _("Arrived"), _("From – until"),
    ]  # fmt: skip


def title(sheet: Sheet) -> str:
    """Day, practitioner, department and rooms."""
    where = [str(sheet.department), *sheet.rooms, str(sheet.department.site)]
    return f"{shown.day(sheet.day)} · {sheet.practitioner} · {' · '.join(where)}"


def html(sheets: list[Sheet], at: dt.datetime) -> str:
    """A whole page, a sheet of paper or more for each."""
    context = {
        "sheets": [(title(sheet), sheet.rows) for sheet in sheets],
        "columns": columns(),
        "spare": range(SPARE),
        "said": made(at),
        "hospital": shown.hospital(),
        "language": get_language(),
    }
    return render_to_string("desk/paper.html", context)


def made(at: dt.datetime) -> str:
    """How old the list is, and what is to be done with it later."""
    text = _("As of %(time)s. Write by hand what happens; enter it under “After an outage” when the system is back.")
    return text % {"time": shown.moment(at)}


def pdf(sheets: list[Sheet], at: dt.datetime) -> bytes:
    """The same on A4."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    target = BytesIO()
    document = SimpleDocTemplate(
        target, pagesize=A4, leftMargin=8 * mm, rightMargin=8 * mm, topMargin=10 * mm, bottomMargin=14 * mm,
        title=shown.hospital(), author=shown.hospital(),
    )  # fmt: skip
    said = made(at)
    story = [part for sheet in sheets for part in _parts(sheet)] or [_text(_("No sessions on this day."))]

    def foot(canvas: Canvas, page: SimpleDocTemplate) -> None:
        canvas.setFont(FONT, 8)
        canvas.drawString(8 * mm, 7 * mm, printable(f"{shown.hospital()} · {said}"))
        canvas.drawRightString(A4[0] - 8 * mm, 7 * mm, str(page.page))

    document.build(story, onFirstPage=foot, onLaterPages=foot)
    return target.getvalue()


def _parts(sheet: Sheet) -> list[Flowable]:
    lines = [
        (row.time, row.place, row.reference, row.name, row.born, row.phone, row.note, "", "") for row in sheet.rows
    ]
    lines += [("",) * len(WIDTHS)] * SPARE
    cells = [[_text(text) for text in line] for line in [columns(), *lines]]
    heights = [None] * len(cells[:-SPARE]) + [7 * mm] * SPARE
    table = Table(cells, colWidths=WIDTHS, rowHeights=heights, repeatRows=1, style=LOOKS, hAlign="LEFT")
    return [_text(title(sheet), HEAD), table, PageBreak()]


def _text(text: str, style: ParagraphStyle = TEXT) -> Paragraph:
    return Paragraph(escape(printable(text)), style)


def printable(text: str) -> str:
    """`text` in the characters of FONT: other letters lose their accents, rarer characters become 〓, as printers do.

    The HTML of the same list shows every character.
    """
    return "".join(map(_glyph, unicodedata.normalize("NFC", text)))


def _glyph(char: str) -> str:
    if char == "·":  # between the parts of a name; the font has it at another place
        return "・"
    if "\u3400" <= char <= "\u9fff" or _is_gbk(char):
        return char
    bare = "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
    return bare if bare.isascii() and bare else "〓"


def _is_gbk(char: str) -> bool:
    try:
        char.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True
