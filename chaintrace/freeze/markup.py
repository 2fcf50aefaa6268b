"""A letter as HTML for the PDF: the same blocks, escaped, with a style sheet for paper."""

from collections.abc import Iterator, Sequence
from importlib.resources import files
from itertools import pairwise

from chaintrace.freeze.blocks import (
    Block,
    Break,
    Fields,
    Grid,
    Heading,
    Letter,
    Paragraph,
    Points,
    Title,
)
from chaintrace.i18n import LANGUAGE_TAGS
from chaintrace.report.markup import Child, Html, joined, raw, tag


def page(letter: Letter) -> str:
    """The letter as one HTML document, with its style inside and nothing to load."""
    style = files("chaintrace.freeze").joinpath("letter.css").read_text("utf-8")
    foot = letter.foot.replace("\\", "\\\\").replace('"', '\\"')
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("title", letter.title()),
        tag("style", raw(style), raw(f'@page {{ @bottom-left {{ content: "{raw(_plain(foot))}" }} }}')),
    )
    body = tag("body", joined(_parts(letter.blocks)), class_=letter.language)
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang=LANGUAGE_TAGS[letter.language])}\n"


def _plain(text: str) -> str:
    """Text that may stand in a string of a style sheet inside an element."""
    return "".join(f"\\{ord(sign):x} " if sign in "<>&\n" else sign for sign in text)


def _parts(blocks: Sequence[Block]) -> Iterator[Html]:
    """The blocks, those behind a wide break together."""
    breaks = [at for at, block in enumerate(blocks) if isinstance(block, Break)]
    for start, end in pairwise((0, *breaks, len(blocks))):
        drawn = joined(_drawn(block) for block in blocks[start:end])
        first = blocks[start] if start < end else None
        yield tag("div", drawn, class_="wide") if isinstance(first, Break) and first.wide else drawn


def _drawn(block: Block) -> Html:  # noqa: PLR0911  # one answer for each kind of block
    match block:
        case Title(text, under):
            return joined((tag("h1", text), tag("p", _lines(under), class_="under") if under else None))
        case Heading(text):
            return tag("h2", text)
        case Paragraph(text, style):
            return tag("p", _lines(text), class_=style)
        case Fields(rows):
            cells = (tag("tr", tag("th", name, scope="row"), tag("td", _lines(value))) for name, value in rows)
            return tag("table", cells, class_="fields")
        case Points(items):
            return tag("ul", (tag("li", item) for item in items))
        case Grid():
            return _grid(block)
        case Break(wide):
            return Html() if wide else tag("div", class_="break")


def _grid(grid: Grid) -> Html:
    columns = (tag("col", style=f"width: {share}%") for share in grid.shares)
    heads = (tag("th", name, scope="col", class_=_class(grid, at)) for at, name in enumerate(grid.headings))
    rows = (
        tag("tr", (tag("td", _lines(cell), class_=_class(grid, at)) for at, cell in enumerate(row)))
        for row in grid.rows
    )
    return tag(
        "table", tag("colgroup", columns), tag("thead", tag("tr", heads)), tag("tbody", joined(rows)), class_="grid"
    )


def _class(grid: Grid, column: int) -> str | None:
    return "code" if column in grid.codes else "number" if column in grid.numbers else None


def _lines(text: str) -> Iterator[Child]:
    """A text of several lines, with its line breaks."""
    for number, line in enumerate(text.split("\n")):
        if number:
            yield tag("br")
        yield line
