"""The own words of a flow picture in the reader's language, and its numbers above its lines.

The picture is drawn in English with attributes alone (report/picture.py). Here its finished texts are read again: those
that are words of ours are said in another language, labels and addresses are left as they are.
"""

import re

from chaintrace.i18n import ENGLISH, Say, message
from chaintrace.report.markup import Html, raw

WORDS = (
    message("paid by"),
    message("payment"),
    message("new coins"),
    message("not in the sources"),
    message("no address"),
    message("hop {number}"),
    message("amounts in {unit}"),
    message("paid {value}"),
    message("in {value}"),
    message("out {value}"),
    message("in and out {value}"),
    message("rests: {value}"),
    message("not followed: {value}"),
    message("← {value} back to {place}"),
    message("and {number} more back"),
    message("{number} more address"),
    message("{number} more addresses"),
    message("{number} addresses"),
)
"""What a picture says besides amounts, addresses and labels."""

PLACES = {"number": r"[\d,]+", "value": r"\d.*", "unit": ".+", "place": ".+"}
"""What may stand in the places of these messages."""

_TEXT = re.compile(r"(<text[^>]*>)([^<]*)(</text>)")
_NUMBER = re.compile(r'<text[^>]* stroke="#ffffff" stroke-width="3" paint-order="stroke">[^<]*</text>')


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", lambda place: f"(?P<{place[1]}>{PLACES[place[1]]})", re.escape(text)))


PATTERNS = tuple((_pattern(text), text) for text in WORDS)


def worded(made: Html, language: str, say: Say) -> Html:
    """The picture with its own words in the reader's language. Titles, which paper does not show, stay English."""
    if language == ENGLISH:
        return made
    return raw(_TEXT.sub(lambda found: f"{found[1]}{_said(found[2], say)}{found[3]}", made))


def _said(text: str, say: Say) -> str:
    for pattern, words in PATTERNS:
        found = pattern.fullmatch(text)
        if found:
            return say(words).format(**found.groupdict())
    return text


def raised(made: Html) -> Html:
    """The picture with the numbers of its lines drawn last, so that no line crosses one."""
    numbers = "".join(_NUMBER.findall(made))
    return raw(_NUMBER.sub("", made).replace("</svg>", f"{numbers}</svg>"))
