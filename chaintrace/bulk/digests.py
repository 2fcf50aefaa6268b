"""Hashes by the thousand: OpenSSL called from compiled code, or hashlib where OpenSSL cannot be called.

OpenSSL's functions of one hash each (`SHA256_Init` …) are found in the library that the machine has; they use the
processor's instructions for SHA and cost no look-up a call, as its newer interface does. Their context is 112 bytes
for SHA-256 and 96 for RIPEMD-160 (`openssl/sha.h`, `openssl/ripemd.h`); twice that is set aside.
"""

import hashlib
from functools import cache

import numpy as np

from chaintrace.bulk.block_bytes import I64, U8, Columns
from chaintrace.bulk.compiled import compiled
from chaintrace.bulk.shares import cuts, each

LIBRARIES = ("libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.3.dylib", "libcrypto-3-x64.dll")
NEEDED = (
    *(f"{kind}_{step}" for kind in ("SHA256", "RIPEMD160") for step in ("Init", "Update", "Final")),
    "SHA256_Transform",
)

_LEAST_BYTES = 2**18
"""Of transactions, from which a thread of its own pays."""


@cache
def openssl() -> bool:
    """Whether compiled code can call OpenSSL here; the library is loaded for good."""
    from llvmlite import binding

    for library in LIBRARIES:
        try:
            binding.load_library_permanently(library)
        except RuntimeError:
            continue
        if all(binding.address_of_symbol(name) for name in NEEDED):
            return True
    return False


def txids(data: U8, found: Columns, threads: int | None = None) -> U8:
    """The txid of each transaction of `found`, in wire order: a table of 32 columns.

    A txid is the double SHA-256 of version, inputs, outputs and locktime, without any witness (BIP-141). `threads` is
    how many hash at once, None one a core.
    """
    out = np.empty((len(found.start), 32), np.uint8)
    if openssl():
        from chaintrace.bulk import openssl_calls

        def share(first: int, end: int) -> None:
            start, body, body_end, last = (column[first:end] for column in found[3:7])
            openssl_calls.txids(data, start, body, body_end, last, out[first:end])

        size = int(found.end[-1] - found.start[0]) if len(out) else 0
        bytes_at = [int(found.start[0]) + cut for cut in cuts(size, _LEAST_BYTES, threads)] if size else [0]
        each([0, *np.searchsorted(found.end, bytes_at[1:-1]).tolist(), len(out)], share)
        return out
    view = data.data
    places = zip(*(column.tolist() for column in found[3:7]), strict=True)
    for row, (start, body, body_end, end) in enumerate(places):
        if body == start + 4:
            plain = hashlib.sha256(view[start:end])
        else:
            plain = hashlib.sha256(view[start : start + 4])
            plain.update(view[body:body_end])
            plain.update(view[end - 4 : end])
        out[row] = np.frombuffer(hashlib.sha256(plain.digest()).digest(), np.uint8)
    return out


def merkle_roots(txid: U8, first_tx: I64) -> U8:
    """The Merkle root of each block's transactions, in wire order; zeros for a block without any."""
    roots = np.zeros((len(first_tx) - 1, 32), np.uint8)
    if openssl():
        from chaintrace.bulk import openssl_calls

        openssl_calls.merkle_roots(txid, first_tx, roots)
        return roots
    for block in range(len(roots)):
        level = [row.tobytes() for row in txid[first_tx[block] : first_tx[block + 1]]]
        while len(level) > 1:
            level += level[-1:] * (len(level) % 2)
            pairs = (level[at] + level[at + 1] for at in range(0, len(level), 2))
            level = [hashlib.sha256(hashlib.sha256(pair).digest()).digest() for pair in pairs]
        if level:
            roots[block] = np.frombuffer(level[0], np.uint8)
    return roots


@compiled
def spread(table: U8, parts: int) -> I64:
    """The part, from 0 up to `parts` - 1, into which each row of a table of hashes falls: by its first eight bytes."""
    found = np.empty(len(table), np.int64)
    for row in range(len(table)):
        number = np.uint64(0)
        for at in range(8):
            number |= np.uint64(table[row, at]) << np.uint64(8 * at)
        found[row] = np.int64((number >> np.uint64(1)) % np.uint64(parts))
    return found
