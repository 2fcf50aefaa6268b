"""Transactions: legs, the transfers that they make, and the place of each in the chain's order."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from chaintrace.model.chain import Asset, Block, Holding
from chaintrace.model.provenance import Source

Order: TypeAlias = tuple[int, int, int]
"""A movement's place in its chain (M2): (rank, position, place inside the transaction).

The rank is the height; in a file without heights it is the time in Unix seconds, in one without either it is 0."""

Where: TypeAlias = tuple[Order, str, str]
"""Where a movement stands in its chain: its order, then its txid and its index, which part what has one order (M2)."""

Kind: TypeAlias = Literal["native", "internal", "token", "nft", "mint", "burn", "fee", "utxo"]
"""What sort of transfer it is; `utxo` is a whole UTXO transaction."""

Status: TypeAlias = Literal["confirmed", "failed", "pending"]

ROW = "row:"
"""How the index of a transfer begins that a list told without its place in the transaction (M1)."""

PENDING_RANK = 2**62
"""The rank of what no block holds yet: after everything that one does."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of a transfer.

    `value` is in base units (None: not known, inputs of UTXO transactions only). `holding` is None where nobody
    holds it: a mint's source, a burn, an unspendable output. `address` is `""` where there is none (bare multisig,
    OP_RETURN). `index` is the vin or vout on UTXO chains, 0 elsewhere. `sequence` is that of an input of a UTXO
    transaction, None elsewhere and where it is not known.
    """

    value: int | None
    holding: Holding | None
    address: str = ""
    index: int = 0
    script_type: str = ""
    script: str = field(default="", repr=False)
    sequence: int | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Transfer:
    """One asset moves from N holdings to M (1 to 1 on account chains). A mint has no inputs, a burn no outputs.

    `index` names it inside its transaction (M1): the file's own text, `value`, `log:57`, `call:0.1`, `fee`, `row:…`;
    on UTXO chains it is `utxo` and the outputs carry their vout. `token_id` is None for everything that is fungible.
    """

    index: str
    kind: Kind
    asset: Asset
    inputs: tuple[Leg, ...]
    outputs: tuple[Leg, ...]
    order: Order
    token_id: int | None = None

    @property
    def value(self) -> int | None:
        """What moves: the first leg's value on account chains, the sum of the outputs on UTXO chains."""
        if self.kind == "utxo":
            return sum(leg.value or 0 for leg in self.outputs)
        return (self.outputs or self.inputs)[0].value


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction as the chain has it. `position` is its place in the block (M1); `block` is None while pending.

    `version` and `locktime` are those of a UTXO transaction, None elsewhere and where they are not known. They are not
    compared, as the sequences of inputs are not: the txid commits to them, so two tellings differ only in whether they
    know. `source` is not compared: two sources that tell the same tell one fact.
    """

    chain: str
    txid: str
    block: Block | None
    position: int
    transfers: tuple[Transfer, ...]
    status: Status = "confirmed"
    source: Source | None = field(default=None, compare=False)
    version: int | None = field(default=None, repr=False, compare=False)
    locktime: int | None = field(default=None, repr=False, compare=False)

    @property
    def height(self) -> int | None:
        """The block's height, None where it is not known."""
        return self.block.height if self.block else None

    @property
    def time(self) -> int | None:
        """The block's time in Unix seconds (UTC), None where it is not known."""
        return self.block.time if self.block else None

    @property
    def sender(self) -> str:
        """The address that sent it, and so pays its fee; `""` on UTXO chains and where no source told of the fee."""
        payers = (leg.address for part in self.transfers if part.kind == "fee" for leg in part.inputs)
        return next(payers, "")

    @property
    def utxo(self) -> Transfer | None:
        """The one transfer of a UTXO transaction; None on account chains."""
        first = self.transfers[0] if self.transfers else None
        return first if first is not None and first.kind == "utxo" else None


class Movement(NamedTuple):
    """A transfer with its transaction and its place in chain order: what a history lists. A tuple, for speed."""

    order: Order
    transaction: Transaction
    transfer: Transfer

    @property
    def where(self) -> Where:
        """Where it stands in its chain: a source that tells no positions in a block puts several in one place (M2)."""
        return self.order, self.transaction.txid, self.transfer.index


def utxo_fee(transfer: Transfer) -> int | None:
    """The fee of a UTXO transaction in base units: inputs less outputs; None when an input's value is not known.

    A coinbase pays none: 0.
    """
    if not transfer.inputs:
        return 0
    if any(leg.value is None for leg in transfer.inputs):
        return None
    return sum(leg.value or 0 for leg in transfer.inputs) - sum(leg.value or 0 for leg in transfer.outputs)
