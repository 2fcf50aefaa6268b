"""schedule.xlsx: the schedule as a workbook in the letter's language. Each cell is text, none a formula or a link."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from chaintrace.freeze.amounts import figures, range_of
from chaintrace.freeze.blocks import BLANK
from chaintrace.freeze.extras import needs
from chaintrace.freeze.given import given
from chaintrace.freeze.request import KINDS, Request
from chaintrace.freeze.retold import rule_in
from chaintrace.freeze.schedule import schedule
from chaintrace.i18n import Say, message, speaker
from chaintrace.model.amounts import unit
from chaintrace.report.csv_files import cell_text
from chaintrace.report.interface import Cell
from chaintrace.report.markup import visible

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MADE = datetime(2000, 1, 1)  # noqa: DTZ001  # a workbook's dates have no zone; the same in every file, so bytes are equal
"""The date that every workbook bears: when it was made is no fact of the case."""

HEADINGS = {
    "no": message("No."),
    "kind": message("Kind of row"),
    "origin": message("Payment"),
    "chain": message("Chain"),
    "address": message("Address"),
    "memo": message("Memo"),
    "service_address": message("Swept to"),
    "attributed_to": message("Attributed to"),
    "attributed_by": message("Attributed by"),
    "confidence": message("Confidence of 100"),
    "shape": message("Shape"),
    "txid": message("Txid"),
    "index": message("Index"),
    "time": message("Time (UTC)"),
    "time_recipient": message("Time, recipient's zone"),
    "time_case": message("Time, case's zone"),
    "asset": message("Asset"),
    "contract": message("Token contract"),
    "decimals": message("Decimals"),
    "gross_value": message("Whole, base units"),
    "gross_amount": message("Whole"),
    "traced_value": message("Traced, base units"),
    "traced_amount": message("Traced"),
    "share": message("Share"),
    "least_value": message("Least over methods, base units"),
    "most_value": message("Most over methods, base units"),
    "asked_value": message("Asked for, base units"),
    "asked_amount": message("Asked for"),
    "reason": message("Reason for the amount"),
    "balance_value": message("Balance, base units"),
    "as_of": message("As of"),
    "issuer_state": message("State at the token's contract"),
    "issuer_state_height": message("Height of that state"),
}
"""The headings of the schedule's columns."""

WORDED = frozenset({"kind", "shape"})
"""Columns whose words are said in the reader's language; schedule.csv has them as the code does."""

WORDS = (
    message("credit"),
    message("resting"),
    message("deposit"),
    message("service wallet"),
    message("private"),
    message("exchange-shaped"),
    message("unknown"),
)
"""Those words, where the catalogue finds them."""

WIDE = {"address": 38, "service_address": 38, "txid": 68, "contract": 44, "attributed_by": 30, "reason": 30, "no": 5}
"""Widths of columns, in characters; the others are as wide as their contents, up to 24."""

MOST_WIDTH = 24
LAST_TEXT = 7
"""The last column of the first sheet that holds no amount."""
LONGEST = 32_767
"""The most characters of a cell that Excel reads; a longer one would be left out. schedule.csv has it whole."""

A4 = 9
"""The paper's number in the file format (ECMA-376, pageSetup)."""


def write_xlsx(request: Request, path: Path) -> None:
    """Write the workbook. Raises InputError where the extra is not installed, OSError as the system gives it."""
    with needs("xlsxwriter"):
        from xlsxwriter import Workbook
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    say = speaker(request.language)
    with Workbook(str(path), safe) as book:
        book.set_properties({"title": say(KINDS[request.kind]), "created": MADE})
        _summary(book, request, say)
        _transfers(book, request, say)


