"""Outputs that could be change, what a sign leaves of them, and transactions in which no change can be told."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from chaintrace.addresses import BITCOIN, address_script, script_address
from chaintrace.model.chain import OutPoint
from chaintrace.model.transaction import Leg, Transaction, Transfer, utxo_fee
from chaintrace.model.view import View
from heuristics.control.common_input import has_equal_outputs
from heuristics.control.payjoin import may_be_payjoin
from heuristics.control.separable import is_separable

MOST_OUTPUTS = 10
"""No change is looked for among more outputs: a batch has no single payee. Source: graphsense-lib 2.18.1 (2 to 10)."""


class Remaining(NamedTuple):
    """What a sign leaves: the outputs (vout) that it cannot rule out as change, and the txids that it looked at.

    It speaks for an output that it leaves alone, and against those that it rules out. Where it leaves all of them, or
    none, it says nothing. Of the `unknown` ones nothing is known that it could have ruled out: for those it never
    speaks. `evidence` are txids of other transactions than the one that was asked about.
    """

    vouts: frozenset[int]
    evidence: tuple[str, ...] = ()
    unknown: frozenset[int] = frozenset()


Sign: TypeAlias = Callable[[Transaction, View], Remaining]
"""A rule about change that is never enough alone; its name stands in the findings that it has a part in."""

NOTHING = Remaining(frozenset())
"""What a sign says that cannot be asked here."""


def spendable(transfer: Transfer) -> tuple[Leg, ...]:
    """The outputs that somebody can spend: none that begins with OP_RETURN. Source: BlockSci's change heuristics."""
    return tuple(leg for leg in transfer.outputs if isinstance(leg.holding, OutPoint))


def left(transfer: Transfer, keeps: Callable[[Leg], bool], evidence: tuple[str, ...] = ()) -> Remaining:
    """The spendable outputs that a test keeps."""
    return Remaining(frozenset(leg.index for leg in spendable(transfer) if keeps(leg)), evidence)


def script_kind(chain: str, leg: Leg) -> str:
    """The type of a leg's script, one of those of `script_address`; `""` where nothing tells it.

    Sources name types in words of their own, so that it is read from the script or the address first.
    """
    if chain not in BITCOIN:
        return leg.script_type
    try:
        script = bytes.fromhex(leg.script) if leg.script else address_script(leg.address, chain)
    except ValueError:  # an address of another network, or none
        return leg.script_type
    return script_address(script, chain)[0]


def spenders(transaction: Transaction, view: View) -> dict[int, Transaction]:
    """What is known to spend each spendable output, by vout. A coinjoin is left out: its form is nobody's own."""
    found = {}
    for leg in spendable(transaction.utxo) if transaction.utxo is not None else ():
        spender = view.spender(leg.holding) if isinstance(leg.holding, OutPoint) else None
        if isinstance(spender, Transaction) and not is_mixed(spender, view):
            found[leg.index] = spender
    return found


def is_mixed(transaction: Transaction, view: View) -> bool:
    """Whether a rule found a coinjoin, or the transaction looks like one.

    An input without a known address is taken for one of its own here: several of them could be several people's.
    """
    said = view.findings(transaction.chain, transaction.txid)
    if any(one.rule.startswith("coinjoin") and one.subject == transaction.txid for one in said):
        return True
    transfer = transaction.utxo
    if transfer is None:
        return False
    unknown = sum(not leg.address for leg in transfer.inputs)
    known = len({leg.address for leg in transfer.inputs if leg.address})
    return has_equal_outputs(transfer) and unknown + known > 1


def may_be_several_peoples(transaction: Transaction) -> bool:
    """Whether several addresses are spent and a payjoin is possible, or it falls apart into several transactions.

    As where `common_input` abstains, but in any year; and where the value of an input is not known.
    """
    transfer = transaction.utxo
    if transfer is None or len({leg.address for leg in transfer.inputs}) < 2:
        return False
    return utxo_fee(transfer) is None or is_separable(transfer) or may_be_payjoin(transaction)


def has_peel_shape(transaction: Transaction) -> bool:
    """Whether one output is spent and two are made. Source: BlockSci, `looksLikePeelingChain`."""
    transfer = transaction.utxo
    return transfer is not None and len(transfer.inputs) == 1 and len(transfer.outputs) == 2


def parents(transaction: Transaction, view: View) -> Iterator[Transaction]:
    """The transactions that made what it spends, as far as they are known, each once."""
    transfer = transaction.utxo
    spent = [leg.holding.txid for leg in transfer.inputs if isinstance(leg.holding, OutPoint)] if transfer else []
    for txid in dict.fromkeys(spent):
        found = view.transaction(transaction.chain, txid)
        if isinstance(found, Transaction):
            yield found
