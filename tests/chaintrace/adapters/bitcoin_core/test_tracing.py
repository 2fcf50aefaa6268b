"""The story traced over what a node answers, question by question: each method, to the satoshi."""

from __future__ import annotations

import pytest

from chaintrace.adapters.bitcoin.networks import native
from chaintrace.model.attribution import Tag
from chaintrace.model.provenance import Coverage
from chaintrace.model.trace import Seed
from chaintrace.model.view import MissingSpender, MissingTransaction
from chaintrace.tracing import trace
from tests.chaintrace.adapters.bitcoin_core.asking import TOLD, asking_bcoin, asking_core
from tests.nodes import story
from tests.nodes.core import Core

SEED = Seed(story.CHAIN, TOLD.theft.txid, str(story.SEED_VOUT), story.ORIGIN)
NOT_IN_A_TRACE = {"seed", "converted_in"}


class NodeView:
    """A view that asks a node each time. Nothing of it is stored, so a trace rests on the replies alone."""

    def __init__(self, asking) -> None:
        self._asking = asking
        self._tagged = dict(story.tagged())

    def transaction(self, chain, txid):
        question = MissingTransaction(chain, txid)
        return next(iter(self._asking.source.reply(question, self._asking.at).transactions), question)

    def spender(self, outpoint):
        reply = self._asking.source.reply(MissingSpender(outpoint), self._asking.at)
        assert reply.gaps == ()
        assert bool(reply.transactions) != bool(reply.unspent)
        return next(iter(reply.transactions), None)

    def unspent(self, _outpoint):
        return None

    def coverage(self, chain, _address, _contract):
        at = self._asking.at
        return (Coverage(chain, None, None, 0, at.height, at.height, at.time, "asked"),)

    def assets(self, chain):
        return (native(chain),)

    def tags(self, chain, address):
        if address not in self._tagged:
            return ()
        return (Tag(chain, address, self._tagged[address], "", "exchange", 100, "made here", stops=True),)

    def findings(self, _chain, _subject):
        return ()

    def continuations(self):
        return ()


def check(asking, expected) -> None:
    """Every outcome of every method, and every endpoint, as the ledger has them."""
    view = NodeView(asking)
    for method in story.METHODS:
        found = trace(view, (SEED,), method)
        assert found.missing == ()
        outcomes = {(o, name): value for (o, _), row in found.totals().items() for name, value in row.items()}
        assert outcomes == {
            (key[1], key[4]): value
            for key, value in expected["reconciliation"].items()
            if key[0] == method and key[4] not in NOT_IN_A_TRACE
        }
        for table, kind in (("endpoints", "endpoint"), ("resting", "resting")):
            assert by_address(found, kind) == sums(expected[table], method)


def by_address(found, kind) -> dict[str, int]:
    """The value at each address, of one kind of outcome."""
    sums_of: dict[str, int] = {}
    for outcome in found.outcomes:
        if type(outcome).__name__.lower() == kind:
            sums_of[outcome.address] = sums_of.get(outcome.address, 0) + outcome.value
    return sums_of


def sums(table, method) -> dict[str, int]:
    """The same of the oracle's table."""
    sums_of: dict[str, int] = {}
    for key, value in table.items():
        if key[0] == method:
            sums_of[key[3]] = sums_of.get(key[3], 0) + value
    return sums_of


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    return story.expected(tmp_path_factory.mktemp("ledger") / "case")


def test_a_real_node_s_answers_give_what_was_done(bcoin, told, expected, tmp_path):
    with asking_bcoin(bcoin, tmp_path) as a:
        assert a.at.block_hash == told.tip.hash
        check(a, expected)


@pytest.mark.parametrize(
    "indices",
    [{"txindex"}, {"txindex", "txospenderindex"}, {"txindex", "basic block filter index"}, set()],
    ids=["scan", "spenders", "filters", "no index"],
)
def test_the_way_to_a_spender_changes_nothing(tmp_path, expected, indices):
    with asking_core(Core(TOLD.blocks, frozenset(indices)), tmp_path) as a:
        check(a, expected)
