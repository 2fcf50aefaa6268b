"""Messages in other languages: every one is translated, with its places, and both files are those of the code."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from chaintrace.i18n import LANGUAGES, speaker
from tests.chaintrace.i18n import catalogues

PLACES = re.compile(r"--?[a-z]+(?: [a-z]+)?|`[^`]+`|\[\[?\w+\]\]?|\w+\.(?:toml|pdf|xlsx|csv|json)")
"""What no translation changes: options, code, tables of case.toml, names of files."""


def fields(text: str) -> list[str]:
    """The places that a message leaves to be filled in."""
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def test_there_are_messages_and_languages():
    assert len(catalogues.messages()) > 150
    assert catalogues.TRANSLATED == ("zh",)
    assert set(LANGUAGES) == {"en", *catalogues.TRANSLATED}


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_every_message_is_translated_and_nothing_else(language):
    found, said = catalogues.written(language), catalogues.messages()
    assert [text for text in said if not found.get(text, "").strip()] == []
    assert [text for text in found if text not in said] == []


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_a_translation_leaves_the_same_places_and_names(language):
    for text, translated in catalogues.written(language).items():
        assert fields(text) == fields(translated), text
        assert sorted(PLACES.findall(text)) == sorted(PLACES.findall(translated)) or not re.search(r"[`\[]", text), text


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_both_files_are_those_of_the_code_and_bear_no_date(language):
    made = catalogues.catalogue(language, catalogues.written(language))
    assert (catalogues.FOLDER / f"{language}.po").read_bytes() == catalogues.po_bytes(made)
    assert (catalogues.FOLDER / f"{language}.mo").read_bytes() == catalogues.mo_bytes(made)
    assert re.search(rb"-Date:|20\d\d-\d\d|Babel", catalogues.po_bytes(made)) is None


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_the_speaker_reads_the_catalogue(language):
    say = speaker(language)
    assert say("Request to freeze") == catalogues.written(language)["Request to freeze"] != "Request to freeze"
    assert say("nobody ever says this") == "nobody ever says this"


def test_english_is_what_the_code_says_and_other_languages_are_refused():
    assert speaker("en")("Request to freeze") == "Request to freeze"
    with pytest.raises(ValueError, match="there are en, zh"):
        speaker("fr")
