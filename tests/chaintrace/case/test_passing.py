"""A source that is gone through several times answers from memory as it would itself."""

from __future__ import annotations

from contextlib import closing

import pytest

from chaintrace.adapters.bitcoin.blocksource import BlockSource
from chaintrace.case import passing
from chaintrace.case.passing import Passing
from chaintrace.case.view import CaseView
from chaintrace.model.chain import OutPoint
from chaintrace.store import MemoryFacts
from tests.chaintrace.adapters.bitcoin.making import PAY, REGTEST, Made, block, block_hash, framed, tx, txid


@pytest.fixture
def source(tmp_path):
    """Three blocks: the third spends the coin of the first."""
    made = Made()
    made.add()
    made.add()
    made.add(tx([(made.coinbase_txid(0), 0)], [(50 * 10**8, PAY)]))
    (tmp_path / "blk00000.dat").write_bytes(framed(made.blocks))
    with BlockSource(tmp_path / "blk00000.dat", REGTEST) as opened:
        yield opened


class Counted:
    """A source that counts how often it is asked."""

    def __init__(self, asked) -> None:
        self.asked, self.times = asked, 0

    def __getattr__(self, name):
        self.times += 1
        return getattr(self.asked, name)


@pytest.mark.parametrize(("most", "asked"), [(passing.LEGS, 1), (3, 4), (0, 4)])
def test_a_small_source_is_read_once_and_a_large_one_in_each_pass(source, monkeypatch, most, asked):
    monkeypatch.setattr(passing, "LEGS", most)
    counted = Counted(source)
    kept = Passing(counted)
    told = list(source.transactions())
    assert list(kept.transactions()) == list(kept.transactions()) == told
    spent = told[-1].utxo.inputs[0].holding
    assert kept.transaction(told[0].txid) == told[0]
    assert kept.spender(spent) == told[-1]
    assert counted.times == asked
    assert kept.transaction("00" * 32) is None
    assert kept.spender(OutPoint(REGTEST, "00" * 32, 0)) is None


def test_before_the_first_pass_has_ended_the_source_is_asked(source):
    kept = Passing(source)
    first, *_, last = source.transactions()
    assert next(kept.transactions()) == first
    assert kept.transaction(last.txid) == last
    assert kept.spender(last.utxo.inputs[0].holding) == last


def test_of_a_coinbase_that_two_blocks_have_the_source_says_which_counts(tmp_path):
    same = tx([("00" * 32, 0xFFFFFFFF)], [(50 * 10**8, b"\x51")], b"\x01\x02")
    first = block("00" * 32, [same], version=1)
    again = block(block_hash(first), [same], time=1_400_000_600, version=1)
    (tmp_path / "blk00000.dat").write_bytes(framed([first, again]))
    with closing(BlockSource(tmp_path / "blk00000.dat", REGTEST)) as source:
        kept = Passing(source)
        assert len(list(kept.transactions())) == 2
        assert kept.transaction(txid(same)) == source.transaction(txid(same))


def test_what_it_says_of_itself_is_what_the_source_says(source):
    kept = Passing(source)
    assert (kept.source, kept.coverage(), kept.gaps()) == (source.source, source.coverage(), source.gaps())


def test_a_view_of_several_sources_stays_as_it_is(source):
    one = CaseView(MemoryFacts(()), lookups={REGTEST: (source,)}, sources=(source.source,))
    assert isinstance(passing.passing(one).lookups[REGTEST][0], Passing)
    several = CaseView(MemoryFacts(()), lookups={REGTEST: (source, source)}, sources=(source.source,))
    assert passing.passing(several) is several
