"""Merkle-Patricia trees of a block's transactions or receipts, and the nodes that prove one of them.

A block's header states the root of each tree; its keys are the RLP of places in the block. Source: Ethereum Yellow
Paper, appendix D; EIP-2718 for what a leaf holds of a typed transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

Item: TypeAlias = Any
"""Bytes, or a list of items."""

_Entries: TypeAlias = list[tuple[tuple[int, ...], bytes]]
"""What lies below a node: the rest of each key, in nibbles, and its value."""


class Tree:
    """The tree that holds `values` at the places 0, 1, 2, …."""

    def __init__(self, values: Sequence[bytes]) -> None:
        self._nodes: dict[bytes, bytes] = {}
        entries = [(_nibbles(_key(place)), value) for place, value in enumerate(values)]
        whole = _encoded(self._node(entries)) if entries else _encoded(b"")
        self.root = _hash(whole)
        """The 32 bytes that a header states."""
        self._nodes[self.root] = whole

    def proof(self, place: int) -> tuple[bytes, ...]:
        """The encoded nodes from the root to the value at a place, those that lie inside another left out."""
        path, wanted, found = _nibbles(_key(place)), self.root, []
        while True:
            node = self._nodes[wanted]
            found.append(node)
            below = _below(_decoded(node), path)
            if below is None:
                return tuple(found)
            wanted, path = below

    def _node(self, entries: _Entries) -> Item:
        """The node of these entries, as a list; what lies below it is kept by its hash."""
        if len(entries) == 1:
            path, value = entries[0]
            return [_packed(path, leaf=True), value]
        shared = _shared([path for path, _ in entries])
        if shared:
            rest = [(path[shared:], value) for path, value in entries]
            return [_packed(entries[0][0][:shared], leaf=False), self._kept(self._node(rest))]
        branch: list[Item] = [b""] * 17
        for nibble in range(16):
            under = [(path[1:], value) for path, value in entries if path and path[0] == nibble]
            if under:
                branch[nibble] = self._kept(self._node(under))
        branch[16] = next((value for path, value in entries if not path), b"")
        return branch

    def _kept(self, node: Item) -> Item:
        """A node as its parent holds it: itself where it is shorter than a hash, else its hash."""
        encoded = _encoded(node)
        if len(encoded) < 32:
            return node
        self._nodes[_hash(encoded)] = encoded
        return _hash(encoded)


def _below(node: Item, path: tuple[int, ...]) -> tuple[bytes, tuple[int, ...]] | None:
    """The hash of the next node on the way and what is left of the path; None where the way ends here."""
    while True:
        if len(node) == 17:
            if not path:
                return None
            below, path = node[path[0]], path[1:]
        else:
            nibbles = _nibbles(node[0])
            part = nibbles[1:] if nibbles[0] & 1 else nibbles[2:]
            if nibbles[0] & 2:
                return None
            below, path = node[1], path[len(part) :]
        if isinstance(below, bytes):
            return below, path
        node = below


def _shared(paths: Sequence[tuple[int, ...]]) -> int:
    """How many nibbles all paths have in common at their beginning."""
    least, most = min(paths), max(paths)
    return next((at for at, (one, two) in enumerate(zip(least, most, strict=False)) if one != two), len(least))


def _nibbles(data: bytes) -> tuple[int, ...]:
    return tuple(nibble for byte in data for nibble in (byte >> 4, byte & 15))


def _packed(path: tuple[int, ...], *, leaf: bool) -> bytes:
    """A path in the hex-prefix form, which says whether a leaf ends it and whether its length is odd."""
    flag = 2 * leaf + len(path) % 2
    nibbles = (flag, *path) if len(path) % 2 else (flag, 0, *path)
    return bytes(16 * high + low for high, low in zip(nibbles[::2], nibbles[1::2], strict=True))


@lru_cache(maxsize=4096)
def _key(place: int) -> bytes:
    """The key of a place in the block."""
    return _encoded(place.to_bytes((place.bit_length() + 7) // 8, "big"))


def _encoded(item: Item) -> bytes:
    from rlp import encode

    return bytes(encode(item))


def _decoded(data: bytes) -> Item:
    from rlp import decode

    return decode(data)


def _hash(data: bytes) -> bytes:
    from eth_utils.crypto import keccak

    return bytes(keccak(data))


def quantity(value: str | int | None) -> bytes:
    """A number as RLP holds it: the fewest bytes, none for zero. `value` is an int or a node's hex."""
    number = 0 if value is None else int(value, 16) if isinstance(value, str) else value
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def data_of(value: str) -> bytes:
    """Bytes from a node's hex."""
    return bytes.fromhex(value[2:])


