"""OpenSSL's hash functions, called from compiled code by the addresses of what they read and write.

A hash of one block of 64 bytes is asked for as such (`SHA256_Transform`), not by way of its buffer. Where the
state of SHA-256 begins is read from OpenSSL itself; its words are the first 32 bytes of the context (`openssl/sha.h`).
What the last block of a text holds: FIPS 180-4, section 5.1.1.

Import it only where `digests.openssl()` has said yes: compiling looks the functions up.
"""

import numpy as np
from numba import types

from chaintrace.bulk.block_bytes import I64, U8, U32
from chaintrace.bulk.compiled import compiled

_WORDS = 8
_BLOCK = 64
_END = 0x80
"""The byte behind a text."""
_begin, _update, _finish, _rmd_begin, _rmd_update, _rmd_finish = (
    types.ExternalFunction(f"{kind}_{step}", types.int32(*(types.uintp,) * arguments))
    for kind in ("SHA256", "RIPEMD160")
    for step, arguments in (("Init", 1), ("Update", 3), ("Final", 2))
)
_transform = types.ExternalFunction("SHA256_Transform", types.void(types.uintp, types.uintp))


@compiled
def prepared(size: int) -> tuple[U32, U32, U8, U8]:
    """A context, what it begins with, the one block of a text of `size` < 56 bytes, and that of a hash of 32 bytes.

    The texts are not in them yet: zeros, the byte behind the text, and its length in bits.
    """
    context = np.zeros(_BLOCK, np.uint32)  # 256 bytes, more than twice what a context has
    _begin(context.ctypes.data)
    blocks = np.zeros((2, _BLOCK), np.uint8)
    for row, length in enumerate((size, 4 * _WORDS)):
        blocks[row, length] = _END
        blocks[row, _BLOCK - 2], blocks[row, _BLOCK - 1] = 8 * length >> 8, 8 * length & 0xFF
    return context, context[:_WORDS].copy(), blocks[0], blocks[1]


@compiled
def hash_block(context: U32, begin: U32, block: U8, target: U8) -> None:
    """SHA-256 of the text in `block`, written to the first 32 bytes of `target`, which may be a block too."""
    for word in range(_WORDS):
        context[word] = begin[word]
    _transform(context.ctypes.data, block.ctypes.data)
    for word in range(_WORDS):
        number = context[word]
        target[4 * word], target[4 * word + 1] = number >> 24, number >> 16 & 0xFF
        target[4 * word + 2], target[4 * word + 3] = number >> 8 & 0xFF, number & 0xFF


@compiled
def hash160(context: U32, source: int, size: int, target: int) -> None:
    """RIPEMD-160 of the SHA-256 of the `size` bytes at `source`; `target` has room for 32 bytes, 20 of them count."""
    state = context.ctypes.data
    _begin(state)
    _update(state, source, size)
    _finish(target, state)
    _rmd_begin(state)
    _rmd_update(state, target, 4 * _WORDS)
    _rmd_finish(target, state)


@compiled
def txids(data: U8, start: I64, body: I64, body_end: I64, end: I64, out: U8) -> None:
    """The txids of transactions whose places were found by `block_bytes`, one a row of `out`."""
    context, begin, _, block = prepared(0)
    state, base, first = context.ctypes.data, data.ctypes.data, block.ctypes.data
    for tx in range(len(start)):
        _begin(state)
        if body[tx] == start[tx] + 4:
            _update(state, base + start[tx], end[tx] - start[tx])
        else:
            _update(state, base + start[tx], 4)
            _update(state, base + body[tx], body_end[tx] - body[tx])
            _update(state, base + end[tx] - 4, 4)
        _finish(first, state)
        hash_block(context, begin, block, out[tx])


@compiled
def merkle_roots(txid: U8, first_tx: I64, roots: U8) -> None:
    """The Merkle root of each block; a level of an odd length repeats its last node."""
    context, begin, _, block = prepared(0)
    state, first = context.ctypes.data, block.ctypes.data
    for number in range(len(roots)):
        row, size = first_tx[number], first_tx[number + 1] - first_tx[number]
        if size < 1:
            continue
        level = np.empty((size + 1, 32), np.uint8)
        level[:size] = txid[row : row + size]
        address = level.ctypes.data
        while size > 1:
            if size % 2 == 1:
                level[size] = level[size - 1]
                size += 1
            size //= 2
            for at in range(size):
                _begin(state)
                _update(state, address + 64 * at, 64)
                _finish(first, state)
                hash_block(context, begin, block, level[at])
        roots[number] = level[0]
