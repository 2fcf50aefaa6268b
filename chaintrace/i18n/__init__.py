"""Messages in the reader's language: English stands in the code, other languages in gettext catalogues beside it.

A catalogue is `<language>.po`, which people write, and `<language>.mo`, which is made from it and read here. The
development page docs/freeze.md says how both are kept.
"""

import gettext
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import TypeAlias

Say: TypeAlias = Callable[[str], str]
"""Gives an English message in the reader's language."""

ENGLISH = "en"
LANGUAGES = (ENGLISH, "zh")
"""The languages that there are: English, and Chinese in simplified characters."""

LANGUAGE_TAGS = {"en": "en", "zh": "zh-Hans"}
"""How a page names each of them (BCP 47): it chooses the form of characters."""


def message(text: str) -> str:
    """Mark a message for the catalogues where it is not said yet. Returns it as it is."""
    return text


@cache
def speaker(language: str) -> Say:
    """Who says messages in a language. One that a catalogue lacks is said in English.

    Raises ValueError for a language that is not in `LANGUAGES`.
    """
    if language not in LANGUAGES:
        raise ValueError(f"there are no messages in {language!r}: there are {', '.join(LANGUAGES)}")
    if language == ENGLISH:
        return message
    with files("chaintrace.i18n").joinpath(f"{language}.mo").open("rb") as file:
        found = gettext.GNUTranslations(file).gettext
    return lambda text: found(text) if text else ""  # a catalogue keeps its own header under the empty message
