"""How single facts stand in the cells of the store on disk: names, values, scripts, kinds."""

from collections.abc import Iterable

from chaintrace.model.transaction import PENDING_RANK, Kind, Status

KINDS: tuple[Kind, ...] = ("native", "internal", "token", "nft", "mint", "burn", "fee", "utxo")
"""Kinds by the number that stands in the file: new ones go to the end."""

STATUSES: tuple[Status, ...] = ("confirmed", "failed", "pending")
"""The same for the status."""

KIND_NUMBERS = {kind: number for number, kind in enumerate(KINDS)}
STATUS_NUMBERS = {status: number for number, status in enumerate(STATUSES)}

UTXO = KIND_NUMBERS["utxo"]

ACCOUNT = -1
"""The vout of an account's holding."""

OWN = 0
"""The holding of an output: the outpoint of its own transaction, which needs no row."""

MANY = 1
"""The bit of `transfers.more` that says: this transaction has further transfers, in rows of their own."""

SHARED = 2
"""The bit of `transfers.more` that says: further sources tell this transfer; they stand in `links`."""

_TXID_DIGITS = 64
_MARK = b"x"
_SEQUENCE = 5


def key(text: str) -> bytes | str:
    """A txid or a block hash as it is kept: 32 bytes where it is 64 lower-case hex digits, 33 where `0x` leads them."""
    if len(text) == _TXID_DIGITS:
        return _bytes(text) or text
    if len(text) == _TXID_DIGITS + 2 and text.startswith("0x"):
        kept = _bytes(text[2:])
        return text if kept is None else kept + _MARK
    return text


def text_of(kept: bytes | str) -> str:
    """The text of what `key` made."""
    if isinstance(kept, str):
        return kept
    return "0x" + kept[:-1].hex() if len(kept) > _TXID_DIGITS // 2 else kept.hex()


def short(kept: bytes | str) -> bytes | str:
    """What the names of transactions are searched by: of a txid in bytes the first five."""
    return kept[:5] if isinstance(kept, bytes) else kept


SHORT = "CASE typeof(txid) WHEN 'blob' THEN substr(txid, 1, 5) ELSE txid END"
"""`short` in SQL."""


def packed(script: str) -> bytes | str | None:
    """A script as it is kept: bytes where it is lower-case hex, None where there is none."""
    if not script:
        return None
    kept = _bytes(script)
    return script if kept is None else kept


def script_of(kept: bytes | str | None) -> str:
    """The text of what `packed` made."""
    if kept is None:
        return ""
    return kept.hex() if isinstance(kept, bytes) else kept


def cell(value: int | None) -> bytes | None:
    """A value in base units as it is kept: its bytes, most significant first, without leading zeros; 0 is none."""
    return None if value is None else value.to_bytes((value.bit_length() + 7) // 8, "big")


def value_of(kept: bytes | None) -> int | None:
    """The value in base units of what `cell` made."""
    return None if kept is None else int.from_bytes(kept, "big")


def sequenced(sequences: Iterable[int | None]) -> bytes | None:
    """The sequences of a transaction's inputs as they are kept; None where none is known."""
    kept = b"".join((0 if one is None else one + 1).to_bytes(_SEQUENCE, "big") for one in sequences)
    return kept if any(kept) else None


def sequences_of(kept: bytes | None) -> list[int | None]:
    """What `sequenced` kept, by the place of the input; empty where none is known."""
    told = kept or b""
    found = (int.from_bytes(told[at : at + _SEQUENCE], "big") for at in range(0, len(told), _SEQUENCE))
    return [one - 1 if one else None for one in found]


def natural_rank(block_id: int | None, height: int | None, time: int | None) -> int:
    """The rank of most transactions (M2): the height, else the time, else 0; last of all while pending."""
    if block_id is None:
        return PENDING_RANK
    return height if height is not None else time or 0


def _bytes(digits: str) -> bytes | None:
    """The bytes that lower-case hex digits spell; None for any other text."""
    try:
        kept = bytes.fromhex(digits)
    except ValueError:
        return None
    return kept if kept.hex() == digits else None
