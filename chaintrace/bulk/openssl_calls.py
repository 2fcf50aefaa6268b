"""OpenSSL's hash functions, called from compiled code by the addresses of what they read and write.

Import it only where `digests.openssl()` has said yes: compiling looks the functions up.
"""

import numpy as np
from numba import types

from chaintrace.bulk.block_bytes import I64, U8
from chaintrace.bulk.compiled import compiled

_CONTEXT = 256
_begin, _update, _finish, _rmd_begin, _rmd_update, _rmd_finish = (
    types.ExternalFunction(f"{kind}_{step}", types.int32(*(types.uintp,) * arguments))
    for kind in ("SHA256", "RIPEMD160")
    for step, arguments in (("Init", 1), ("Update", 3), ("Final", 2))
)


@compiled
def sha256d(context: U8, source: int, size: int, target: int) -> None:
    """Double SHA-256 of the `size` bytes at address `source`, written to the 32 bytes at address `target`."""
    state = context.ctypes.data
    _begin(state)
    _update(state, source, size)
    _finish(target, state)
    _begin(state)
    _update(state, target, 32)
    _finish(target, state)


@compiled
def hash160(context: U8, source: int, size: int, target: int) -> None:
    """RIPEMD-160 of the SHA-256 of the `size` bytes at `source`; `target` has room for 32 bytes, 20 of them count."""
    state = context.ctypes.data
    _begin(state)
    _update(state, source, size)
    _finish(target, state)
    _rmd_begin(state)
    _rmd_update(state, target, 32)
    _rmd_finish(target, state)


@compiled
def txids(data: U8, start: I64, body: I64, body_end: I64, end: I64, out: U8) -> None:
    """The txids of transactions whose places were found by `block_bytes`, one a row of `out`."""
    context = np.empty(_CONTEXT, np.uint8)
    state, base, rows = context.ctypes.data, data.ctypes.data, out.ctypes.data
    for tx in range(len(start)):
        row = rows + 32 * tx
        if body[tx] == start[tx] + 4:
            sha256d(context, base + start[tx], end[tx] - start[tx], row)
            continue
        _begin(state)
        _update(state, base + start[tx], 4)
        _update(state, base + body[tx], body_end[tx] - body[tx])
        _update(state, base + end[tx] - 4, 4)
        _finish(row, state)
        _begin(state)
        _update(state, row, 32)
        _finish(row, state)


@compiled
def merkle_roots(txid: U8, first_tx: I64, roots: U8) -> None:
    """The Merkle root of each block; a level of an odd length repeats its last node."""
    context = np.empty(_CONTEXT, np.uint8)
    for block in range(len(roots)):
        begin, size = first_tx[block], first_tx[block + 1] - first_tx[block]
        if size < 1:
            continue
        level = np.empty((size + 1, 32), np.uint8)
        level[:size] = txid[begin : begin + size]
        address = level.ctypes.data
        while size > 1:
            if size % 2 == 1:
                level[size] = level[size - 1]
                size += 1
            size //= 2
            for at in range(size):
                sha256d(context, address + 64 * at, 64, address + 32 * at)
        roots[block] = level[0]