def _formats(book: "Workbook") -> tuple["Format", "Format", "Format", "Format"]:
    font = {"font_name": "Arial", "font_size": 10, "valign": "top"}
    top = {**font, "bold": True, "bg_color": "#e3e8ee", "text_wrap": True, "bottom": 1}
    head = book.add_format(top)
    text = {**font, "num_format": "@", "valign": "vcenter"}
    plain, number = book.add_format(text), book.add_format({**text, "align": "right"})
    right = book.add_format({**top, "align": "right"})
    return head, plain, number, right


def _summary(book: "Workbook", request: Request, say: Say) -> None:
    """The first sheet: what the letter says of each address, and what it asks for in all."""
    head, plain, number, right = _formats(book)
    sheet = book.add_worksheet(say("Addresses"))
    lines = (
        (say("Recipient"), request.called or BLANK),
        (say("Case number"), given(request, "case_number", say)),
        (say("What is asked"), say(KINDS[request.kind])),
        ("SHA-256 (trace.json)", request.evidence.sha256),
    )
    for row, (name, text) in enumerate(lines):
        sheet.write_string(row, 0, name, head)
        sheet.merge_range(row, 1, row, 6, _safe(text), plain)
    names = ("no", "origin", "chain", "address", "memo", "attributed_to", "asset", "contract", "traced_amount")
    heads = [*(say(HEADINGS[name]) for name in names), say("Least–most"), say("Asked for")]
    top = len(lines) + 1
    for column, text in enumerate(heads):
        sheet.write_string(top, column, text, right if column > LAST_TEXT else head)
    for row, place in enumerate(request.places, top + 1):
        asked = figures(place.asked, place.asset) if request.names_amount else ""
        cells = (
            *(str(place.number), place.origin, place.chain, place.address, place.memo, place.called),
            *(unit(place.asset), place.asset.contract),
            *(figures(place.traced, place.asset), range_of(place).replace("\n", ""), asked),
        )
        for column, text in enumerate(cells):
            sheet.write_string(row, column, _safe(text), number if column > LAST_TEXT else plain)
    bottom = top + len(request.places) + 1
    for row, (asset, value) in enumerate(request.asked() if request.names_amount else (), bottom):
        sheet.write_string(row, 6, unit(asset), head)
        sheet.write_string(row, 9, say("Sum"), right)
        sheet.write_string(row, 10, figures(value, asset), right)
    for column, width in enumerate((12, 14, 10, 38, 12, 18, 12, 44, 18, 34, 18)):
        sheet.set_column(column, column, width)
    _on_paper(sheet, 1)


def _transfers(book: "Workbook", request: Request, say: Say) -> None:
    """The second sheet: schedule.csv with headings for people."""
    head, plain, number, right = _formats(book)
    sheet = book.add_worksheet(say("Transfers"))
    table = schedule(request)
    for column, name in enumerate(table.columns):
        numeric = name.endswith(("_value", "_amount")) or name == "share"
        sheet.write_string(0, column, say(HEADINGS[name]), right if numeric else head)
        cells = [_safe(_said(name, row[column], say)) for row in table.rows]
        flush = number if numeric else plain
        for at, text in enumerate(cells, 1):
            sheet.write_string(at, column, text, flush)
        longest = max((len(text) for text in cells), default=0)
        sheet.set_column(column, column, WIDE.get(name, max(10, min(MOST_WIDTH, longest + 2))))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(table.rows)), len(table.columns) - 1)
    _on_paper(sheet, 4)


def _said(name: str, cell: Cell, say: Say) -> Cell:
    """A cell in the reader's language, where it holds words of ours."""
    if name == "issuer_state" and cell:
        return "; ".join(say(one) for one in str(cell).split(";"))
    return say(str(cell)) if name in WORDED else rule_in(str(cell), say) or cell if name == "attributed_by" else cell


def _safe(cell: Cell) -> str:
    """A cell's text: what looks like a formula is none, hidden signs are shown, and what is too long is cut."""
    text = visible(cell_text(cell))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _on_paper(sheet: "Worksheet", pages: int) -> None:
    """How a sheet is printed: A4 across, so many pages wide."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(pages, 0)