HEADER = (
    *((name, data_of) for name in ("parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot")),
    *((name, data_of) for name in ("receiptsRoot", "logsBloom")),
    *((name, quantity) for name in ("difficulty", "number", "gasLimit", "gasUsed", "timestamp")),
    *((name, data_of) for name in ("extraData", "mixHash", "nonce")),
    ("baseFeePerGas", quantity),
    ("withdrawalsRoot", data_of),
    *((name, quantity) for name in ("blobGasUsed", "excessBlobGas")),
    *((name, data_of) for name in ("parentBeaconBlockRoot", "requestsHash")),
)
"""The fields of a header in their order; the last six came with forks (EIP-1559, 4895, 4844, 4788, 7685)."""


def header(told: Mapping[str, Any]) -> bytes:
    """A block's header in RLP from a node's JSON. Raises ValueError where its hash is not the one that is told.

    Chains whose headers have other fields are so found out, and nothing is proven by them.
    """
    fields = [read(told[name]) for name, read in HEADER if told.get(name) is not None]
    encoded = _encoded(fields)
    if "0x" + _hash(encoded).hex() != told["hash"]:
        raise ValueError(f"the header of block {told['hash']} is not of Ethereum's form")
    return encoded


def receipt(told: Mapping[str, Any]) -> bytes:
    """A receipt as the tree holds it, from a node's JSON: with the state's root instead of a status before EIP-658.

    A deposit of the OP stack has two fields more from its upgrade Canyon on, which a node tells by the second of them.
    """
    first = quantity(told["status"]) if told.get("status") is not None else data_of(told["root"])
    logs = [
        [data_of(log["address"]), [data_of(topic) for topic in log["topics"]], data_of(log["data"])]
        for log in told["logs"]
    ]
    fields = [first, quantity(told["cumulativeGasUsed"]), data_of(told["logsBloom"]), logs]
    kind = int(told.get("type") or "0x0", 16)
    if kind == DEPOSIT and told.get("depositReceiptVersion") is not None:
        fields += [quantity(told["depositNonce"]), quantity(told["depositReceiptVersion"])]
    body = _encoded(fields)
    return (bytes((kind,)) if kind else b"") + body


def _some(value: str | None) -> bytes:
    """Bytes that may be absent: the receiver, where a contract is made."""
    return data_of(value) if value else b""


def _flag(value: object) -> bytes:
    return b"\x01" if value in {True, "0x1"} else b""


