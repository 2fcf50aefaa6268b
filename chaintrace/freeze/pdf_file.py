"""request.pdf and flow.pdf: pages drawn from HTML, with their fonts inside, without a date of their own making."""

import warnings
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

from chaintrace.errors import OutputError
from chaintrace.freeze.blocks import Letter
from chaintrace.freeze.extras import needs
from chaintrace.freeze.markup import page

FORM = "pdf/a-3u"
"""The form of the file: fonts embedded, text that can be searched and copied."""

NOTHING: Mapping[str, bytes] = MappingProxyType({})

ATTACHED = datetime(1980, 1, 1, tzinfo=UTC)
"""The date that a file in the document has, which the form asks for: no file of ours has one of its own."""

FIRST_CHINESE, LAST_CHINESE = 0x4E00, 0x9FFF
"""The block of CJK unified ideographs (The Unicode Standard)."""


def write_letter(letter: Letter, path: Path, attached: Mapping[str, bytes] = NOTHING) -> None:
    """Write a letter as PDF, with files attached by their names.

    Raises InputError without the extra, OutputError where a font lacks the language.
    """
    write_page(page(letter), path, attached)


def write_page(html: str, path: Path, attached: Mapping[str, bytes] = NOTHING) -> None:
    """Write one HTML document as PDF; nothing is loaded from anywhere. The same document gives the same bytes.

    Raises as `write_letter` does.
    """
    with needs("weasyprint"):
        from weasyprint import HTML, Attachment
        from weasyprint.urls import URLFetcher
    files = [
        Attachment(file_obj=BytesIO(content), name=name, created=ATTACHED, modified=ATTACHED, relationship="Data")
        for name, content in sorted(attached.items())
    ]
    drawn = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=())).render()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves the file of its colours to the collector
        content = drawn.write_pdf(pdf_variant=FORM, attachments=files)
    if any(FIRST_CHINESE <= sign <= LAST_CHINESE for font in drawn.fonts.values() for sign in font.missing):
        raise OutputError(
            "no font of this machine has the Chinese characters of the letter: install one, such as "
            "fonts-wqy-microhei, and run again"
        )
    path.write_bytes(content)
