"""The rows of an instance's lists: a transaction, an internal call, a token transfer, a withdrawal, a block's reward.

Source: blockscout/blockscout, `views/api/v2/transaction_view.ex`, `internal_transaction_view.ex`,
`token_transfer_view.ex`, `withdrawal_view.ex`, `block_view.ex`, `ethereum_view.ex`, and recorded answers.
"""

from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from chaintrace.adapters.accounts.issues import block_name, withdrawal_name
from chaintrace.adapters.blockscout.reading import Said
from chaintrace.adapters.scales import scale

BLOB: Final = 3
_MOVING = frozenset({"call", "create", "create2", "selfdestruct"})
_MADE = frozenset({"create", "create2"})
_VALIDATOR = frozenset({"validator", "miner reward", "validator reward"})

Place: TypeAlias = tuple[int, ...]
"""Where a row stands in its list, which begins with the newest: the larger, the earlier in the list."""


class Row(Protocol):
    """What every list has. `key` names the row in its list; `height` is None where no block holds it."""

    @property
    def key(self) -> str:
        """The same for one row told twice."""
        ...

    @property
    def place(self) -> Place:
        """Where it stands in its list."""
        ...

    @property
    def height(self) -> int | None:
        """The block's height."""
        ...


@dataclass(frozen=True, slots=True)
class TxRow:
    """A transaction as the view has it. Values in wei.

    `fee` is what was paid without blobs, None where it is not told; `blobs` what blobs cost (0: it has none, None: not
    told). `succeeded` is None where it is not told, as before Byzantium. `reverted_inside`: a call inside it failed.
    """

    txid: str
    height: int | None
    position: int
    time: int | None
    sender: str
    receiver: str | None
    created: str | None
    value: int
    data: bytes
    succeeded: bool | None
    replaced: bool
    type: int
    gas: int
    gas_used: int | None
    gas_price: int | None
    fee: int | None
    blobs: int | None
    reverted_inside: bool

    @property
    def key(self) -> str:
        """Its txid."""
        return self.txid

    @property
    def place(self) -> Place:
        """Height and position."""
        return (self.height or 0, self.position)

    @property
    def pays(self) -> str | None:
        """Who receives its value: its receiver, or the contract that it makes."""
        return self.receiver if self.receiver is not None else self.created

    @property
    def moves_value(self) -> bool:
        """Whether its value is a movement: a call without any is a call, a payment of nothing is one (`evm`)."""
        return bool(self.value) or not (self.data or self.receiver is None)

    @property
    def cost(self) -> int | None:
        """The whole fee; None where a part of it is not told."""
        return None if self.fee is None or self.blobs is None else self.fee + self.blobs


def transaction_row(told: Said) -> TxRow:
    """A transaction. Raises Malformed."""
    height = told.optional_whole("block_number", "block")
    status = told.text("status")
    if status not in {"", "ok", "error"}:
        raise told.wrong("status", "which is neither ok nor error")
    if height is None and status == "ok":
        raise told.wrong("block_number", "and it says that it went well: what waits has not run")
    kind = told.optional_whole("type") or 0
    gas_used, price = told.optional_whole("gas_used"), told.optional_whole("gas_price")
    blob_gas, blob_price = told.optional_whole("blob_gas_used"), told.optional_whole("blob_gas_price")
    blobs = 0 if kind != BLOB else None
    return TxRow(
        txid=told.digest("hash"),
        height=height,
        position=0 if height is None else told.whole("position"),
        time=None if height is None else told.time("timestamp"),
        sender=told.address("from"),
        receiver=told.optional_address("to"),
        created=told.optional_address("created_contract"),
        value=told.whole("value"),
        data=told.octets("raw_input"),
        succeeded=None if not status else status == "ok",
        replaced=height is None and status == "error",
        type=kind,
        gas=told.optional_whole("gas_limit") or 0,
        gas_used=gas_used,
        gas_price=price,
        fee=_fee(told, gas_used, price),
        blobs=blobs if blob_gas is None or blob_price is None else blob_gas * blob_price,
        reverted_inside=bool(told.flag("has_error_in_internal_transactions") or told.flag("has_error_in_internal_txs")),
    )


def _fee(told: Said, gas_used: int | None, price: int | None) -> int | None:
    """What was paid, with the parts of rollups: `fee.value` when it is `actual`, else gas by its price and `l1_fee`."""
    if told.has("fee"):
        fee = told.part("fee")
        if fee.text("type") == "actual" and fee.has("value"):
            return fee.whole("value")
    if gas_used is None or price is None:
        return None
    return gas_used * price + (told.optional_whole("l1_fee") or 0)


