"""What a server says is held against hashes: real blocks, and every way of being wrong."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.adapters.bitcoin import proofs
from chaintrace.adapters.bitcoin.rawblock import merkle_root, parse_block, parse_header
from chaintrace.errors import Malformed
from chaintrace.resources import read_text
from tests.hostile.esplora_ledger import Ledger, merkle_levels, pay, payment, txid

REAL = ("block300025.raw", "block176149.blk")


def branch(txids: list[str], position: int) -> list[str]:
    """The neighbours on the way up."""
    found = []
    for level in merkle_levels(txids)[:-1]:
        found.append(level[position ^ 1][::-1].hex())
        position >>= 1
    return found


@pytest.fixture(scope="module")
def real(shared):
    """A real block."""
    data = (shared / "data" / "bitcoin" / "blocks" / REAL[0]).read_bytes()
    return data, parse_block(data)


def test_the_genesis_blocks_are_those_of_the_table_of_chains():
    chains = tomllib.loads(read_text("chains.toml"))
    for block_hash, chain in proofs.GENESIS.items():
        if not block_hash.startswith("00000000da84"):  # testnet4, which shares testnet3's name here
            assert chains[chain]["id"] == f"bip122:{block_hash[:32]}"
    assert set(proofs.GENESIS.values()) == set(proofs.EASIEST_BITS)
    assert proofs.chain_of_genesis("12" * 32) == "bip122:" + "12" * 16


def test_a_real_block_is_proven_header_and_every_transaction(real):
    data, block = real
    assert proofs.proven_header(data[:80], block.header.hash, "bitcoin") == block.header
    txids = [one.txid for one in block.transactions]
    for position, one in enumerate(block.transactions):
        raw = data[one.offset : one.offset + one.length]
        assert proofs.proven_transaction(raw, one.txid).txid == one.txid
        assert proofs.proven_position(one.txid, branch(txids, position), position, block.header) == position


def test_another_txid_position_or_branch_does_not_lead_to_the_root(real):
    _, block = real
    txids = [one.txid for one in block.transactions]
    good = branch(txids, 5)
    wrong = [
        (txids[6], good, 5),
        (txids[5], good, 4),
        (txids[5], good[:-1], 5),
        (txids[5], [*good, good[0]], 5),
        (txids[5], good, 5 + (1 << len(good))),
        (txids[5], good, -1),
        (txids[5], good * 10, 5),
    ]
    for case in wrong:
        with pytest.raises(Malformed, match="does not lead to block"):
            proofs.proven_position(*case, block.header)


@given(st.integers(1, 40), st.data())
def test_every_branch_leads_to_the_root_and_from_one_leaf_alone(size, data):
    txids = [f"{number:064x}" for number in range(1, size + 1)]
    position = data.draw(st.integers(0, size - 1))
    root = merkle_root(txids)
    up = branch(txids, position)
    assert proofs.branch_root(txids[position], up, position) == root
    assert proofs.branch_root("ff" * 32, up, position) != root


def test_a_header_that_nobody_mined_is_refused(real):
    data, block = real
    easy = data[:72] + (0x207FFFFF).to_bytes(4, "little") + data[76:80]
    with pytest.raises(Malformed, match="lacks the work that bitcoin asks for: nobody mined it"):
        proofs.proven_header(easy, parse_header(easy).hash, "bitcoin")
    unmined = data[:76] + bytes(4)
    with pytest.raises(Malformed, match="lacks the work"):
        proofs.proven_header(unmined, parse_header(unmined).hash, "bitcoin")
    with pytest.raises(Malformed, match="is that of"):
        proofs.proven_header(unmined, block.header.hash, "bitcoin")
    with pytest.raises(Malformed, match="has 81 bytes and not 80"):
        proofs.proven_header(data[:81], block.header.hash, "bitcoin")


def test_a_block_of_regtest_is_none_of_bitcoin():
    ledger = Ledger()
    block_hash = ledger.mine()
    header = ledger.headers[block_hash]
    assert proofs.proven_header(header, block_hash, "bitcoin-regtest").hash == block_hash
    with pytest.raises(Malformed, match="lacks the work that bitcoin asks for"):
        proofs.proven_header(header, block_hash, "bitcoin")


@pytest.mark.parametrize(
    ("bits", "target"),
    [
        (0x1D00FFFF, 0xFFFF << 208),
        (0x207FFFFF, 0x7FFFFF << 232),
        (0x01003456, 0),
        (0x02123456, 0x1234),
        (0x04923456, 0),
        (0xFF123456, 0),
    ],
)
def test_targets_are_those_of_bitcoin_core(bits, target):
    assert proofs.target(bits) == target


def test_bytes_of_another_transaction_are_refused():
    one, other = payment([("11" * 32, 0)], [(1, pay("a"))]), payment([("11" * 32, 0)], [(2, pay("a"))])
    assert proofs.proven_transaction(one, txid(one)).outputs[0].value == 1
    with pytest.raises(Malformed, match=f"are those of {txid(other)}"):
        proofs.proven_transaction(other, txid(one))
    with pytest.raises(Malformed, match="cut off"):
        proofs.proven_transaction(one[:-1], txid(one))
