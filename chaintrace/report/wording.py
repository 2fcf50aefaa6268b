"""The phrases that a report may use, and those that no text of ours may contain.

A chain shows movements, never persons. A report says what was credited to which address, who attributes the address
to whom, under which method, as of which height, and what was assumed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from chaintrace.i18n import message

FORBIDDEN: Mapping[str, str] = MappingProxyType(
    {
        r"belong(?:s|ed|ing)? to": "credited to, or attributed to S by Q",
        r"\bowne(?:r|rs|d|rship)\b": "attributed to S by Q",
        r"\bsuspect(?:s|ed)?\b": "the address, and who attributes it",
        r"\bprov(?:e|es|ed|en)\b": "shows, under method M",
        r"\blaunder\w*": "moved, credited",
        r"\bdirty\b": "of origin O",
        r"\btaint(?:ed|s)?\b": "of origin O",
        r"\bconsistent with\b": "say what the sources show",
        r"\bhackers?\b": "the address",
        r"\bthe trail ends\b": "not followed, with the reason",
        r"\bstolen (?:funds|coins|money)\b": "the payments named as seeds",
        r"\bcriminals?\b": "the address",
    },
)
"""Regular expressions that no text which we print may match, each with what to say instead. Case does not count."""

CONTESTED = message("claims about whose address it is contradict each other")
"""What is said of an address whose tags conflict."""

MEMO_MISSING = "Memo missing"
"""How a note begins on credits that lack what tells a service whom to credit."""

METHOD_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "fifo": message("FIFO"),
        "lifo": message("LIFO"),
        "libr": message("LIBR"),
        "haircut": message("haircut"),
        "poison": message("poison"),
    },
)

IN_ORDER = frozenset({"fifo", "lifo"})
"""Methods that are called positional where outputs are traced: they follow the order of the inputs (M7)."""

METHOD_TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "fifo": message("First in, first out: the oldest value in a pool leaves first."),
        "lifo": message("Last in, first out: the newest value in a pool leaves first."),
        "libr": message(
            "Lowest intermediate balance rule: value that this case does not claim leaves first. "
            "It assumes that all unidentified value was the wrongdoer's; other people's money may be in it."
        ),
        "haircut": message(
            "Haircut (rolling pro rata): every part of a pool leaves in proportion to its share at that moment."
        ),
        "poison": message(
            "Poison: a screen. It marks every address that value could have reached, and is never a sum."
        ),
    },
)

POSITIONAL = message(
    "On chains of transaction outputs FIFO and LIFO are positional: they follow the order of a transaction's inputs, "
    "which is a choice of the wallet software."
)
EVERY_ORDER = message("Where the order matters, the range over all orders is printed.")
READINGS: Mapping[str, str] = MappingProxyType(
    {
        message("input order"): message("the order of a transaction's inputs is a choice of the wallet software."),
        message("origin left out"): message(
            "one payment is left out of the case, and its value counts as unidentified."
        ),
        message("wallet pool"): message(
            "addresses that the case declares to be one wallet are one pool, or each its own."
        ),
    },
)
"""What is varied where another reading changes a place, by kind; `OPENINGS` says it of openings."""

OPENINGS = message(
    "The sources do not say what these accounts held before their first row. Reported is the least opening balance "
    "that explains what left them. A larger one would be value that this case does not claim: under FIFO and LIBR it "
    "would have left first, under haircut it would have had its share in every outflow, and so the payment would have "
    "left later or not at all: some of the places below would have had less of it, others more. Tried was an opening "
    "as large as all outflows of the account, more than which changes nothing under FIFO, LIFO and LIBR: an outer end, "
    "not an estimate."
)
CONVERTED = message(
    "Value that went out as one asset was traced into a substitute asset, or to another chain: by an exact key, by a "
    "protocol's event, or by a document that a named person entered. What came in has the parts of what went out, in "
    "proportion. Pools, routers and bridges inherit nothing. Where it was delivered may be another person's address."
)
"""What a report says of conversions."""
LEADS = message(
    "These rest on amounts and times alone, or on little else: nothing of them is part of any trace. A case follows "
    "one where a named person accepts it, with the reason."
)
"""What a report says of continuations that are too weak to follow."""
SPREAD = message("Spread between allocation rules, not a confidence interval")
NO_PERSON = message("This report does not identify any person.")
VALUED = message(
    "A value is an exact amount times a price that its source quotes. The price is the last one at or before the "
    "moment, and holds for less than one interval of its source; nothing is interpolated, and what has no such price "
    "has no value here. Values are of the main method and say what was quoted, not what anybody would have paid."
)
BOOK_VALUE = message(
    "Resting is what the method leaves at a holding at the end of coverage: a book value. "
    "Whether anybody can restrain it is another question."
)
CLUSTERED = message(
    "Findings join addresses that were probably controlled together; each can be wrong, and no chain shows more than "
    "that. No value moves here because of a finding: the sums are those of the resting places. A tag at another member "
    "is a claim about that member, and makes no endpoint."
)
NOT_CLUSTERED = message(
    "No address where value rests is joined by findings in use with another one of this case, with one that has a tag, "
    "or with one from which or to which a payment was made."
)
REFUSED = message(
    "These findings join nothing: each lies on a way between addresses of which tags name different actors. One of "
    "them is wrong, or a tag is, and nothing here tells which."
)
TAG_IS_CLAIM = message(
    "A tag is a claim of its source, never a fact. Claims about one address that differ are all shown; copies of one "
    "list do not confirm each other."
)
ISSUER_STATE = message(
    "What the contract says of an address as of a height: that it refuses transfers from there, or that it does not. "
    "It may say otherwise a block later, and says nothing of who holds the address."
)
ISSUER_NOT_TOLD = message(
    "Where it is not known what the contract says, nobody was asked or no answer could be used: that is not the same "
    "as not blocked."
)
NO_ISSUER = message(
    "No token whose issuer's contract is listed here rests or was credited anywhere. Of a contract that is not listed "
    "nothing is said: nobody looked at it."
)
ISSUER_POWERS: Mapping[str, str] = MappingProxyType(
    {
        "none": message("The contract of {issuer} has no function to block an address."),
        "block": message(
            "{issuer}'s contract has a function that can block an address; whether it will is {issuer}'s decision or a "
            "court's."
        ),
        "wipe": message(
            "{issuer}'s contract has a function that can block an address, and another that destroys what a blocked "
            "address has; whether it will is {issuer}'s decision or a court's."
        ),
    },
)
"""What the contract of an issuer can do to an address, by its power."""
QUOTED = message("What the case, rules, gaps, tags and sources say is quoted as it is, in English where it is English.")
"""What a page in another language says of the texts that it does not translate."""

NOT_MEASURED = message("not measured")
"""What is said of a rule that no data with a known truth are at hand for."""
NO_ESTIMATE = "not an estimate for this case"
"""What is said behind every measured rate: a case holds other transactions than those that were counted."""
NOT_REST = message(
    "What was not followed is not known: it is neither spent nor resting as far as this report can tell."
)


def method_name(method: str, *, positional: bool = False) -> str:
    """A method as a sentence names it; `positional` where outputs are traced."""
    name = METHOD_NAMES.get(method, method)
    return f"positional {name}" if positional and method in IN_ORDER else name


def listed(words: Iterable[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    items = list(words)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""


def counted(number: int, thing: str, things: str = "") -> str:
    """`1 address`, `2 addresses`: the number with the word that fits it."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def violations(text: str) -> Iterator[str]:
    """What a text says that it may not, each with what to say instead."""
    for pattern, instead in FORBIDDEN.items():
        for found in re.finditer(pattern, text, re.IGNORECASE):
            around = " ".join(text[max(0, found.start() - 40) : found.end() + 40].split())
            yield f"{found.group()!r} in “{around}”: say {instead}"
