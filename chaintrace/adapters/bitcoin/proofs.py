"""What a server's answer is checked against without trusting it: genesis block, work, Merkle branch, bytes of a txid.

A transaction's bytes hash to its txid; a branch leads from the txid to the root that a header carries, and says the
position; a header hashes below the target that its own bits name, which is never easier than its network allows. What
none of this shows is the height and that the block is in the chain: those are the server's word.
Sources: the Bitcoin developer reference (block chain), Electrum's protocol (`blockchain.transaction.get_merkle`),
Bitcoin Core `kernel/chainparams.cpp` (genesis blocks and `powLimit`), BIP-94, BIP-325.
"""

import hashlib
from collections.abc import Sequence

from chaintrace.adapters.bitcoin.headers import work
from chaintrace.adapters.bitcoin.rawblock import HEADER_SIZE, Header, RawTransaction, parse_header, parse_transaction
from chaintrace.errors import Malformed

GENESIS = {
    "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f": "bitcoin",
    "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943": "bitcoin-testnet",
    "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043": "bitcoin-testnet",
    "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6": "bitcoin-signet",
    "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206": "bitcoin-regtest",
}
"""The hash of a genesis block to its chain; bitcoin-testnet is testnet3 and testnet4."""

EASIEST_BITS = {
    "bitcoin": 0x1D00FFFF,
    "bitcoin-testnet": 0x1D00FFFF,
    "bitcoin-signet": 0x1E0377AE,
    "bitcoin-regtest": 0x207FFFFF,
}
"""The compact form of the easiest target that a network allows."""

DEEPEST_BRANCH = 32
"""No block has as many transactions as a longer branch would need."""


def chain_of_genesis(block_hash: str) -> str:
    """The chain that a genesis block begins; of one unknown here, its CAIP-2 name (`bip122:` and 32 digits)."""
    return GENESIS.get(block_hash) or f"bip122:{block_hash[:32]}"


def proven_transaction(data: bytes, txid: str) -> RawTransaction:
    """The transaction that `data` is, when it has this txid. Raises Malformed when it is another, or none."""
    raw = parse_transaction(data)
    if raw.txid != txid:
        raise Malformed(f"the bytes that were given for transaction {txid} are those of {raw.txid}")
    return raw


def proven_header(data: bytes, block_hash: str, chain: str) -> Header:
    """The header that `data` is, when it has this hash and the work that its bits ask for, on a network of `chain`.

    Raises Malformed with what does not fit.
    """
    if len(data) != HEADER_SIZE:
        raise Malformed(f"the header of block {block_hash} has {len(data)} bytes and not {HEADER_SIZE}")
    header = parse_header(data)
    if header.hash != block_hash:
        raise Malformed(f"the header that was given for block {block_hash} is that of {header.hash}")
    expected = work(header.bits)
    least = work(EASIEST_BITS.get(chain, 0x207FFFFF))
    if expected < least or int(block_hash, 16) > target(header.bits):
        raise Malformed(f"the header of block {block_hash} lacks the work that {chain} asks for: nobody mined it")
    return header


def target(bits: int) -> int:
    """The number that a block's hash must not exceed, from its compact form; 0 where nothing can meet it."""
    exponent, mantissa = bits >> 24, bits & 0x7FFFFF
    value = mantissa << 8 * (exponent - 3) if exponent >= 3 else mantissa >> 8 * (3 - exponent)
    return 0 if bits & 0x800000 or value >= 2**256 else value


def proven_position(txid: str, branch: Sequence[str], position: int, header: Header) -> int:
    """The position of a transaction in its block, when the branch leads from its txid to the header's root.

    `branch` has the neighbours from the leaf up, hex as people write it. Raises Malformed when it does not fit.
    """
    fits = len(branch) <= DEEPEST_BRANCH and 0 <= position < 1 << len(branch)
    if not fits or branch_root(txid, branch, position) != header.merkle_root:
        raise Malformed(f"the Merkle branch that was given for transaction {txid} does not lead to block {header.hash}")
    return position


def branch_root(txid: str, branch: Sequence[str], position: int) -> str:
    """The Merkle root to which a branch leads; empty where the position is one that only pads the tree.

    A level of an odd length repeats its last node on the right of itself, and no transaction stands there.
    """
    node = bytes.fromhex(txid)[::-1]
    for neighbour in branch:
        other = bytes.fromhex(neighbour)[::-1]
        if position & 1 and other == node:
            return ""
        pair = other + node if position & 1 else node + other
        node = hashlib.sha256(hashlib.sha256(pair).digest()).digest()
        position >>= 1
    return node[::-1].hex()