@dataclass(frozen=True, slots=True)
class InternalRow:
    """A call inside a transaction. `index` counts the calls of the transaction in execution order, its own being 0.

    `moves`: it held, and moved its value. `destroys_itself`: a self-destruct that pays itself.
    """

    txid: str
    height: int
    position: int | None
    time: int
    index: int
    sender: str
    receiver: str | None
    value: int
    moves: bool
    destroys_itself: bool

    @property
    def key(self) -> str:
        """Txid and index."""
        return f"{self.txid} {self.index}"

    @property
    def place(self) -> Place:
        """Height, position where it is told, index."""
        return (self.height,) if self.position is None else (self.height, self.position, self.index)


def internal_row(told: Said) -> InternalRow:
    """A call. Raises Malformed. DELEGATECALL, CALLCODE and STATICCALL move nothing, whatever stands beside them."""
    kind = told.text("type").lower()
    sender = told.address("from")
    receiver = told.optional_address("created_contract" if kind in _MADE else "to")
    value, index = told.whole("value"), told.whole("index")
    held = told.flag("success") is not False and not told.has("error")
    itself = kind == "selfdestruct" and receiver == sender
    return InternalRow(
        txid=told.digest("transaction_hash", "tx_hash"),
        height=told.whole("block_number", "block"),
        position=told.optional_whole("transaction_index"),
        time=told.time("timestamp"),
        index=index,
        sender=sender,
        receiver=receiver,
        value=value,
        moves=held and kind in _MOVING and value > 0 and index > 0 and receiver is not None and not itself,
        destroys_itself=held and itself and value > 0,
    )


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token transfer. `value` in base units, None where the view cannot say it (batches, confidential tokens).

    `height` is None in the lists of old versions, which name the block by its hash alone; `time` inside other views.
    `decimals` are what the view claims of the token.
    """

    txid: str
    height: int | None
    time: int | None
    block_hash: str
    log: int
    contract: str
    sender: str
    receiver: str
    value: int | None
    token_id: int | None
    standard: str
    decimals: int | None = None

    @property
    def key(self) -> str:
        """Txid, log, and the token where it has an id: a batch is told as several rows of one log."""
        return f"{self.txid} {self.log} {'' if self.token_id is None else self.token_id}"

    @property
    def place(self) -> Place:
        """Height and log."""
        return (self.height or 0, self.log)


def token_row(told: Said) -> TokenRow:
    """A token transfer. Raises Malformed."""
    token = told.part("token")
    name = "address_hash" if token.has("address_hash") else "address"
    total = told.part("total") if isinstance(told.fields.get("total"), dict) else Said(told.where, {})
    token_id = total.optional_whole("token_id")
    return TokenRow(
        txid=told.digest("transaction_hash", "tx_hash"),
        height=told.optional_whole("block_number", "block"),
        time=told.time("timestamp", "block_timestamp") if told.has("timestamp", "block_timestamp") else None,
        block_hash=told.optional_digest("block_hash"),
        log=told.whole("log_index"),
        contract=token.address(name),
        sender=told.address("from"),
        receiver=told.address("to"),
        value=total.optional_whole("value") if token_id is None or total.has("value") else 1,
        token_id=token_id,
        standard=told.text("token_type") or token.text("type"),
        decimals=scale((token if token.has("decimals") else total).fields.get("decimals")),
    )


@dataclass(frozen=True, slots=True)
class Issue:
    """What the chain itself makes for an address: a withdrawal of its stake (`index`), or a block's reward.

    `name` is its txid, for no transaction makes it, as the adapter `etherscan` has it: `withdrawal:123609407`,
    `block:17000000:0x…` with the block's height and maker. `receiver` is None where the row leaves it out.
    """

    name: str
    height: int
    time: int
    block_hash: str
    value: int
    index: int
    receiver: str | None

    @property
    def key(self) -> str:
        """Its name."""
        return self.name

    @property
    def place(self) -> Place:
        """The number of the withdrawal; the height of the block."""
        return (self.index,)


def withdrawal_row(told: Said) -> Issue:
    """A withdrawal of the beacon chain (EIP-4895), its amount in wei. Raises Malformed."""
    index = told.whole("index")
    return Issue(
        withdrawal_name(index),
        told.whole("block_number", "block"),
        told.time("timestamp"),
        "",
        told.whole("amount"),
        index,
        told.optional_address("receiver"),
    )


def reward_row(told: Said) -> Issue:
    """A block that the address made, with what its maker got for it. Raises Malformed.

    What goes to others (uncles, funds) is theirs. Where no rewards are told, the tips of its transactions are.
    """
    height, maker = told.whole("height"), told.address("miner")
    rewards = told.parts("rewards") if told.has("rewards") else ()
    if rewards:
        value = sum(one.whole("reward") for one in rewards if one.text("type").lower() in _VALIDATOR)
    else:
        value = told.optional_whole("priority_fee") or 0
    return Issue(block_name(height, maker), height, told.time("timestamp"), told.digest("hash"), value, height, maker)
