"""The files of a pack: the same bytes twice, the same words in each, read back by somebody else's code."""

from __future__ import annotations

import csv
import io
import re
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pytest
from pypdf import PdfReader

from chaintrace.errors import InputError, OutputError
from chaintrace.freeze import pdf_file
from chaintrace.freeze.blocks import Grid
from chaintrace.freeze.docx_file import write_docx
from chaintrace.freeze.extras import needs
from chaintrace.freeze.flow_page import on_paper, write_flow
from chaintrace.freeze.letter import letter
from chaintrace.freeze.pack import FILES, write_note, write_pack
from chaintrace.freeze.pdf_file import write_letter, write_page
from chaintrace.freeze.request import NoCustodian
from chaintrace.freeze.schedule import COLUMNS, write_csv
from chaintrace.freeze.workbook import write_xlsx
from chaintrace.report.markup import raw, visible
from tests.chaintrace.freeze.printing import need_printing
from tests.chaintrace.freeze.samples import PLACE, RESTING, TXID, filled, request, to_issuer
from tests.chaintrace.report.samples import accounts
from tests.chaintrace.report.test_picture import wide
from tests.hostile.texts import HIDDEN, TEXTS, shown

HOSTILE = '=HYPERLINK("http://x","y")'
RARE = "\U00030edd"
"""A Chinese sign beyond the common block (CJK extension G) that the font of the tests has not."""


@pytest.fixture
def printing() -> None:
    """Only where a PDF can be drawn."""
    need_printing()


def plain(text: str) -> str:
    """A text without its blanks: programs break lines where they like."""
    return "".join(text.split())


def docx_text(path) -> str:
    document = docx.Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def pdf_text(path) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


@pytest.mark.slow
@pytest.mark.usefixtures("printing")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_same_request_gives_the_same_bytes(language, tmp_path):
    asked = filled(request(language=language, places=(PLACE, RESTING)), tmp_path)
    packs = [write_pack(asked, accounts(), tmp_path / name) for name in ("one", "another place")]
    names = sorted(path.name for path in packs[0].folder.iterdir())
    assert names == sorted([*FILES, "sha256sums.txt", "enclosures"])
    for name in (*FILES, "sha256sums.txt"):
        assert (packs[0].folder / name).read_bytes() == (packs[1].folder / name).read_bytes(), name


@pytest.mark.slow
@pytest.mark.usefixtures("printing")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_pdf_and_the_document_say_the_same(language, tmp_path):
    made = letter(request(language=language))
    write_docx(made, tmp_path / "request.docx")
    write_letter(made, tmp_path / "request.pdf")
    document, pdf = plain(docx_text(tmp_path / "request.docx")), plain(pdf_text(tmp_path / "request.pdf"))
    said = [text for _, text in made.own_words()]
    cells = [cell for block in made.blocks if isinstance(block, Grid) for row in block.rows for cell in row]
    assert len(said) > 30
    assert [text for text in (*said, *cells) if plain(text) not in document] == []
    # A number in a narrow cell is broken anywhere, and a PDF tells its lines in the order of the page.
    assert [text for text in said if text not in cells and plain(text)[:30] not in pdf] == []
    assert TXID[:40] in pdf


@pytest.mark.slow
@pytest.mark.usefixtures("printing")
def test_the_fonts_are_inside_a_chinese_one_where_it_is_needed(tmp_path):
    for language in ("en", "zh"):
        write_letter(letter(request(language=language)), tmp_path / f"{language}.pdf")
    fonts = {}
    for language in ("en", "zh"):
        reader = PdfReader(tmp_path / f"{language}.pdf")
        found = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
        inside = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object() for font in found]
        assert all(any(key in one for key in ("/FontFile", "/FontFile2", "/FontFile3")) for one in inside)
        fonts[language] = {str(font["/BaseFont"]) for font in found}
        assert "pdfaid:part" in reader.xmp_metadata.rdf_root.toxml()
    assert len(fonts["zh"]) > len(fonts["en"])
    assert "协助冻结财产通知书" in plain(pdf_text(tmp_path / "zh.pdf"))


