"""Tokens that nobody knows: a followed case prints their amounts exactly, by what its networks observed, or not."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chaintrace.case.follow import Budgets, follow
from chaintrace.case.relevance import confined, network_gaps
from chaintrace.case.rules import nobody
from chaintrace.cli import run
from chaintrace.model.amounts import amount
from chaintrace.model.provenance import Observation
from chaintrace.model.transaction import Leg
from chaintrace.store import MemoryStore, SqliteStore
from tests.chaintrace.adapters.etherscan.town import LIST, PATH, TOKEN
from tests.chaintrace.case.account_ledgers import goal_of
from tests.chaintrace.case.fake_accounts import CHAIN, FakeAccounts
from tests.chaintrace.case.fake_source import ground
from tests.chaintrace.tracing.ledger import payments
from tests.hostile.etherscan_books import Books
from tests.hostile.etherscan_server import Explorer
from tests.hostile.server import HostileServer

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ROWS = [("victim", "ann", 9), ("ann", "bob", 4), ("bob", "carl", 3), ("x", "y", 1, "OTHER")]


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    opened = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "facts.sqlite")
    yield opened
    opened.close()


class Claiming(FakeAccounts):
    """Says of the token X, beside every answer, what its decimals are."""

    def __init__(self, transactions, *, says, of="X", **more):
        self.says, self.of = says, of
        super().__init__([unscaled(tx) for tx in transactions], **more)

    def reply(self, missing, at):
        told = super().reply(missing, at)
        seen = tuple(Observation(CHAIN, self.of, "decimals", None, one, self._source(missing)) for one in self.says)
        return replace(told, observations=seen)


def unscaled(tx):
    """A transaction as a network tells it, whose adapter knows no decimals of the token."""

    def leg(one: Leg) -> Leg:
        return replace(one, holding=replace(one.holding, asset=replace(one.holding.asset, decimals=None)))

    return replace(
        tx,
        transfers=tuple(
            replace(
                part,
                asset=replace(part.asset, decimals=None),
                inputs=tuple(map(leg, part.inputs)),
                outputs=tuple(map(leg, part.outputs)),
            )
            for part in tx.transfers
        ),
    )


def followed(store, *sources, workers=4):
    """The amounts of the hops of a followed case, and its gaps about scales."""
    ledger = payments(*ROWS, chain=CHAIN)
    wanted = goal_of(ledger, seeds=(ledger.seed("t1"),), methods=("fifo",))
    found = follow(wanted, ground(store, *sources), sources, Budgets(workers=workers), nobody, lambda: NOON)
    traces = wanted.traced(found.view)
    view = confined(found.view, wanted.seeds, traces.values())
    hops = [amount(hop.value, hop.asset.decimals) for hop in traces["fifo"].hops]
    assert len(hops) == 3
    outcomes = {one.asset.decimals for one in traces["fifo"].outcomes}
    assert outcomes == {hop.asset.decimals for hop in traces["fifo"].hops}
    return hops, [gap for gap in network_gaps(view) if gap.subject == "X"]


def claiming(*says, **more):
    return Claiming(payments(*ROWS, chain=CHAIN).transactions.values(), says=says, **more)


@pytest.mark.parametrize("workers", [1, 8])
def test_eighteen_decimals_that_nobody_knew_print_exact_amounts(store, workers):
    hops, gaps = followed(store, claiming("18"), workers=workers)
    assert hops == ["0.000000000000000009", "0.000000000000000004", "0.000000000000000003"]
    assert gaps == []


def test_two_sources_that_differ_leave_the_amount_empty_and_one_gap(store):
    busy = {"bob": "busy"}
    hops, gaps = followed(store, claiming("18", kinds=busy, name="one"), claiming("6", name="two"))
    assert hops == [None, None, None]
    (gap,) = gaps
    assert (gap.kind, gap.contract, gap.effect_value) == ("source", "X", None)
    assert "two says 6, one says 18: none is used" in gap.text


@pytest.mark.parametrize("hostile", ["1" + "0" * 77, "256", "-18", "1e18", "", "18\x1b[2J"])
def test_decimals_that_no_token_can_have_are_nobodys_word(store, hostile):
    assert followed(store, claiming(hostile)) == ([None, None, None], [])


def test_a_doubt_about_a_token_that_is_not_traced_is_no_gap_of_the_case(store):
    rows = [[("victim", "ann", 9), ("x", "y", 1, "OTHER")], ("ann", "bob", 4), ("bob", "carl", 3)]
    ledger = payments(*rows, chain=CHAIN)
    one = Claiming(ledger.transactions.values(), says=("18",), of="OTHER", kinds={"bob": "busy"}, name="one")
    two = Claiming(ledger.transactions.values(), says=("6",), of="OTHER", name="two")
    wanted = goal_of(ledger, seeds=(ledger.seed("t1", "0"),), methods=("fifo",))
    found = follow(wanted, ground(store, one, two), (one, two), Budgets(), nobody, lambda: NOON)
    view = confined(found.view, wanted.seeds, wanted.traced(found.view).values())
    assert [gap.subject for gap in view.facts.heard.doubts] == ["OTHER"]
    assert [gap for gap in network_gaps(view) if gap.subject == "OTHER"] == []


def test_the_report_and_show_print_the_amounts_of_such_a_token(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHAINTRACE_ETHERSCAN_KEY", "K" * 34)
    books = Books()
    books.pay("victim", TOKEN, tokens=[(TOKEN, "victim", "thief", 10**18 + 1)])
    books.pay("thief", TOKEN, tokens=[(TOKEN, "thief", "fence", 10**18)])
    books.head += 200
    with HostileServer(Explorer(books)) as server:
        server.change(_with("18"), on=f"{LIST}tokentx")
        url = f"etherscan={server.url}{PATH}"
        seed = books.mined[0].txid
        assert run(["trace", seed, "--chain", "ethereum", "--index", "log:0", "--from", url]) == 0
    folder = next(path for path in tmp_path.iterdir() if path.is_dir())
    amounts = {name: printed(folder / "report" / f"{name}.csv") for name in ("hops", "resting", "reconciliation")}
    assert amounts == {
        "hops": {"1.000000000000000001", "1.000000000000000000"},
        "resting": {"1.000000000000000000", "0.000000000000000001"},
        "reconciliation": {"1.000000000000000001", "0.000000000000000000"},
    }
    told = json.loads((folder / "report" / "trace.json").read_text("utf-8"))
    assert told["complete"]
    assert "1.000000000000000001" in json.dumps(told)
    capsys.readouterr()
    assert run(["show", seed, "--from", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "\t1000000000000000001\t1.000000000000000001\t" in out
    assert f"decimals\t{TOKEN}\t\t18\tclaimed by etherscan" in out
    assert run(["show", seed, "--from", str(folder), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert list(shown)[-1] == "observations"
    (seen,) = shown["observations"]
    assert seen.pop("source").startswith("etherscan ")
    assert seen == {"what": "decimals", "subject": TOKEN, "height": None, "value": "18"}
    assert [one["decimals"] for one in shown["transfers"]] == [18]


def printed(path) -> set[str]:
    """What stands in the columns of amounts of a file of the report."""
    rows = csv.DictReader(io.StringIO(path.read_text("utf-8-sig")))
    return {row[name] for row in rows for name in row if name == "amount" or name.endswith("_amount")} - {""}


def _with(decimals):
    """An answer whose rows say other decimals."""

    def change(_, given):
        page = json.loads(given.body)
        for row in page["result"] if isinstance(page["result"], list) else ():
            row["tokenDecimal"] = decimals
        return replace(given, body=json.dumps(page).encode())

    return change
