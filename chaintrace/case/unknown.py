"""What a source does not tell of its transactions, and what of them is odd: counted, with the first examples."""

from collections.abc import Iterator
from functools import lru_cache

from chaintrace.addresses import BITCOIN
from chaintrace.model.transaction import Transaction

EXAMPLES = 3
"""So many of each kind are named."""

MAX_MONEY = 21_000_000 * 100_000_000
"""Satoshi: no more can ever be. Source: Bitcoin Core, `consensus/amount.h`."""

_INPUTS = "an input of unknown value or address: no source here tells what it spends"
_TOO_MUCH = "a value above 21 million coins, which no block of Bitcoin can hold: taken as it stands"
_ODD = {
    "nulldata": "an output that begins with OP_RETURN: it has no address",
    "multisig": "a bare multisig output: it has no address",
    "nonstandard": "an output of no standard form: it has no address",
    "witness": "a witness output of a version that has no rules yet: its address is taken as it stands",
    "p2pk": "an output to a bare public key: shown under the address of its hash",
}
_NAMES = {"op_return": "nulldata", "pubkey": "p2pk", "witness_unknown": "witness"}
"""How nodes and Esplora call what we call otherwise."""


class Unknown:
    """Counts of transactions, by what is not known of them or odd about them."""

    def __init__(self) -> None:
        self.transactions = 0
        self._counts: dict[str, int] = {}
        self._examples: dict[str, list[str]] = {}

    @property
    def inputs(self) -> int:
        """How many transactions have an input of unknown value or address: any address may have spent there."""
        return self._counts.get(_INPUTS, 0)

    def see(self, transaction: Transaction) -> None:
        """Count one transaction."""
        self.transactions += 1
        for kind in set(_kinds(transaction)):
            self._counts[kind] = self._counts.get(kind, 0) + 1
            first = self._examples.setdefault(kind, [])
            if len(first) < EXAMPLES:
                first.append(transaction.txid)

    def sentences(self) -> Iterator[str]:
        """One sentence for each kind that occurred, the unknown inputs first."""
        for kind in (_INPUTS, _TOO_MUCH, *_ODD.values()):
            if number := self._counts.get(kind, 0):
                more = "; rules that need it say nothing there" if kind == _INPUTS else ""
                named = ", ".join(self._examples[kind])
                verb = "has" if number == 1 else "have"
                yield f"{number:,} of {self.transactions:,} transactions {verb} {kind}{more} ({named}{_rest(number)})"


def _rest(number: int) -> str:
    """That there are more than the examples."""
    return ", …" if number > EXAMPLES else ""


def _kinds(transaction: Transaction) -> Iterator[str]:
    """What is not known of a transaction, or odd about it."""
    transfer = transaction.utxo
    if transfer is None:
        return
    if any(leg.value is None or not (leg.address or leg.script or leg.script_type) for leg in transfer.inputs):
        yield _INPUTS
    if transaction.chain in BITCOIN and any(
        (leg.value or 0) > MAX_MONEY for leg in (*transfer.inputs, *transfer.outputs)
    ):
        yield _TOO_MUCH
    for script_type in {leg.script_type for leg in transfer.outputs}:
        kind = _odd(script_type)
        if kind:
            yield _ODD[kind]


@lru_cache(maxsize=256)
def _odd(script_type: str) -> str:
    """The kind of an output that is no usual one; "" for a usual one and for one of which nothing is told."""
    kind = script_type.lower()
    kind = _NAMES.get(kind, kind)
    if kind.startswith("witness_v") and "_" not in kind[9:]:
        return "witness"
    return kind if kind in _ODD else ""