KINDS = 4
"""The highest type of Ethereum's own: 7702, in the order of EIP-2930, 1559, 4844, 7702."""
DEPOSIT = 0x7E
_CALL = (("maxFeePerGas", quantity), ("gas", quantity), ("to", _some), ("value", quantity), ("input", data_of))
UNSIGNED: Mapping[int, tuple[tuple[str, Callable[[Any], bytes]], ...]] = {
    DEPOSIT: (
        *(("sourceHash", data_of), ("from", data_of), ("to", _some), ("mint", quantity), ("value", quantity)),
        *(("gas", quantity), ("isSystemTx", _flag), ("input", data_of)),
    ),
    0x64: (("chainId", quantity), ("requestId", data_of), ("from", data_of), ("to", data_of), ("value", quantity)),
    0x65: (("chainId", quantity), ("from", data_of), ("nonce", quantity), *_CALL),
    0x66: (("chainId", quantity), ("requestId", data_of), ("from", data_of), *_CALL),
    0x68: (
        *(("chainId", quantity), ("nonce", quantity), ("from", data_of), *_CALL, ("ticketId", data_of)),
        *(("refundTo", data_of), ("maxRefund", quantity), ("submissionFeeRefund", quantity)),
    ),
    0x69: (
        *(("chainId", quantity), ("requestId", data_of), ("from", data_of), ("l1BaseFee", quantity)),
        *(("depositValue", quantity), ("maxFeePerGas", quantity), ("gas", quantity), ("retryTo", _some)),
        *(("retryValue", quantity), ("beneficiary", data_of), ("maxSubmissionFee", quantity), ("refundTo", data_of)),
        ("retryData", data_of),
    ),
    0x6A: (("chainId", quantity), ("input", data_of)),
}
"""What nobody signs, by type: the fields in their order, by the names of a node's JSON.

Sources: the OP stack's specification of deposits; Arbitrum's types as Erigon's `core/types/arb_types.go` has them.
"""
_OF_SCROLL = (
    *(("queueIndex", quantity), ("gas", quantity), ("to", _some), ("value", quantity), ("input", data_of)),
    ("sender", data_of),
)
"""What Scroll calls by the same number: a message from the other chain, in the order of its `l1_message_tx.go`."""


def _unsigned(told: Mapping[str, Any], kind: int) -> list[Item]:
    """The fields of a transaction that nobody signed."""
    names = _OF_SCROLL if kind == DEPOSIT and "queueIndex" in told else UNSIGNED[kind]
    found = list[Item]()
    for name, read in names:
        value = told.get(name, told.get("gasPrice") if name == "maxFeePerGas" else None)
        if value is None and read is data_of:
            raise ValueError(f"the answer about transaction {told['hash']} lacks {name}")
        found.append(read(value))
    return found


def _access(told: Mapping[str, Any]) -> Item:
    return [
        [data_of(one["address"]), [data_of(key) for key in one["storageKeys"]]] for one in told.get("accessList") or ()
    ]


def transaction(told: Mapping[str, Any]) -> bytes:
    """A transaction as the tree holds it, from a node's JSON. Raises ValueError where its hash differs."""
    kind = int(told.get("type") or "0x0", 16)
    if kind in UNSIGNED:
        return _named(told, bytes((kind,)) + _encoded(_unsigned(told, kind)))
    if kind > KINDS:
        raise ValueError(f"transaction {told['hash']} is of the type {kind:#x}, which is not known")
    prices = ("gasPrice",) if kind < 2 else ("maxPriorityFeePerGas", "maxFeePerGas")
    fields: list[Item] = [quantity(told["chainId"])] if kind else []
    fields += [quantity(told["nonce"]), *(quantity(told[price]) for price in prices), quantity(told["gas"])]
    fields += [data_of(told["to"]) if told.get("to") else b"", quantity(told["value"]), data_of(told["input"])]
    if kind:
        fields.append(_access(told))
    if kind == 3:
        fields += [quantity(told["maxFeePerBlobGas"]), [data_of(one) for one in told["blobVersionedHashes"]]]
    if kind == 4:
        names = ("chainId", "address", "nonce", "yParity", "r", "s")
        fields.append(
            [
                [data_of(one[name]) if name == "address" else quantity(one[name]) for name in names]
                for one in told["authorizationList"]
            ]
        )
    odd = told["yParity"] if kind and told.get("yParity") is not None else told["v"]
    body = _encoded([*fields, quantity(odd), quantity(told["r"]), quantity(told["s"])])
    return _named(told, (bytes((kind,)) if kind else b"") + body)


def _named(told: Mapping[str, Any], encoded: bytes) -> bytes:
    """The bytes, when they hash to the txid that is told."""
    if "0x" + _hash(encoded).hex() != told["hash"]:
        raise ValueError(f"transaction {told['hash']} is of type {told.get('type')!r}, and not of a known form")
    return encoded
