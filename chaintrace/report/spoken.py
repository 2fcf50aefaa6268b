"""Phrases of the page in its reader's language: English stands in the code, and `say` gives the other."""

import re
from collections.abc import Iterable
from string import Formatter

from chaintrace.i18n import Say, message
from chaintrace.report.mixed_scripts import marked
from chaintrace.report.wording import IN_ORDER, METHOD_TEXTS, method_name


def words(say: Say, *texts: str) -> list[str]:
    """Messages one after the other, as the headings of a table are."""
    return [say(text) for text in texts]


def several(say: Say, number: int, one: str, many: str) -> str:
    """A message with a number in it, in the form that fits the number."""
    return say(one if number == 1 else many).replace("{number}", f"{number:,}")


WIDE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef“”]")
"""Chinese characters and the signs that go with them, which no space parts."""


def filled(text: str, **places: object) -> str:
    """A message with its places filled, without a space of its own between two Chinese characters or their signs.

    What stands in the places stays as it is: it is others' text too.
    """
    told = ""
    for own, name, _, _ in Formatter().parse(text):
        needless = own.startswith(" ") and WIDE.match(own[1:2]) and WIDE.match(told[-1:])
        told += own[1:] if needless else own
        value = "" if name is None else str(places[name])
        if told.endswith(" ") and WIDE.match(told[-2:-1]) and WIDE.match(value[:1]):
            told = told[:-1]
        told += value
    return told


def enumerated(say: Say, items: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`, with the signs of the language."""
    told = list(items)
    if len(told) < 2:
        return "".join(told)
    head = told[0]
    for one in told[1:-1]:
        head = filled(say("{so_far}, {next}"), so_far=head, next=one)
    return filled(say("{so_far} and {last}"), so_far=head, last=told[-1])


def one_after_another(say: Say, sentences: Iterable[str]) -> str:
    """Sentences in one line, with the space that the language puts between them."""
    head, *rest = sentences
    for one in rest:
        head = say("{so_far} {next}").format(so_far=head, next=one)
    return head


def method_called(say: Say, method: str, *, positional: bool = False) -> str:
    """A method as `wording.method_name` has it, in the language."""
    name = say(method_name(method))
    return say("positional {method}").format(method=name) if positional and method in IN_ORDER else name


def method_told(say: Say, method: str) -> str:
    """What a method does, in a sentence."""
    return say(METHOD_TEXTS[method]) if method in METHOD_TEXTS else method_called(say, method)


def source_called(say: Say, source: str) -> str:
    """Who says whose an address is: a source by its own name, look-alikes marked; a rule as `rule deposit_address`."""
    rule = source.removeprefix("rule ")
    return say("rule {rule}").format(rule=rule) if rule != source else marked(source)


REASONS = (
    message("history not in the sources"),
    message("input values unknown"),
    message("limit: max_hops"),
    message("limit: max_transactions"),
    message("below min_value"),
)
"""The reasons of `chaintrace.model.trace.Reason`, to be said as they are."""

KINDS = (
    *(message("opening"), message("pro rata"), message("fifo")),
    *(message("claimed"), message("attributed"), message("corroborated")),
    *(message("yes"), message("no"), message("not known")),
    *(message("private"), message("exchange-shaped"), message("unknown")),
    *(message("over 99.9 %"), message("under 0.1 %")),
)
"""Other names that a page says as they are: a kind of reading, how LIBR deals between payments, grades of labels, plain
answers, kinds of holders, and shares that are nearly all or nearly nothing."""