def test_a_document_bears_no_date_and_no_name_of_its_maker(tmp_path):
    write_docx(letter(request()), tmp_path / "request.docx")
    with zipfile.ZipFile(tmp_path / "request.docx") as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = parts.read("docProps/core.xml").decode()
        assert "eastAsia" in parts.read("word/styles.xml").decode()
    assert "python-docx" not in core
    assert "2000-01-01" in core


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_schedule_is_text_in_every_cell(language, tmp_path):
    asked = request(language=language, places=(replace(PLACE, called=HOSTILE), replace(RESTING, memo="0012")))
    write_xlsx(asked, tmp_path / "schedule.xlsx")
    book = openpyxl.load_workbook(tmp_path / "schedule.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not [cell for cell in cells if str(cell.value).startswith(("=", "+", "-", "@"))]
    values = {cell.value for cell in cells}
    assert {TXID, PLACE.address, "0012", "50000000", f"'{HOSTILE}", "80.000000"} <= values
    assert not [cell for cell in cells if cell.hyperlink]


def test_the_workbook_sums_what_the_letter_asks_for(tmp_path):
    write_xlsx(to_issuer(places=(RESTING, replace(PLACE, number=3))), tmp_path / "schedule.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "schedule.xlsx").worksheets[0]
    last = [cell.value for cell in list(sheet.iter_rows())[-1]]
    assert last[6:] == ["USDT", None, None, "Sum", "80"]


def test_schedule_csv_has_a_row_for_each_credit_and_each_resting_place(tmp_path):
    twice = replace(PLACE, credits=(PLACE.credits[0], replace(PLACE.credits[0], index="1")), called=HOSTILE)
    write_csv(request(places=(twice, RESTING)), tmp_path / "schedule.csv")
    content = (tmp_path / "schedule.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert tuple(rows[0]) == COLUMNS
    assert [(row["kind"], row["index"], row["asked_value"]) for row in rows] == [
        ("credit", "0", "50000000"),
        ("credit", "1", ""),
        ("resting", "", "30000000"),
    ]
    assert rows[0]["attributed_to"] == f"'{HOSTILE}"
    assert (rows[0]["gross_value"], rows[0]["traced_amount"], rows[0]["share"]) == ("80000000", "60.000000", "0.750000")
    assert (rows[0]["time"], rows[2]["balance_value"], rows[2]["txid"]) == ("2021-08-05T10:35:36Z", "45000000", "")


def test_a_letter_that_asks_for_no_amount_has_none_in_its_schedule(tmp_path):
    write_csv(request(kind="preserve"), tmp_path / "schedule.csv")
    (row,) = csv.DictReader(io.StringIO((tmp_path / "schedule.csv").read_text("utf-8-sig")))
    assert row["asked_value"] == ""


@pytest.mark.slow
@pytest.mark.usefixtures("printing")
def test_what_strangers_write_is_shown_and_never_run(tmp_path):
    """A row for each text of attackers, read back from every file of the pack; nothing in them hides, runs or links."""
    texts = [text for text in TEXTS.values() if len(text) < 1_000]
    places = tuple(replace(PLACE, number=at, called=text, label_source=text) for at, text in enumerate(texts, 1))
    pack = write_pack(request(places=places), accounts(), tmp_path)
    page = (pack.folder / "checklist.md").read_text("utf-8")
    cells = [
        cell
        for sheet in openpyxl.load_workbook(pack.folder / "schedule.xlsx")
        for row in sheet.iter_rows()
        for cell in row
    ]
    told = {
        "docx": plain(docx_text(pack.folder / "request.docx")),
        "pdf": plain(pdf_text(pack.folder / "request.pdf")).replace("\0", ""),  # a glyph that no letter stands for
        "xlsx": plain("\n".join(str(cell.value) for cell in cells)),
    }
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not [cell for cell in cells if cell.hyperlink]
    assert not [part for part in ("<script", "<img", "<svg onload") if part in page]
    for path in pack.folder.iterdir():
        if path.suffix in {".html", ".csv", ".md", ".txt", ".svg"}:
            assert shown(path.read_text("utf-8").removeprefix("\ufeff")), path.name
    for text in texts:
        wanted = plain(visible(text))[:40]
        assert [name for name, seen in told.items() if name != "pdf" and wanted not in seen] == [], text
    assert {name: sorted(HIDDEN & set(seen)) for name, seen in told.items()} == {name: [] for name in told}
    assert "U+202E" in told["pdf"]
    assert not [page for page in PdfReader(pack.folder / "request.pdf").pages if page.get("/Annots")]


@pytest.mark.slow
@pytest.mark.usefixtures("printing")
def test_enclosures_are_copied_and_named_with_their_digest(tmp_path):
    asked = filled(request(), tmp_path)
    pack = write_pack(asked, accounts(), tmp_path / "out")
    assert (pack.folder / "enclosures" / "order_attached.pdf").read_bytes() == b"order_attached"
    assert f"order_attached.pdf (SHA-256 {'c' * 64})" in docx_text(pack.folder / "request.docx")
    assert pack.complete


@pytest.mark.slow
@pytest.mark.usefixtures("printing")
def test_a_new_pack_takes_the_place_of_the_old_one_but_not_of_files_of_others(tmp_path):
    earlier = write_pack(request(kind="preserve"), accounts(), tmp_path / "out")
    pack = write_pack(request(), accounts(), tmp_path / "out")
    assert pack.folder == earlier.folder
    assert sorted(path.name for path in pack.folder.iterdir()) == sorted([*FILES, "sha256sums.txt"])
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["htx"]
    (pack.folder / "answer.eml").write_text("we froze it", "utf-8")
    before = {path: path.read_bytes() for path in pack.folder.iterdir()}
    with pytest.raises(OutputError, match=r"holds 'answer\.eml', which is no file of a request"):
        write_pack(request(kind="hold"), accounts(), tmp_path / "out")
    assert {path: path.read_bytes() for path in pack.folder.iterdir()} == before


@pytest.mark.slow
@pytest.mark.usefixtures("printing")
def test_what_people_put_into_enclosures_is_never_lost(tmp_path):
    out, asked = tmp_path / "out", filled(request(), tmp_path)
    folder = write_pack(asked, accounts(), out).folder
    (folder / "enclosures" / "answer.eml").write_text("we froze it", "utf-8")
    (folder / "enclosures" / "order_attached.pdf").write_bytes(b"with a seal")
    pack = write_pack(asked, accounts(), out)
    kept = {path.name: path.read_bytes() for path in (folder / "enclosures").iterdir()}
    [aside] = [name for name in kept if re.fullmatch(r"order_attached\.[0-9a-f]{8}\.pdf", name)]
    assert (kept["answer.eml"], kept[aside], kept["order_attached.pdf"]) == (
        *(b"we froze it", b"with a seal", b"order_attached"),
    )
    told = [finding.where for finding in pack.findings if "lies in enclosures/" in finding.sentence]
    assert told == ["enclosures/answer.eml", f"enclosures/{aside}"]
    assert pack.complete
    assert "answer.eml lies in enclosures/" in (folder / "checklist.md").read_text("utf-8")
    bare = write_pack(request(), accounts(), out)
    assert {path.name for path in (bare.folder / "enclosures").iterdir()} == set(kept)
    note = write_note(NoCustodian("HTX", "htx", (PLACE,)), "en", out)
    assert {path.name for path in (note / "enclosures").iterdir()} == set(kept)


@pytest.mark.usefixtures("printing")
@pytest.mark.parametrize("name", ["request.docx", "checklist.md", "schedule.xlsx", "note.md"])
def test_a_file_that_a_person_changed_is_not_written_over(name, tmp_path):
    folder = write_pack(request(), accounts(), tmp_path).folder
    (folder / name).write_bytes(b"filled in by hand")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(OutputError, match=f"{name} is not as it was written: copy it out"):
        write_pack(request(kind="hold"), accounts(), tmp_path)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    (folder / name).unlink()
    write_pack(request(kind="hold"), accounts(), tmp_path)
    (folder / "enclosures").write_text("no folder", "utf-8")
    with pytest.raises(OutputError, match="holds 'enclosures', which is no file of a request"):
        write_pack(request(), accounts(), tmp_path)


@pytest.mark.usefixtures("printing")
def test_a_pack_that_fails_half_way_leaves_the_old_one(tmp_path, monkeypatch):
    pack = write_pack(request(), accounts(), tmp_path)
    before = {path: path.read_bytes() for path in pack.folder.iterdir()}

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("chaintrace.freeze.pack.write_flow", full)
    with pytest.raises(OutputError, match="No space left on device"):
        write_pack(request(kind="hold"), accounts(), tmp_path)
    assert {path: path.read_bytes() for path in pack.folder.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["htx"]


@pytest.mark.usefixtures("printing")
def test_a_pack_that_cannot_be_put_in_place_leaves_the_old_one(tmp_path, monkeypatch):
    pack = write_pack(request(), accounts(), tmp_path)
    before = {path: path.read_bytes() for path in pack.folder.iterdir()}
    rename = Path.rename

    def held(self, target):
        if self.name == "new":
            raise PermissionError(13, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", held)
    with pytest.raises(OutputError, match="what stood there before is unchanged"):
        write_pack(request(kind="hold"), accounts(), tmp_path)
    assert {path: path.read_bytes() for path in pack.folder.iterdir()} == before


def test_a_text_that_no_cell_can_hold_is_cut_and_not_left_out(tmp_path):
    write_xlsx(request(places=(replace(PLACE, memo="m" * 40_000),)), tmp_path / "schedule.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "schedule.xlsx").worksheets[0]
    (told,) = [cell.value for row in sheet.rows for cell in row if str(cell.value).startswith("mm")]
    assert told == "m" * 32_766 + "…"


@pytest.mark.usefixtures("printing")
def test_a_letter_in_chinese_without_a_font_for_it_is_refused(tmp_path, monkeypatch):
    page = f"<html><body>{RARE}</body></html>"
    write_page(page, tmp_path / "any.pdf")  # a letter does without a rare sign of a stranger's label
    monkeypatch.setattr(pdf_file, "LAST_CHINESE", ord(RARE))
    with pytest.raises(OutputError, match="no font of this machine has the Chinese characters"):
        write_page(page, tmp_path / "none.pdf")
    assert not (tmp_path / "none.pdf").exists()


@pytest.mark.usefixtures("printing")
def test_a_page_loads_nothing(tmp_path, caplog):
    write_page("<html><body><img src='file:///etc/hostname'>x</body></html>", tmp_path / "x.pdf")
    assert "URI uses disallowed protocol: file:///etc/hostname" in caplog.text


def test_a_library_that_is_absent_is_asked_for_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(InputError, match=r"letters need python-docx, which is not installed.*chaintrace\[letters\]"):
        write_docx(letter(request()), tmp_path / "x.docx")
    with pytest.raises(InputError, match="weasyprint does not start"), needs("weasyprint"):
        raise OSError("cannot load library 'libpango-1.0-0'")


def test_what_a_browser_paints_below_a_text_is_drawn_before_it():
    text = '<text x="1" y="2" fill="#16202a" stroke="#ffffff" stroke-width="3" paint-order="stroke">5</text>'
    made, page = on_paper(raw(f'<svg viewBox="0 0 900 300" width="900" height="300">{text}</svg>'))
    assert page == "A4 landscape"
    assert made.count(">5</text>") == 2
    assert "paint-order" not in made
    assert 'width="270mm" height="90mm"' in made


def test_a_high_picture_stands_upright():
    made, page = on_paper(raw('<svg viewBox="0 0 500 1500" width="500" height="1500"></svg>'))
    assert page == "A4 portrait"
    assert 'width="78mm" height="234mm"' in made


@pytest.mark.usefixtures("printing")
def test_the_picture_is_one_page_however_much_there_is(tmp_path):
    many = tuple(replace(PLACE, number=n, chain="ledger", address=f"X{n:03}") for n in range(60))
    write_flow(request(places=many), wide(60), tmp_path / "flow.svg", tmp_path / "flow.pdf")
    (page,) = PdfReader(tmp_path / "flow.pdf").pages
    assert "more addresses" in page.extract_text()


def test_a_note_says_that_nobody_keeps_accounts(tmp_path):
    mixer = replace(PLACE, category="mixing_service")
    found = NoCustodian("A <Mixer>", "generic-a-mixer", (mixer,))
    folder = write_note(found, "en", tmp_path)
    text = (folder / "note.md").read_text("utf-8")
    assert text.startswith("# A &lt;Mixer&gt;\n")
    assert "keeps no accounts" in text
    assert PLACE.address in text
    assert "不设账户" in (write_note(found, "zh", tmp_path) / "note.md").read_text("utf-8")
    police = replace(found, places=(replace(PLACE, category="law_enforcement"),))
    assert "Ask that authority." in (write_note(police, "en", tmp_path) / "note.md").read_text("utf-8")
    market = replace(found, places=(mixer, replace(PLACE, category="dark_web", address="T2")))
    text = (write_note(market, "en", tmp_path) / "note.md").read_text("utf-8")
    assert text.index("keeps no accounts") < text.index(PLACE.address) < text.index("no custodian is known who answers")
    assert text.index("no custodian is known who answers") < text.index("* tron T2")
