"""Whether a request may be called complete: what is missing, what does not agree, and what is not ours to say.

A request that lacks a thing is often not answered (data/recipients holds one recipient's own figures), so the linter
refuses to call it complete.
"""

import re
from collections.abc import Iterator

from chaintrace.freeze.agreement import agreement
from chaintrace.freeze.authority import FILES
from chaintrace.freeze.blocks import Letter
from chaintrace.freeze.cautions import cautions
from chaintrace.freeze.findings import Finding
from chaintrace.freeze.given import named, needed, needed_date
from chaintrace.freeze.request import Request
from chaintrace.i18n import ENGLISH, Say, speaker
from chaintrace.report.wording import FORBIDDEN, violations

CHINESE_WORDS = re.compile("赃款|赃物|洗钱|黑客|嫌疑人|犯罪分子|骗子")
"""What a Chinese text of ours may not say, as report/wording.py has it for English."""

ENGLISH_WORDS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in FORBIDDEN)
"""The English ones, which a label of a stranger brings into a Chinese letter too."""


def checked(request: Request, letter: Letter) -> tuple[Finding, ...]:
    """Everything that is wrong with a request and its letter, in the reader's language."""
    say = speaker(request.language)
    return (
        *_missing(request, say),
        *agreement(request, say),
        *_wording(letter, say),
        *cautions(request, say),
    )


def _missing(request: Request, say: Say) -> Iterator[Finding]:
    """The blanks of the letter, one each."""
    authority, clock = request.asker.authority, request.asker.clock
    for key in needed(request):
        if not authority.gives(key):
            text = say("no file is named: {name}") if key in FILES else say("not filled in: {name}")
            yield Finding("missing", text.format(name=named(key, say)), f"case.toml [authority] {key}")
    key = needed_date(request)
    if key and key not in clock.dates:
        yield Finding("missing", say("not filled in: {name}").format(name=named(key, say)), f"case.toml [clock] {key}")
    if not request.called:
        yield Finding("missing", say("nobody says who the recipient is"), request.folder)


def _wording(letter: Letter, say: Say) -> Iterator[Finding]:
    """Words that no text of ours may hold: mostly from labels of strangers and from reasons."""
    english = letter.language == ENGLISH
    patterns = (CHINESE_WORDS,) if english else (*ENGLISH_WORDS, CHINESE_WORDS)
    for where, text in letter.own_words():
        for said in violations(text) if english else ():
            yield Finding("wording", said, f"request.docx, {where}")
        for found in (word for pattern in patterns for word in pattern.findall(text)):
            said = say("the letter says {word!r}: say which address, and who attributes it to whom").format(word=found)
            yield Finding("wording", said, f"request.docx, {where}")
