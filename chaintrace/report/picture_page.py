"""The picture of the flow as a part of a page: the drawing, its table, its data, and the script that moves it.

The same part stands in report.html and in the output of a notebook. Where scripts may not run, the drawing stands.
"""

import base64
import hashlib
from functools import cache
from importlib.resources import files

from chaintrace.i18n import ENGLISH, LANGUAGE_TAGS, Say, speaker
from chaintrace.report.flow_folds import Scene
from chaintrace.report.flow_graph import graph
from chaintrace.report.flow_layout import laid_out
from chaintrace.report.flow_shapes import INK, STRIP, shape
from chaintrace.report.flow_table import lines_table
from chaintrace.report.flow_texts import GROUPS, group
from chaintrace.report.flow_words import CAPTION, KEYS, LETTERS
from chaintrace.report.interface import Inputs
from chaintrace.report.markup import Html, joined, raw, tag
from chaintrace.report.picture import svg
from chaintrace.report.picture_data import data
from chaintrace.report.sentence import positional
from chaintrace.report.wording import method_name


@cache
def script() -> str:
    """The text of picture.js."""
    return files("chaintrace.report").joinpath("picture.js").read_text("utf-8")


@cache
def style() -> str:
    """The text of picture.css; everything in it is about the picture."""
    return files("chaintrace.report").joinpath("picture.css").read_text("utf-8")


def digest(text: str) -> str:
    """The SHA-256 of a script or a style sheet as a Content-Security-Policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def part(inputs: Inputs, language: str = ENGLISH) -> Html:
    """The picture with its caption, table, data and script, without its style sheet; it needs no other file.

    Ids begin with a digest of the data, so that several pictures may stand on one page of a notebook.
    """
    say = speaker(language)
    made = laid_out({method: graph(inputs, method) for method in inputs.methods})
    if not made.places:
        return tag("p", say("No traced value moved."))
    told = data(inputs, made, language)
    name = f"flow-{hashlib.sha256(told.encode()).hexdigest()[:8]}"
    drawing = svg(made, say, name, method_name(inputs.method, positional=positional(inputs.trace)))
    view = tag("div", drawing, class_="view", role="group", aria_label=say("Flow of the traced value, hop by hop"))
    rows = tag(
        "details", _said("summary", "The same as a table", say), lines_table(inputs, made, say, name), class_="words"
    )
    return tag(
        "figure",
        view,
        tag("figcaption", _legend(made, say), (_said("p", text, say) for text in (CAPTION, LETTERS, KEYS))),
        rows,
        tag("script", told, type="application/json"),
        tag("script", raw(script())),
        class_="flow",
        lang=LANGUAGE_TAGS[language],
    )


def with_style(inputs: Inputs, language: str = ENGLISH) -> Html:
    """The same with its style sheet, for a page that has none of ours: the output of a notebook."""
    return joined((tag("style", raw(style())), part(inputs, language)))


def _said(element: str, words: str, say: Say) -> Html:
    """Words of ours that picture.js says again in another language."""
    return tag(element, say(words), data_say=words)


def _legend(made: Scene, say: Say) -> Html:
    """The groups of boxes that the picture has, each with its shape, hatching and letter."""
    found = {group(place.box) for place in made.nodes()}
    return tag(
        "ul",
        (
            tag("li", _sample(name), " ", _said("span", words, say))
            for name, (_, words) in GROUPS.items()
            if name in found
        ),
        class_="legend",
    )


def _sample(name: str) -> Html:
    """A small box of a group."""
    inside = tag("rect", x=14, y=2, width=10, height=26, fill=INK) if name == "joined" else shape(name, 2, 2, 44, 30)
    ink = "#ffffff" if name not in {"address", "folded"} else INK
    letter = GROUPS[name][0] or ("+" if name == "folded" else "")
    sign = tag("text", letter, x=2 + STRIP // 2, y=22, font_size=13, font_weight="bold", text_anchor="middle", fill=ink)
    return tag("svg", inside, sign if letter else None, viewBox="0 0 54 38", width=41, height=29, aria_hidden="true")
