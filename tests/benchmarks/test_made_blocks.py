"""The chain that is timed from files to clusters: the strict parser reads it, and mostly it spends what it made."""

from __future__ import annotations

from benchmarks import made_blocks
from chaintrace.adapters.bitcoin.rawblock import merkle_root, parse_block


def test_the_blocks_are_whole_follow_each_other_and_spend_what_was_made():
    blocks = [parse_block(raw) for raw in made_blocks.blocks(3 * made_blocks.PER_BLOCK)]
    prev, known, spent, unknown = "00" * 32, set(), 0, 0
    for height, block in enumerate(blocks):
        assert block.header.prev_hash == prev
        assert merkle_root([one.txid for one in block.transactions]) == block.header.merkle_root
        assert len(block.transactions) == made_blocks.PER_BLOCK + 1
        for one in block.transactions[1:]:
            spent += len(one.inputs)
            unknown += sum(entry.prev_txid not in known for entry in one.inputs)
        known |= {one.txid for one in block.transactions}
        prev = block.header.hash
        assert height < 3
    assert spent == 6 * made_blocks.PER_BLOCK
    assert unknown == 2 * made_blocks.PER_BLOCK  # the first block has nothing before it
