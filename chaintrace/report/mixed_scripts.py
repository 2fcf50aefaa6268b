"""Text of strangers as another program may show it: hidden signs by their code points, look-alike letters marked.

A name in which Latin letters stand beside Greek, Cyrillic, Armenian or Cherokee ones in one word may be made to look
like another name. It is printed as it is, and what is no Latin letter is named behind it.
"""

import re
import unicodedata

from chaintrace.report.markup import visible

LOOK_ALIKE = ("ARMENIAN", "CHEROKEE", "COPTIC", "CYRILLIC", "GREEK", "LISU", "MATHEMATICAL", "FULLWIDTH")
"""Scripts and forms, by the first word of a letter's name, that hold signs like Latin letters."""

MOST = 4
"""So many signs are named."""

_WORD = re.compile(r"\w+")


def look_alikes(text: str) -> tuple[str, ...]:
    """The letters that stand among Latin ones in one word and may be taken for them, each once, in order."""
    if text.isascii():
        return ()
    found: dict[str, None] = {}
    for word in _WORD.findall(text):
        names = {sign: unicodedata.name(sign, "").partition(" ")[0] for sign in word if sign.isalnum()}
        with_latin = any(name == "LATIN" or (sign.isascii() and sign.isdigit()) for sign, name in names.items())
        others = [sign for sign in word if names.get(sign, "") in LOOK_ALIKE]
        if others and (with_latin or {"MATHEMATICAL", "FULLWIDTH"} & {names[sign] for sign in others}):
            found.update(dict.fromkeys(others))
    return tuple(found)


def marked(text: str) -> str:
    """The text with hidden signs shown, and ` ⟨not Latin: U+0412⟩` behind it where letters may deceive."""
    signs = look_alikes(text)
    if not signs:
        return visible(text)
    named = " ".join(f"U+{ord(sign):04X}" for sign in signs[:MOST]) + (" …" if len(signs) > MOST else "")
    return f"{visible(text)} ⟨not Latin: {named}⟩"
