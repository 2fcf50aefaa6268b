"""Rules about addresses: asked of what value reaches, they stop it, whatever the order in which the facts came."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.adapters import ADAPTERS
from chaintrace.case.assembly import Question, Stopped, stopped
from chaintrace.case.config import load
from chaintrace.case.digests import Digests
from chaintrace.case.opening import open_view
from chaintrace.case.reached import Reached, accounts, before_stops
from chaintrace.case.rules import findings, nobody, said
from chaintrace.model.chain import Account
from chaintrace.model.finding import Heuristic, Service
from chaintrace.model.trace import Endpoint, NotFollowed
from chaintrace.model.view import History, MissingHistory
from chaintrace.store import MemoryStore
from chaintrace.tags import by_address
from chaintrace.tags import read as read_tags
from heuristics import ALL
from heuristics.services.deposit_address import deposit_address
from tests.chaintrace.small_case import CASE, TAGS, small_case

HEADER = "chain,txid,index,height,time,asset,decimals,from,to,value\n"
METHODS = ("fifo", "lifo", "libr", "haircut")
DEPOSIT = tuple(one for one in ALL if one.rule is deposit_address)


def often(account, view):
    """Whoever pays more than once is a service."""
    history = view.history(account)
    movements = history.movements if isinstance(history, History) else ()
    paid = [one for one in movements if one.transfer.inputs[0].address == account.address]
    if len(paid) > 1:
        yield Service(account.chain, account.address, "", tuple(one.transaction.txid for one in paid), confidence=99)


def asks(account, view):
    """Nobody, but whoever is asked about is looked up."""
    assert isinstance(view.history(account), (History, MissingHistory))
    yield from ()


OFTEN, ASKS = Heuristic(often, "services", 30, subject="address"), Heuristic(asks, "services", 1, subject="address")


def transfers(*rows: tuple[str, str, int]) -> str:
    """Rows of (from, to, value), ten seconds apart."""
    lines = (
        f"ledger,t{n},0,,{1_600_000_000 + 10 * n},GOLD,2,{row[0]},{row[1]},{row[2]}\n" for n, row in enumerate(rows, 1)
    )
    return HEADER + "".join(lines)


def traced(folder: Path, rules: tuple[Heuristic, ...], case: str = CASE, tags: str = TAGS, **files: str) -> Stopped:
    """The traces of a case under rules."""
    config = load(small_case(folder, case=case, tags=tags, **files))
    told = by_address(read_tags(tags.encode(), "tags.csv").tags)
    view = open_view(config.sources, Digests(), MemoryStore(), folder, ADAPTERS, told)
    return stopped(Question(config, METHODS), view, rules, nobody)


ONWARD = (
    ("victim", "taker", 100),
    ("taker", "busy", 60),
    ("busy", "shop", 20),
    ("busy", "shop", 30),
    ("taker", "x", 1),
)
ALL_COVERED = "taker\nbusy\nx\n"


def test_a_service_that_a_rule_finds_at_an_address_ends_the_value_there(tmp_path):
    found = traced(
        tmp_path, (OFTEN,), transfers=transfers(("a", "b", 1), *ONWARD), complete=ALL_COVERED, case=seeded("t2")
    )
    [end] = [one for one in found.traces["fifo"].outcomes if isinstance(one, Endpoint)]
    assert (end.address, end.value, end.rule) == ("taker", 100, "often")  # taker pays twice too: it stops first
    assert [(one.subject, one.confidence) for one in found.findings] == [("taker", 30)]  # busy is not reached


def seeded(txid: str, more: str = "") -> str:
    """The small case with another seed."""
    return CASE.replace('txid = "t1"', f'txid = "{txid}"') + more


def test_what_a_rule_may_not_see_is_after_until(tmp_path):
    late = seeded("t1", "\n[limits]\nuntil = 2020-09-13T12:27:05Z\n")
    assert traced(tmp_path / "late", (OFTEN,), transfers=transfers(*ONWARD), complete=ALL_COVERED).findings
    found = traced(tmp_path / "early", (OFTEN,), transfers=transfers(*ONWARD), complete=ALL_COVERED, case=late)
    assert [one.subject for one in found.findings] == []  # up to then, taker has paid once


def test_a_rule_is_asked_about_each_asset_that_arrived_and_lacks_what_nobody_holds(tmp_path):
    found = traced(tmp_path, (ASKS,))
    assert [(one.account.address, one.since) for one in found.lacking] == [("shop", 0)]
    [taker, shop] = Reached_of(found)
    assert (taker.address, taker.asset.contract, shop.address) == ("taker", "GOLD", "shop")


def Reached_of(found: Stopped) -> tuple[Account, ...]:  # noqa: N802  # named for what it makes
    reached = Reached()
    assert reached.grow(found.traces.values())
    assert not reached.grow(found.traces.values())
    return reached.accounts


def test_before_a_stop_stands_who_paid_it_with_the_most_of_any_method(tmp_path):
    found = traced(tmp_path, ())
    assert {one.address: value for one, value in before_stops(found.traces.values()).items()} == {"taker": 60}


def test_a_stop_that_lets_others_be_counted_is_followed_by_another_round(tmp_path):
    """Two payments and a count: once the first is stopped early, the second reaches an address that is asked about."""
    rows = (
        ("victim", "one", 9),
        ("one", "p", 4),
        ("one", "q", 5),
        ("victim", "two", 7),
        ("two", "r", 3),
        ("two", "s", 4),
    )
    case = CASE + '\n[[seed]]\nchain = "ledger"\ntxid = "t4"\nindex = 0\norigin = "later"\n'
    case += "\n[limits]\nmax_transactions = 3\n"
    all_of_them = "one\ntwo\np\nq\nr\ns\n"
    bare = traced(tmp_path / "bare", (), transfers=transfers(*rows), complete=all_of_them, case=case)
    assert any(isinstance(end, NotFollowed) and end.address == "two" for end in bare.traces["fifo"].outcomes)
    found = traced(tmp_path / "rule", (OFTEN,), transfers=transfers(*rows), complete=all_of_them, case=case)
    assert [one.subject for one in found.findings] == ["one", "two"]
    assert [(end.address, end.value) for end in found.traces["fifo"].outcomes] == [("one", 9), ("two", 7)]


def test_a_finding_may_lower_the_confidence_of_its_rule_and_never_raise_it(tmp_path):
    config = load(small_case(tmp_path, transfers=transfers(*ONWARD), complete=ALL_COVERED))
    view = open_view(config.sources, Digests(), MemoryStore(), tmp_path, ADAPTERS)
    account = next(iter(view.facts.transactions("ledger"))).transfers[0].outputs[0].holding
    assert isinstance(account, Account)
    for confidence, stated in ((30, 30), (100, 99)):
        [one] = findings((), (replace(OFTEN, confidence=confidence),), view, accounts=(account,))
        assert (one.rule, one.version, one.confidence) == ("often", 1, stated)
    assert said((), (account,), (OFTEN,), view).lacking == ()


def test_a_label_that_is_too_unsure_to_stop_a_trace_supports_no_rule(tmp_path):
    rows, case = (("victim", "taker", 50), ("taker", "shop", 50)), "\n[limits]\nmin_tag_confidence = {}\n"
    for least, subjects in ((70, ["taker"]), (71, [])):
        found = traced(tmp_path / str(least), DEPOSIT, transfers=transfers(*rows), case=CASE + case.format(least))
        assert [one.subject for one in found.findings] == subjects


def named(account, view):  # noqa: ARG001  # a rule's signature
    """The taker is a service of the shop."""
    if account.address == "taker":
        yield Service(account.chain, "taker", "shop", (), confidence=5)


def test_of_two_rules_at_one_address_the_one_that_names_a_service_speaks(tmp_path):
    rules = (OFTEN, Heuristic(named, "services", 90, subject="address"))
    for several in (rules, rules[::-1]):
        found = traced(tmp_path, several, transfers=transfers(*ONWARD), complete=ALL_COVERED)
        assert {one.rule for one in found.findings} == {"often", "named"}
        assert {end.rule for one in found.traces.values() for end in one.outcomes if isinstance(end, Endpoint)} == {
            "named"
        }


# --- laws over random ledgers ---------------------------------------------------------------------------------------

NAMES = ("taker", "D", "E", "F", "x", "y")


def swept(rows: list[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    """The same, but D pays nobody but the exchange, and mostly all that it got since it last paid."""
    got, made = 0, list[tuple[str, str, int]]()
    for sender, receiver, value in rows:
        if sender == "D":
            made.append(("D", "EF"[value % 2], got if value < 7 else value))
            got = 0
        else:
            made.append((sender, receiver, value))
            got += value if receiver == "D" else 0
    return made


ROW = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.integers(0, 9))
ROWS = st.lists(ROW, min_size=1, max_size=25).map(swept)
LABELS = (
    TAGS.replace("ledger,shop,The Shop,shop", "ledger,E,Exch hot,exch")
    + "ledger,F,Exch cold,exch,exchange,20,a list,\n"
)


def of(rows: list[tuple[str, str, int]], tags: str = LABELS, *, parts: int = 1, turned: bool = False) -> Stopped:
    """The traces of a random ledger under the rule, from one file or from two that hold every second row."""
    text = transfers(("victim", "taker", 50), ("taker", "D", 20), ("D", "E", 20), *rows)
    lines = text.splitlines(keepends=True)[1:]
    names = [f"part{n}.csv" for n in range(parts)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for n, file in enumerate(names):
            (folder / file).write_text(HEADER + "".join(lines[n::parts]), "utf-8")
        source = CASE[CASE.index("[[source]]") : CASE.index("[[seed]]")]
        sources = [source.replace("transfers.csv", file) for file in (reversed(names) if turned else names)]
        complete = "\n".join(NAMES)
        return traced(folder, DEPOSIT, CASE.replace(source, "".join(sources)), tags, complete=complete)


@pytest.mark.slow
@given(ROWS)
def test_nothing_is_lost_and_every_stop_of_the_rule_has_its_finding(rows):
    found = of(rows)
    spoken = {one.subject: one for one in found.findings}
    for method, trace in found.traces.items():
        for key, row in trace.totals().items():
            assert sum(row.values()) == trace.claimed()[key], method
        for end in trace.outcomes:
            if isinstance(end, Endpoint) and end.rule:
                assert spoken[end.address].object in {"E", "F"}
                assert end.address not in {"E", "F"}
    reached = {account.address for trace in found.traces.values() for account in accounts(trace)}
    assert set(spoken) <= reached


@pytest.mark.slow
@given(ROWS)
def test_without_the_label_the_rule_is_silent(rows):
    assert of(rows, TAGS).findings == ()


@pytest.mark.slow
@given(ROWS)
def test_the_order_of_the_sources_changes_nothing(rows):
    one, other = of(rows, parts=2), of(rows, parts=2, turned=True)
    assert set(one.findings) == set(other.findings)
    for method in METHODS:
        assert one.traces[method].totals() == other.traces[method].totals()
