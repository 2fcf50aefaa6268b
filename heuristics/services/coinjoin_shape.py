"""What a transaction of many payers looks like: counts that the rules about coinjoins share, and what is no coinjoin.

Each transaction is looked at from its own inputs and outputs alone, and from what tags say of who pays.
"""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from chaintrace.addresses import BITCOIN, address_script, script_address
from chaintrace.model.finding import Service
from chaintrace.model.transaction import Leg, Transaction
from chaintrace.model.view import View
from heuristics.services.exchange_label import exchange

MAINNET = "bitcoin"
"""The one chain whose heights say when a wallet began; on test chains only the time does."""

DUST = 2730
"""Outputs of so many satoshi or less are nobody's mixed coin: graphsense-lib's threshold (546 times 5)."""

RATIO = 5
"""From so many inputs for each output on it is a consolidation, from so many outputs for each input a batch of payments
(the filters of crocs-muni/coinjoin-analysis and of mempool.space)."""

_KINDS = {name: name for name in ("p2pk", "p2pkh", "p2sh", "p2wpkh", "p2wsh", "p2tr", "multisig")} | {
    "pubkey": "p2pk",
    "pubkeyhash": "p2pkh",
    "scripthash": "p2sh",
    "v0_p2wpkh": "p2wpkh",
    "v0_p2wsh": "p2wsh",
    "v1_p2tr": "p2tr",
    "witness_v0_keyhash": "p2wpkh",
    "witness_v0_scripthash": "p2wsh",
    "witness_v1_taproot": "p2tr",
}
"""Our names of types, and what Bitcoin Core and Esplora call them. Any other word is read from the address instead."""

_NOTES = frozenset({"nulldata", "op_return", "txnulldata"})


class Launch(NamedTuple):
    """When a kind of coinjoin began on mainnet: the first height, and the first time in Unix seconds (UTC)."""

    height: int
    time: int


class Coordinator(NamedTuple):
    """Who ran the first rounds of a kind of coinjoin, and from when on it ran none any more, in Unix seconds (UTC)."""

    name: str
    ended: int

    def told(self, transaction: Transaction) -> str:
        """A sentence for whatever mainnet holds that is later, as others can run the same; "" for all else."""
        is_later = transaction.time is not None and transaction.time >= self.ended
        text = f" It is later than the last round known of {self.name}."
        return text if is_later and transaction.chain == MAINNET else ""


class Shape(NamedTuple):
    """Values in satoshi in the order of the chain, how often each address pays or is paid, and the kinds of script.

    `paid` has a None for each input of unknown value. `reuse` counts the outputs to an address that is paid before or
    that is spent from, `top` the inputs of the address that gives most of them.
    """

    paid: tuple[int | None, ...]
    made: tuple[int, ...]
    counts: Counter[int]
    payers: Counter[str]
    payees: Counter[str]
    paid_kinds: frozenset[str]
    made_kinds: frozenset[str]
    is_final: bool

    @property
    def reuse(self) -> int:
        """How many outputs go to an address that an earlier one pays, or that is spent from."""
        return sum(self.payees.values()) - len(self.payees) + len(self.payees.keys() & self.payers.keys())

    @property
    def top(self) -> int:
        """How many inputs the address gives that gives most of them."""
        return max(self.payers.values())

    @property
    def is_mostly_fresh(self) -> bool:
        """Whether no more than one output in ten goes where value went or came from before, and no address gives more.

        Coordinators refuse an address that was registered, and one wallet brings a few inputs; exchanges and those who
        spray dust pay and spend the same addresses again and again. Of one input in ten: graphsense-lib, which asks for
        twenty inputs; of fewer an address gives two.
        """
        return 10 * self.reuse <= len(self.made) and self.top <= max(2, len(self.paid) // 10)

    @property
    def values(self) -> tuple[int, ...] | None:
        """The values of the inputs; None where one is not known."""
        known = tuple(value for value in self.paid if value is not None)
        return known if len(known) == len(self.paid) else None

    @property
    def most(self) -> tuple[int, int]:
        """The value above dust that most outputs have, the larger of two, and how many have it; (0, 0) for none."""
        return max(((count, value) for value, count in self.counts.items() if value > DUST), default=(0, 0))[::-1]


def shape(transaction: Transaction) -> Shape | None:
    """The shape of a transaction that several addresses pay for; None for whatever is no coinjoin at first sight.

    That is: a transaction of an account chain, one that makes coins, one without two equal outputs, one with a payer or
    a payee that has no address, as an OP_RETURN has none (a protocol or a message: no coinjoin writes one), and one
    that gathers or scatters more than five to one.
    """
    transfer = transaction.utxo
    if transfer is None or len(transfer.inputs) < 2 or len(transfer.outputs) < 2:
        return None
    inputs, outputs = transfer.inputs, transfer.outputs
    if len(inputs) > RATIO * len(outputs) or len(outputs) > RATIO * len(inputs):
        return None
    made = tuple(leg.value or 0 for leg in outputs)
    if len(set(made)) == len(made) or not all(leg.address for leg in (*inputs, *outputs)):
        return None
    return Shape(
        tuple(leg.value for leg in inputs),
        made,
        Counter(made),
        Counter(leg.address for leg in inputs),
        Counter(leg.address for leg in outputs),
        kinds(inputs, transaction.chain),
        kinds(outputs, transaction.chain),
        all(leg.sequence is None or leg.sequence >= 2**32 - 2 for leg in inputs),
    )


def kinds(legs: Iterable[Leg], chain: str) -> frozenset[str]:
    """The types of the scripts of several legs, as `kind` tells them: that of a type that a source says but once."""
    told = {_KINDS.get(leg.script_type.lower()) or leg.address or leg.script_type: leg for leg in legs}
    return frozenset(kind(leg, chain) for leg in told.values())


def kind(leg: Leg, chain: str) -> str:
    """The type of a leg's script under one name; read from its address where no source says it in words known here.

    The source's own word where the address does not tell it either.
    """
    told = leg.script_type.lower()
    if told not in _KINDS and leg.address and chain in BITCOIN:
        try:
            return script_address(address_script(leg.address, chain), chain)[0]
        except ValueError:
            return told
    return _KINDS.get(told, told)


def is_note(leg: Leg) -> bool:
    """Whether an output is an OP_RETURN."""
    return leg.script_type.lower() in _NOTES or leg.script.startswith("6a")


def is_since(transaction: Transaction, launch: Launch) -> bool:
    """Whether the height of a transaction allows a family's name, or the time where the height says nothing.

    On other chains than mainnet heights say nothing about when a wallet began. Without either nothing is allowed.
    """
    if transaction.chain == MAINNET and transaction.height is not None:
        return transaction.height >= launch.height
    return transaction.time is not None and transaction.time >= launch.time


def is_an_exchanges(transaction: Transaction, view: View) -> bool:
    """Whether tags attribute an address that pays to an exchange: then it is a batch of payouts, by graphsense-lib."""
    transfer = transaction.utxo
    spent = {leg.address for leg in transfer.inputs if leg.address} if transfer is not None else set()
    return any(exchange(view, transaction.chain, address) is not None for address in spent)


def about(transaction: Transaction, text: str) -> Service:
    """The finding of a rule: its subject is the txid, so that no trace stops by it."""
    return Service(transaction.chain, transaction.txid, "", (transaction.txid,), text=text)
