"""One Chinese word for one thing: the glossary and the catalogue say the same, and no second word stands beside it."""

from __future__ import annotations

import re

from tests.chaintrace.i18n import catalogues
from tests.house.tree import texts

PAGE = "docs/glossary-zh.md"
INSTEAD = {
    "付款价值": "款项",
    "付款的价值": "款项",
    "入账额": "转入额",
    "入账至终点": "转入终点",
    "来源不明": "未识别",
    "基本单位": "最小单位",
}
"""Words that once stood beside another one for the same thing, and the one that is said."""


def rows() -> list[tuple[list[str], list[str]]]:
    """The words of each row in English, and those in Chinese."""
    found = re.findall(r"^\| ([^|]+) \| ([^|]+) \|[^|]+\|$", texts()[PAGE], re.MULTILINE)
    told = [(english, chinese) for english, chinese in found if english not in {"英文", "---"}]
    return [(english.split(", "), re.split("、|（", chinese)) for english, chinese in told]


def test_a_message_that_is_a_word_of_the_glossary_is_said_with_it():
    said = {text.lower(): translated for text, translated in catalogues.written("zh").items()}
    met = [
        (word, said[word.lower()], chinese) for english, chinese in rows() for word in english if word.lower() in said
    ]
    assert len(met) > 30
    assert [(word, told) for word, told, chinese in met if not any(one in told or told in one for one in chinese)] == []


def test_no_text_has_a_second_word_for_one_thing():
    told = {"the catalogue": "\n".join(catalogues.written("zh").values())}
    told |= {name: text for name, text in texts().items() if name == PAGE or name.startswith("notebooks/zh/")}
    assert [(name, word) for name, text in told.items() for word in INSTEAD if word in text] == []


def test_what_is_said_instead_is_in_the_glossary():
    words = {word for _, chinese in rows() for word in chinese}
    assert {word for word in INSTEAD.values() if not any(one in word for one in words)} == set()
