"""request.docx: the letter as a document that can still be filled in, the same bytes from the same letter."""

import io
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

from chaintrace.freeze.blocks import Block, Break, Fields, Grid, Heading, Letter, Paragraph, Points, Title
from chaintrace.freeze.extras import needs
from chaintrace.report.markup import visible

MADE = datetime(2000, 1, 1)  # noqa: DTZ001  # a document's dates have no zone; the same in every file, so bytes are equal
ZIPPED = (1980, 1, 1, 0, 0, 0)
"""The date of every part of the file: the earliest that a zip can say."""

LATIN, CHINESE, CODE = "Arial", "SimSun", "Courier New"
"""Fonts by name: documents carry none, and readers put their own in the place of one that is absent."""

INK = "16202A"
EMU_PER_MM = 36_000


def write_docx(letter: Letter, path: Path) -> None:
    """Write the letter. Raises InputError without the extra, OSError as the system gives it."""
    with needs("python-docx"):
        from docx import Document
    document = Document()
    _set_up(document, letter)
    for block in letter.blocks:
        _add(document, block)
    document.core_properties.title = letter.title()
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.core_properties.created = document.core_properties.modified = MADE
    made = io.BytesIO()
    document.save(made)
    path.write_bytes(undated(made.getvalue()))


def undated(content: bytes) -> bytes:
    """The same zip with its parts in the same order and every date the same."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = zipfile.ZipInfo(name, ZIPPED)
            part.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(part, source.read(name))
    return out.getvalue()


def _set_up(document: Any, letter: Letter) -> None:  # noqa: ANN401  # python-docx says nothing of types
    """Page, fonts and the line at the foot."""
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(19)
    section.top_margin = section.bottom_margin = Mm(20)
    for name, size in (("Normal", 10), ("Title", 16), ("Heading 2", 11), ("List Bullet", 10)):
        style = document.styles[name]
        style.font.name, style.font.size = LATIN, Pt(size)
        style.font.color.rgb = RGBColor.from_string(INK)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)
        for script in ("w:ascii", "w:hAnsi"):
            fonts.set(qn(script), LATIN)
        fonts.set(qn("w:eastAsia"), CHINESE)
    document.styles["Normal"].paragraph_format.space_after = Pt(5)
    foot = section.footer.paragraphs[0]
    foot.add_run(f"{visible(letter.foot)}   ").font.size = Pt(8)
    for code in ("PAGE", "NUMPAGES"):
        _field(foot, code)
        if code == "PAGE":
            foot.add_run(" / ").font.size = Pt(8)


def _field(paragraph: Any, code: str) -> None:  # noqa: ANN401  # python-docx says nothing of types
    """A field that the reader's program fills in, such as the page's number."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = paragraph.add_run("1")
    run.font.size = Pt(8)
    field.append(_xml(run))
    _xml(paragraph).append(field)


def _add(document: Any, block: Block) -> None:  # noqa: ANN401  # python-docx says nothing of types
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    match block:
        case Title(text, under):
            for line, size in ((text, 16), (under, 11)):
                paragraph = document.add_paragraph()
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
                run = paragraph.add_run(visible(line))
                run.font.size, run.bold = Pt(size), size == 16
        case Heading(text):
            paragraph = document.add_paragraph(style="Heading 2")
            paragraph.paragraph_format.keep_with_next = True
            paragraph.add_run(visible(text))
        case Paragraph(text, style):
            paragraph = document.add_paragraph()
            run = paragraph.add_run(_shown(text))
            run.bold = style == "lead"
            run.font.size = Pt(8.5 if style == "note" else 10)
            paragraph.paragraph_format.left_indent = Mm(5) if style == "quoted" else None
        case Fields(rows):
            _table(document, rows, (30, 70), grid=None)
        case Points(items):
            for item in items:
                document.add_paragraph(visible(item), style="List Bullet").paragraph_format.space_after = Pt(1)
        case Grid(headings, rows, shares):
            _table(document, (headings, *rows), shares, grid=block)
        case Break():
            document.add_page_break()


def _xml(part: Any) -> Any:  # noqa: ANN401  # python-docx says nothing of types
    """The XML of a part of the document."""
    return part._element  # noqa: SLF001  # python-docx gives no other way to what it has no words for


def _shown(text: str) -> str:
    return "\n".join(visible(line) for line in text.split("\n"))


def _table(
    document: Any,  # noqa: ANN401  # python-docx says nothing of types
    rows: tuple[tuple[str, ...], ...],
    shares: tuple[int, ...],
    grid: Grid | None,
) -> None:
    """A table with fixed widths. Of a grid, the first row repeats on every page."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.shared import Emu, Pt

    table = document.add_table(rows=len(rows), cols=len(shares), style="Table Grid" if grid else None)
    table.autofit = False
    widths = [Emu(172 * EMU_PER_MM * share // 100) for share in shares]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row, (cells, texts) in enumerate(zip(table.rows, rows, strict=True)):
        unbroken = OxmlElement("w:cantSplit")
        _xml(cells).get_or_add_trPr().append(unbroken)
        if grid and row == 0:
            _xml(cells).get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for column, (cell, text) in enumerate(zip(cells.cells, texts, strict=True)):
            cell.width = widths[column]
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1)
            run = paragraph.add_run(_shown(text))
            run.font.size = Pt(6.5) if grid and column in grid.numbers else Pt(7) if grid else Pt(9.5)
            run.bold = bool(grid) and row == 0
            if grid and column in grid.numbers:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            if grid and row and column in grid.codes:
                run.font.name, run.font.size = CODE, Pt(6)
    document.add_paragraph().paragraph_format.space_after = Pt(2)
