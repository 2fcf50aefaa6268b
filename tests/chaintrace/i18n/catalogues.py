"""The catalogues of messages: found in the code, written as .po without dates, compiled to .mo.

    .venv/bin/python -m tests.chaintrace.i18n.catalogues

takes new messages into every .po, drops those that nobody says, and compiles. Then translate what is empty, and run it
again.
"""

from __future__ import annotations

import ast
import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from chaintrace.i18n import ENGLISH, LANGUAGES

PACKAGE = Path(__file__).resolve().parents[3] / "chaintrace"
FOLDER = PACKAGE / "i18n"
MARKS = {"say": 0, "message": 0, "words": 1, "several": 2}
"""The functions that say messages, with the place of the first: the text, or all from there on."""
TRANSLATED = tuple(language for language in LANGUAGES if language != ENGLISH)
KEPT_HEADERS = ("Language", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")


class Undated(Catalog):
    """A catalogue whose header says no date, no person and no program: the same messages give the same bytes."""

    @property
    def mime_headers(self):
        return [(name, value) for name, value in self._get_mime_headers() if name in KEPT_HEADERS]

    @mime_headers.setter
    def mime_headers(self, value):
        self._set_mime_headers(value)


def messages() -> list[str]:
    """Every message of the package, each once, in the order of files and lines."""
    found: dict[str, None] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text("utf-8")
        if "chaintrace.i18n" not in text and path.parent != FOLDER:
            continue
        calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
        for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
            name = call.func.id if isinstance(call.func, ast.Name) else ""
            said = call.args[MARKS[name] :] if name in MARKS else []
            found |= {text.value: None for text in said if isinstance(text, ast.Constant)}
    return list(found)


def written(language: str) -> dict[str, str]:
    """What a .po file says: message to translation."""
    path = FOLDER / f"{language}.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {entry.id: entry.string for entry in read_po(file, locale=language) if entry.id}


def catalogue(language: str, translations: dict[str, str]) -> Undated:
    """The catalogue of the package's messages with these translations."""
    made = Undated(locale=language, charset="utf-8", fuzzy=False, header_comment=f"# chaintrace: messages, {language}")
    for text in messages():
        made.add(text, translations.get(text, ""))
    return made


def po_bytes(made: Catalog) -> bytes:
    """The catalogue as a .po file."""
    out = io.BytesIO()
    write_po(out, made, width=100, no_location=True)
    return out.getvalue()


def mo_bytes(made: Catalog) -> bytes:
    """The catalogue as a .mo file."""
    out = io.BytesIO()
    write_mo(out, made)
    return out.getvalue()


if __name__ == "__main__":
    for name in TRANSLATED:
        fresh = catalogue(name, written(name))
        (FOLDER / f"{name}.po").write_bytes(po_bytes(fresh))
        (FOLDER / f"{name}.mo").write_bytes(mo_bytes(fresh))
