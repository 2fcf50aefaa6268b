"""The flow picture of a request: how traced value reached its addresses, small enough for one page."""

import re
from pathlib import Path

from chaintrace.freeze.pdf_file import write_page
from chaintrace.freeze.request import Request
from chaintrace.i18n import LANGUAGE_TAGS, speaker
from chaintrace.report.flow_graph import graph, leading_to
from chaintrace.report.interface import Inputs
from chaintrace.report.markup import Html, raw, tag
from chaintrace.report.picture import drawn
from chaintrace.report.wording import method_name

MOST_BOXES = 26
"""Boxes that one page of paper holds so that they can be read; the rest is folded into boxes with their sums."""

STYLE = (
    'body { margin: 0; font: 9pt "DejaVu Sans", "WenQuanYi Micro Hei" } '
    "body.zh { font-family: 'WenQuanYi Micro Hei', 'DejaVu Sans' } h1 { font-size: 12pt; margin: 0 0 2mm } "
    "p { margin: 0 0 4mm; font-size: 8pt; color: #3a4652 }"
)
ACROSS, UPRIGHT = ("A4 landscape", 273, 150), ("A4 portrait", 186, 235)
"""The page that a picture stands on, by its shape: its size, and the room for the picture in millimetres."""

_SIZE = re.compile(r'viewBox="0 0 (\d+) (\d+)" width="\d+" height="\d+"')
_HALO = re.compile(r'<text([^>]*) stroke="#ffffff" stroke-width="3" paint-order="stroke">([^<]*)</text>')


def picture(request: Request, inputs: Inputs) -> Html:
    """The picture as an `svg` element, its words in the language of the request."""
    wanted = {(place.chain, place.address) for place in request.places}
    whole = graph(inputs)
    part = leading_to(whole, wanted)
    drawing = part if part.boxes else whole  # an output without an address is met by none
    return drawn(drawing, request.language, MOST_BOXES)


def on_paper(made: Html) -> tuple[Html, str]:
    """The picture as it fits its page, and the size of that page.

    What a browser paints below a text, its white rim, is drawn before it here.
    """
    found = _SIZE.search(made)
    if found is None:
        return made, ACROSS[0]
    width, height = int(found[1]), int(found[2])
    page, wide, high = UPRIGHT if height > width else ACROSS
    tenths = min(wide * 10, high * 10 * width // height, width * 3)
    size = f'viewBox="0 0 {width} {height}" width="{tenths // 10}mm" height="{tenths * height // width // 10}mm"'
    rims = _HALO.sub(
        r'<text\1 stroke="#ffffff" stroke-width="5" stroke-linejoin="round">\2</text><text\1>\2</text>', made
    )
    return raw(_SIZE.sub(size, rims)), page


def write_flow(request: Request, inputs: Inputs, svg: Path, pdf: Path) -> None:
    """flow.svg and flow.pdf. Raises InputError without the extra, OSError as the system gives it."""
    say, made = speaker(request.language), picture(request, inputs)
    svg.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n{made}\n', "utf-8", newline="\n")
    text = say(
        "Left to right, a column a transfer (hop), under the method {method}. A line's width and number are the traced "
        "value. A box with the letter S (a service), M (a mixer), D (a protocol) or E is an address where the trace "
        "ends, V one to which value was returned. Only what reaches the addresses of this letter is drawn; what does "
        "not fit is summed in a dashed box. The schedule holds every transfer to them."
    ).format(method=say(method_name(request.evidence.method)))
    title = say("Flow of the traced value to the addresses of this letter")
    drawing, page = on_paper(made)
    style = raw(f"@page {{ size: {page}; margin: 12mm }} {STYLE}")
    head = tag("head", tag("meta", charset="utf-8"), tag("title", title), tag("style", style))
    body = tag("body", tag("h1", title), tag("p", text), drawing, class_=request.language)
    write_page(f"<!DOCTYPE html>\n{tag('html', head, body, lang=LANGUAGE_TAGS[request.language])}\n", pdf)
