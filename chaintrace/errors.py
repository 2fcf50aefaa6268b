"""The errors of chaintrace. Catch the highest one whose remedy you know.

ChaintraceError
  InputError      a person gave something wrong: say what, why, and the remedy
  OutputError     a file could not be written: what stood there before still stands
  AdapterError    an API or a file gave no facts
    Unavailable   try again later
    Refused       key, plan or limit: stop asking
      Declined    this one question: others may be asked
    Malformed     the answer is not what it claims to be
      TooDeep     brackets in it stand deeper than can be read: the same may be told another way
"""

from pathlib import Path


class ChaintraceError(Exception):
    """Anything that chaintrace itself reports: one sentence, written for the person who reads it.

    >>> import chaintrace as ct
    >>> try:
    ...     ct.open_case("no such folder")
    ... except ct.ChaintraceError as error:
    ...     print(error)
    there is no folder 'no such folder': make a case with `chaintrace new`
    """

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows of it (IPython asks): the sentence alone, without what would steer a terminal."""
        plain = (one if one.isprintable() else ascii(one)[1:-1] for one in str(self))
        return [f"{type(self).__name__}: {''.join(plain)}"]


class InputError(ChaintraceError):
    """Bad input. The sentence names the thing, the reason and the remedy.

    `path` and `line` say where it stands (lines count from 1); they are put before the sentence.

    >>> import chaintrace as ct
    >>> _ = ct.demo_case("tron-usdt", "broken").folder.joinpath("case.toml").write_text("[case]")
    >>> try:
    ...     ct.open_case("broken").follow()
    ... except ct.InputError as error:
    ...     print(error.path.name, error.line, error.sentence)
    case.toml 1 name is missing in [case]: add it
    """

    def __init__(self, sentence: str, *, path: Path | str | None = None, line: int | None = None) -> None:
        """Keep the place apart from the sentence, so that a caller can add what it alone knows."""
        self.sentence = sentence
        self.path = path
        self.line = line
        place = "" if path is None else f"{path}: " if line is None else f"{path}, line {line}: "
        super().__init__(f"{place}{sentence}")


class OutputError(ChaintraceError):
    """A report, a case or a store could not be written; nothing that stood there was damaged.

    >>> import chaintrace as ct
    >>> try:
    ...     ct.demo_case("tron-usdt", "/dev/null/demo")
    ... except ct.OutputError as error:
    ...     print(error)
    /dev/null/demo cannot be written (Not a directory): choose another folder
    """


class AdapterError(ChaintraceError):
    """A source gave no facts. It is never the same as an empty answer.

    >>> import chaintrace as ct
    >>> issubclass(ct.AdapterError, ct.ChaintraceError) and not issubclass(ct.AdapterError, ct.InputError)
    True
    """


class Unavailable(AdapterError):
    """The source did not answer, or not now: the same question may be answered later."""


class Refused(AdapterError):
    """The source answers nothing with this key, plan or limit: stop asking."""


class Declined(Refused):
    """The source will not answer this one question, or this kind of question; it may answer others."""


class Malformed(AdapterError):
    """The answer is not what it claims to be: cut short, of another chain, or not the bytes of its txid."""


class TooDeep(Malformed):
    """The answer is nested deeper than can be read safely, as calls inside calls can be."""
