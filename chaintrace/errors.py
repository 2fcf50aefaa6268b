"""The errors of chaintrace. Catch the highest one whose remedy you know.

ChaintraceError
  InputError      a person gave something wrong: say what, why, and the remedy
  OutputError     a file could not be written: what stood there before still stands
  AdapterError    an API or a file gave no facts
    Unavailable   try again later
    Refused       key, plan or limit: stop asking
      Declined    this one question: others may be asked
    Malformed     the answer is not what it claims to be
"""

from pathlib import Path


class ChaintraceError(Exception):
    """Anything that chaintrace itself reports: one sentence, written for the person who reads it."""


class InputError(ChaintraceError):
    """Bad input. The sentence names the thing, the reason and the remedy.

    `path` and `line` say where it stands (lines count from 1); they are put before the sentence.
    """

    def __init__(self, sentence: str, *, path: Path | str | None = None, line: int | None = None) -> None:
        """Keep the place apart from the sentence, so that a caller can add what it alone knows."""
        self.sentence = sentence
        self.path = path
        self.line = line
        place = "" if path is None else f"{path}: " if line is None else f"{path}, line {line}: "
        super().__init__(f"{place}{sentence}")


class OutputError(ChaintraceError):
    """A report, a case or a store could not be written; nothing that stood there was damaged."""


class AdapterError(ChaintraceError):
    """A source gave no facts. It is never the same as an empty answer."""


class Unavailable(AdapterError):
    """The source did not answer, or not now: the same question may be answered later."""


class Refused(AdapterError):
    """The source answers nothing with this key, plan or limit: stop asking."""


class Declined(Refused):
    """The source will not answer this one question, or this kind of question; it may answer others."""


class Malformed(AdapterError):
    """The answer is not what it claims to be: cut short, of another chain, or not the bytes of its txid."""
