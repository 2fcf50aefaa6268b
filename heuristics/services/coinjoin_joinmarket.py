"""JoinMarket: one taker and several makers, equal outputs and a change for each."""

from collections import Counter
from collections.abc import Iterator

from chaintrace.model.finding import AnyFinding
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import View
from heuristics.services.coinjoin_shape import Launch, Shape, about, is_an_exchanges, is_since, shape
from heuristics.services.coinjoin_shares import is_dealt
from heuristics.services.coinjoin_wasabi1 import is_zerolink
from heuristics.services.coinjoin_wasabi2 import is_wabisabi

JOINMARKET = Launch(336_861, 1_420_761_600)
"""The height of Dumplings in crocs-muni's form (`FirstJoinMarketBlock`), and the announcement: 2015-01-09."""

PARTIES = 3
"""Two equal outputs are left alone: a Stonewall of one wallet has the same shape."""

LEAST = 27_300
"""An equal output is worth so many satoshi at least: JoinMarket's limit for coinjoins (`DUST_THRESHOLD`).

Whoever moves several inscriptions at once spends as many coins of 10,000 or 546 satoshi as it makes; with so little at
stake what a maker may earn would pay for everything.
"""


def coinjoin_joinmarket(transaction: Transaction, view: View) -> Iterator[AnyFinding]:
    """A coinjoin of JoinMarket: three equal outputs or more, and for each of them a change, but for one at most.

    An equal output is worth 27,300 satoshi at least, JoinMarket's limit. No address is paid twice or paid and spent
    from, and as many addresses pay as there are equal outputs. Their inputs can be dealt out so that each maker pays
    for an equal output and a change, less what it earns (10,000 satoshi or 1 % of the equal output, at most) or a
    little more (10,000 satoshi, at most, for the fee); the taker pays for the rest. Where the same inputs could also
    pay for amounts that nobody got, the rule abstains, and where a tag says that an exchange pays. From height 336,861
    on, or from 2015-01-09 where no height is known. Inputs of unknown value: it says nothing. A trace goes on by its
    method.
    Source: Moeser and Boehme 2016 for the shape; Goldfeder et al. 2017 (BlockSci) for dealing out, and its fees.
    Known failures: rounds of two; rounds in which a participant brings so many inputs that nothing can be told; other
    coinjoins with equal outputs and a change for each, for JoinMarket leaves no mark of its own.
    Measured (docs/accuracy.md): of 32 emulated rounds all, and none of the 145 other transactions of that chain. Real
    rounds are not measured.
    """
    seen = shape(transaction)
    if seen is None or not is_since(transaction, JOINMARKET) or is_zerolink(seen) or is_wabisabi(seen):
        return
    value, number = seen.most
    has_change = len(seen.made) - number in {number, number - 1}
    if has_change and pays_equal(transaction, seen, PARTIES) and not is_an_exchanges(transaction, view):
        text = (
            f"a coinjoin as by JoinMarket: {number} outputs of {value} satoshi, and the inputs of {len(seen.payers)} "
            "addresses can be dealt out to as many participants."
        )
        yield about(transaction, text)


def pays_equal(transaction: Transaction, seen: Shape, least: int) -> bool:
    """Whether `least` or more participants pay for equal outputs, and for no more than one change each."""
    value, number = seen.most
    change = [one for one in seen.made if one != value]
    if number < least or value < LEAST or len(change) > number or seen.reuse or len(seen.payers) < number:
        return False
    if seen.values is None:
        return False
    spent = Counter[str]()
    for leg in transaction.utxo.inputs if transaction.utxo is not None else ():
        spent[leg.address] += leg.value or 0
    return is_dealt(list(spent.values()), value, number, change)
