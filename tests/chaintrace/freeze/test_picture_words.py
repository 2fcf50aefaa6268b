"""The picture's own words in Chinese, and its numbers above its lines."""

from __future__ import annotations

import re

import pytest

from chaintrace.freeze.flow_page import picture
from chaintrace.freeze.picture_words import WORDS, raised, worded
from chaintrace.i18n import speaker
from chaintrace.report.markup import raw
from tests.chaintrace.freeze.samples import PLACE, request
from tests.chaintrace.report.samples import accounts, outputs

ZH = speaker("zh")
MADE = {"number": "3", "value": "1,000.5 USDT + 2 BTC", "unit": "USDT and BTC", "place": "TXRBsy…GUdC"}


def text(words: str) -> str:
    return f'<text x="1" y="2">{words}</text>'


@pytest.mark.parametrize("words", WORDS)
def test_every_word_of_a_picture_is_told_and_its_places_stay(words):
    said = worded(raw(text(words.format(**MADE))), "zh", ZH)
    assert said == text(ZH(words).format(**MADE)) != text(words.format(**MADE))


@pytest.mark.parametrize(
    "label", ["Huobi", "in vain", "out of hours", "paid services", "hop", "TXRBsy…GUdC", "1,000.5"]
)
def test_labels_addresses_and_numbers_stay_as_they_are(label):
    assert worded(raw(text(label)), "zh", ZH) == text(label)


def test_an_english_picture_is_left_alone():
    assert worded(raw(text("paid by")), "en", speaker("en")) == text("paid by")


def test_the_words_are_those_of_real_pictures():
    for inputs in (accounts(), outputs()):
        drawing = picture(request(language="zh", places=(PLACE,)), inputs)
        told = re.findall(r"<text[^>]*>([^<]*)</text>", drawing)
        assert "付款方" in told
        assert [word for word in told if re.match(r"(hop|paid|in|out|rests|not|amounts|and) ", word)] == []


def test_numbers_are_drawn_after_the_lines():
    number = '<text x="9" stroke="#ffffff" stroke-width="3" paint-order="stroke">5</text>'
    made = raised(raw(f"<svg><g><path/>{number}</g><g><path/></g></svg>"))
    assert made == f"<svg><g><path/></g><g><path/></g>{number}</svg>"
