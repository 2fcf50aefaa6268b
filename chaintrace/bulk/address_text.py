"""Scripts to types and address text by the million; `addresses/` says the same one script at a time.

Sources: as in `addresses/base58.py` (Base58Check), `addresses/bech32.py` (BIP-173, BIP-350), `addresses/scripts.py`.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from chaintrace.addresses.base58 import ALPHABET as BASE58
from chaintrace.addresses.bech32 import ALPHABET as BECH32
from chaintrace.addresses.families import BITCOIN
from chaintrace.addresses.scripts import script_address
from chaintrace.bulk import digests
from chaintrace.bulk.block_bytes import I32, I64, U8
from chaintrace.bulk.script_kinds import KINDS
from chaintrace.bulk.shares import cuts, each

_LEAST_SCRIPTS = 2**11
"""From which a thread of its own pays."""


class Texts(NamedTuple):
    """Per script its type (a place in `KINDS`) and its address, which is empty where it has none."""

    kinds: U8
    offsets: I64
    """The address of script i is `letters[offsets[i]:offsets[i + 1]]`."""
    letters: U8
    """ASCII."""


def address_texts(data: U8, script_at: I64, script_size: I32, chain: str, threads: int | None = None) -> Texts:
    """Types and addresses of the scripts that stand in `data`, on a chain of Bitcoin's family; `threads` as for txids.

    Raises ValueError for a script that is not in `data`, and for a chain of another family.
    """
    network = BITCOIN.get(chain)
    if network is None:
        raise ValueError(f"{chain} is no chain of Bitcoin's family")
    ends = script_at + script_size
    if len(script_at) and (script_at.min() < 0 or script_size.min() < 0 or ends.max() > len(data)):
        raise ValueError("a script is said to lie outside of its buffer")
    if not digests.openssl():
        return _one_by_one(data, script_at, script_size, chain)
    from chaintrace.bulk import address_calls

    versions = np.array([network.pubkey_version, network.script_version], np.uint8)
    alphabets = np.frombuffer((BASE58 + BECH32).encode(), np.uint8)
    hrp = np.frombuffer(network.hrp.encode(), np.uint8)

    def share(first: int, end: int) -> tuple[U8, I64, U8]:
        return address_calls.write_all(data, script_at[first:end], script_size[first:end], versions, hrp, alphabets)

    return _joined(each(cuts(len(script_at), _LEAST_SCRIPTS, threads), share))


def _joined(parts: Sequence[tuple[U8, I64, U8]]) -> Texts:
    """The texts of several shares as one."""
    if len(parts) == 1:
        return Texts(*parts[0])
    kinds, offsets, letters = zip(*parts, strict=True)
    before = np.cumsum([0, *(len(own) for own in letters[:-1])])
    ends = [own[1:] + begin for own, begin in zip(offsets, before, strict=True)]
    return Texts(np.concatenate(kinds), np.concatenate([offsets[0][:1], *ends]), np.concatenate(letters))


def _one_by_one(data: U8, script_at: I64, script_size: I32, chain: str) -> Texts:
    """The same without OpenSSL, through `addresses/`."""
    numbers = {name: number for number, name in enumerate(KINDS)}
    kinds, texts = np.empty(len(script_at), np.uint8), []
    for row, (at, size) in enumerate(zip(script_at.tolist(), script_size.tolist(), strict=True)):
        kind, address = script_address(data[at : at + size].tobytes(), chain)
        kinds[row] = numbers[kind]
        texts.append((address or "").encode())
    offsets = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(text) for text in texts], out=offsets[1:])
    return Texts(kinds, offsets, np.frombuffer(b"".join(texts), np.uint8))
