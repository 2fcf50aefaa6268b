"""A sign of change in the fee rate: a wallet that always pays one rate pays it again when it spends its change.

No source tells sizes, so they are bounded from the scripts that are spent: a rate is an interval, and two of them may
be one rate where the intervals meet.
"""

from typing import NamedTuple

from chaintrace.addresses import BITCOIN, address_script
from chaintrace.model.transaction import Leg, Transaction, utxo_fee
from chaintrace.model.view import View
from heuristics.control.change_outputs import NOTHING, Remaining, left, script_kind, spenders

UNSIGNED = 4 * (36 + 4 + 1)
"""What an input weighs without what unlocks it: outpoint, sequence, length of the script."""

UNLOCKED = {"p2pkh": (4 * 104, 4 * 140), "p2wpkh": (105, 109)}
"""What unlocks an input weighs, at least and at most: signatures of 69 to 73 bytes with what says how they sign, and a
key of 33 bytes, or of 65 in a script. Source: BIP 141 for weights, BIP 66 for signatures."""

MARKED = 2
"""What a transaction with witnesses weighs more."""


class Rate(NamedTuple):
    """A fee in satoshi, and what the transaction weighs at least and at most, in weight units (BIP 141)."""

    fee: int
    least: int
    most: int

    def meets(self, other: "Rate") -> bool:
        """Whether both may have paid one rate."""
        return self.fee * other.least <= other.fee * self.most and other.fee * self.least <= self.fee * other.most


def change_fee_rate(transaction: Transaction, view: View) -> Remaining:
    """Leaves outputs whose spender may have paid the same fee rate, where it speaks: a wallet keeps to its rate.

    It speaks where the rate of every known spender is known, and at least one of them meets it. Inputs of other types
    than P2PKH and P2WPKH have no size that the scripts tell; then nothing is said.
    Source: BlockSci, `fixed_fee_per_byte`.
    Known failures: wallets that ask the network for a rate, as nearly all do now; times at which everybody pays the
    least rate; sizes are bounds, so that rates that are nearly equal count as equal.
    Published: no figure.
    Measured (docs/accuracy.md): right in 4 of 4 real payments of 2014.
    """
    mine = rate(transaction)
    later = spenders(transaction, view)
    theirs = {vout: rate(spender) for vout, spender in later.items()}
    if transaction.utxo is None or mine is None or None in theirs.values():
        return NOTHING
    same = {vout for vout, one in theirs.items() if one is not None and one.meets(mine)}
    if not same:
        return NOTHING
    evidence = tuple(dict.fromkeys(spender.txid for spender in later.values()))
    found = left(transaction.utxo, lambda leg: leg.index in same or leg.index not in later, evidence)
    return found._replace(unknown=found.vouts - later.keys())


def rate(transaction: Transaction) -> Rate | None:
    """The fee and the bounds of the weight; None where the scripts do not tell them."""
    transfer = transaction.utxo
    if transfer is None or not transfer.inputs:
        return None
    kinds = [script_kind(transaction.chain, leg) for leg in transfer.inputs]
    sizes = [_size(leg, transaction.chain) for leg in transfer.outputs]
    fee = utxo_fee(transfer)
    if fee is None or None in sizes or not all(kind in UNLOCKED for kind in kinds):
        return None
    inputs, outputs = len(kinds), len(sizes)
    plain = 8 + _length(inputs) + _length(outputs) + sum(8 + size + _length(size) for size in sizes if size is not None)
    is_marked = "p2wpkh" in kinds
    witness = MARKED + kinds.count("p2pkh") if is_marked else 0  # an input without a witness says so in one byte
    least, most = (sum(UNLOCKED[kind][end] for kind in kinds) for end in (0, 1))
    weight = 4 * plain + witness + UNSIGNED * inputs
    return Rate(fee, weight + least, weight + most)


def _size(leg: Leg, chain: str) -> int | None:
    """How many bytes an output's script has; None where nothing tells it."""
    if leg.script:
        return len(leg.script) // 2
    try:
        return len(address_script(leg.address, chain)) if chain in BITCOIN and leg.address else None
    except ValueError:  # an address of another network
        return None


def _length(number: int) -> int:
    """How many bytes a number of things takes."""
    return 1 if number < 0xFD else 3
