"""English sentences of the program told again in the reader's language; what has no message is quoted as it is.

A report is English. Its sentences are made where they are found, so that here each is recognised by the message that it
is made from. What other people wrote, and rules about a transaction, stay as they are.
"""

import re
from collections.abc import Mapping
from functools import cache

from chaintrace.case.return_addresses import ARRIVED, MORE
from chaintrace.case.unnamed_tokens import SPLIT, UNNAMED
from chaintrace.freeze.retold import retold
from chaintrace.i18n import ENGLISH, Say, message

COVERS = (
    message("{number} address (declared in the case)"),
    message("{number} addresses (declared in the case)"),
    message("every address (declared in the case)"),
    message("every address (all blocks read)"),
    message("what it was asked"),
    message("nothing: it gave no answer"),
    message("what it was asked, as of block {number} ({hash})"),
    message("nothing: it gave no answer, as of block {number} ({hash})"),
)
"""For what a source is complete."""

GAPS = (
    message(
        "{name} sends more than the sources show it receive: an opening balance of {number} base units is assumed, the "
        "least that explains it, as unidentified value."
    ),
    message(
        "{name} was later credited by {address}, where traced value was not followed for lack of history: what came "
        "back is counted as unidentified."
    ),
    message("{name} was credited with value outside the time for which a source holds all its movements."),
    message(
        "Of the {number} base units of the seed {txid} {index} ({origin}), {claimed} were unidentified and took its "
        "origin; the rest already carried an origin, and keeps it."
    ),
    message(
        "The transaction of the seed {outpoint} is not in the sources: its value and its address are read from {txid}, "
        "which spends it; when and by whom it was paid is not known here."
    ),
    message("Followed backward, payments lead to {place}, whose history is not in the sources."),
    message("Followed backward, payments lead to {place}, made from inputs whose values are not known."),
    SPLIT,
)
"""What a trace says that it assumed or does not know."""

PRICES = (
    message("last price at or before the moment, less than one {interval} old; nothing interpolated"),
    message("declared in the case as {price}; not a market price"),
)
CONVERSIONS = (
    message("converted at the ECB's reference rates of the same day (UTC)"),
    message("converted at the ECB's reference rates last published up to that day (UTC), at most {number} days before"),
)
"""How a price was chosen, and how it was converted."""

NOTES = (
    message("said on {day}, after the last movement of traced value here ({last})"),
    message("said on {day}, after the first movement of traced value here ({first})"),
    message("listed on {day}, after the last movement here ({last})"),
    message("listed on {day}, after the first movement here ({first})"),
    message("delisted on {day}, before the first movement here ({first})"),
    message("delisted on {day}"),
)
"""What the date of a label is beside the movements at its address."""

READINGS = (
    message(
        "Noise: movements at the addresses of this report that rules call no payment that matters: {number} ({rules}); "
        "findings.csv has each with its reason. In transactions that carry traced value: {claimed}. No "
        "amount changes by it: what they moved lies where the ledger put it."
    ),
    message(
        "Noise: movements to which payments lead, followed backward, and which rules call no payment that matters: "
        "{number}. sources.csv has each with its share (kind noise); nothing is followed behind them."
    ),
    message(
        "Look-alike: {payee}, which {payer} paid in {txid}, looks at both ends like {earlier}, which it had paid "
        "before, in {before}. The payment stands in the trace as it was made; whether it was meant for the other "
        "address, no ledger says."
    ),
    message(
        "Look-alike: payments to addresses that look like one paid before, besides those that are named: {number}."
    ),
    *(UNNAMED, ARRIVED, MORE),
)
"""Notes of the program on what was read. What others wrote, and notes on a transaction, stay as they are."""

RATES = (
    message("{data} (n={number} {unit}, {era}, {kind}), where there is nothing to find: {false} false"),
    message(
        "{data} (n={number} {unit}, {era}, {kind}): no finding there, so its errors are not measured by "
        "it; recall {recall}"
    ),
    message("{data} (n={number} {unit}, {era}, {kind}): precision {precision}, recall {recall}"),
)
"""What was measured of a rule on one set of data."""

MEASURED = message("measured on {sets}; not an estimate for this case")
UNITS = (
    *(message("pairs"), message("payment"), message("payments"), message("changes")),
    *(message("transaction"), message("transactions"), message("real"), message("emulated")),
)
"""What is counted in the sets of data, and of which kind they are."""

GAP_KINDS = (
    *(message("opening"), message("history"), message("inflow"), message("seed"), message("claimed")),
    *(message("balance"), message("source"), message("order"), message("continuation")),
)
"""Kinds of gaps, which are said as they are."""

CATEGORIES = (
    *(message("exchange"), message("custodian"), message("broker"), message("wallet_service"), message("miner")),
    *(message("payment_processor"), message("gambling"), message("market"), message("atm"), message("issuer")),
    *(message("mining_service"), message("mixing_service"), message("law_enforcement"), message("service")),
    *(message("defi"), message("defi_bridge"), message("defi_dex"), message("defi_lending"), message("sanctions")),
)
"""Categories of tags, which are said as they are; any other stays as it stands."""

NUMBERS = frozenset({"number", "claimed", "false"})
"""Places that hold a whole number."""


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """What a text made of this message looks like."""
    place = r"(?P<\1>.+?)"
    made = re.sub(r"\\\{(\w+)\\\}", place, re.escape(text))
    for name in NUMBERS:
        made = made.replace(f"(?P<{name}>.+?)", f"(?P<{name}>\\d+)")
    return re.compile(made)


def _places(text: str, messages: tuple[str, ...]) -> tuple[str, Mapping[str, str]] | None:
    """The message that a text is made from, with what stands in its places."""
    for one in messages:
        found = _pattern(one).fullmatch(text)
        if found:
            return one, found.groupdict()
    return None


def again(text: str, messages: tuple[str, ...], say: Say) -> str:
    """A text in the reader's language where it is made from one of these messages, else as it is."""
    found = _places(text, messages)
    return text if found is None else say(found[0]).format(**found[1])


def covered(text: str, say: Say) -> str:
    """For what a source is complete."""
    return again(text, COVERS, say)


def gap(text: str, say: Say) -> str:
    """What was assumed or is not known."""
    return again(text, GAPS, say)


def reading(text: str, say: Say) -> str:
    """A note on how the case was read."""
    return again(text, READINGS, say)


def note(text: str, say: Say) -> str:
    """How the dates of a label stand to what moved at its address."""
    return say("; ").join(again(part, NOTES, say) for part in text.split("; "))


def price_rule(text: str, say: Say) -> str:
    """How a price was chosen, and how it was converted where it was."""
    chosen, _, converted = text.partition("; converted")
    said = again(chosen, PRICES, say)
    return said + say("; ") + again(f"converted{converted}", CONVERSIONS, say) if converted else said


def rate(text: str, say: Say) -> str:
    """How often a rule errs, set by set: the names of sets and the numbers stay."""
    whole = _places(text, (MEASURED,))
    if whole is None:
        return say(text)
    told = []
    for one in whole[1]["sets"].split("; on "):
        found = _places(one, RATES)
        if found is None:
            return text
        named = {key: say(value) if key in {"unit", "kind"} else value for key, value in found[1].items()}
        told.append(say(found[0]).format(**named))
    return say(MEASURED).format(sets=say("; on ").join(told))


def finding(text: str, language: str, say: Say) -> str:
    """What a rule found: the sentence of `deposit_address` in the reader's language, any other as it is."""
    return text if language == ENGLISH else retold(text, language, say)
