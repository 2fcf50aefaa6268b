"""The thefts followed over a real node: every unit where the books have it, under every method."""

from __future__ import annotations

import pytest

import chaintrace as ct
from chaintrace.cli import run
from tests.nodes import evm_case
from tests.nodes.anvil import CHAIN, address
from tests.nodes.evm_case import METHODS
from tests.oracle import compare
from tests.oracle.compare import against


@pytest.fixture(scope="module")
def case(tmp_path_factory, anvil, evm_told):
    """The case of the thefts, when it has asked the node for everything; its report has FIFO first."""
    folder = tmp_path_factory.mktemp("case")
    evm_case.write_case(folder, f"adapter = 'evm-rpc'\nurl = '{anvil.url}'", evm_told.books)
    result = ct.open_case(folder).follow()
    assert (result.complete, compare.rows(folder / "report" / "gaps.csv")) == (True, [])
    return folder


@pytest.fixture(scope="module")
def report(case):
    """The report of that case."""
    return case / "report"


@pytest.mark.parametrize("method", METHODS)
def test_every_unit_is_where_the_books_have_it(tmp_path, evm_told, case, method):
    result = ct.open_case(case).follow(methods=[method], offline=True, report=tmp_path / "report")
    expected = evm_case.expected(tmp_path / "oracle", evm_told.books, methods=[method])
    assert against(expected, tmp_path / "report") == []
    assert result.complete


def test_the_comparison_finds_a_single_wei(tmp_path, evm_told, report):
    expected = evm_case.expected(tmp_path / "oracle", evm_told.books)
    assert against(expected, report) == []
    key = next(key for key in expected["endpoints"] if key[:2] == ("fifo", "theft"))
    expected["endpoints"][key] += 1
    assert against(expected, report) != []


def test_the_same_books_as_a_file_give_the_same_report(tmp_path, evm_told, report):
    source = "adapter = 'transfers-csv'\npath = 'books.csv'\ncomplete = 'all'"
    filed = evm_case.write_case(tmp_path / "file", source, evm_told.books, methods=["fifo"])
    evm_case.write_transfers(evm_told.books, filed / "books.csv")
    ct.open_case(filed).follow()
    assert compare.differences(filed) == []
    assert compare.resting(filed / "report") == compare.resting(report)
    ended = compare.endpoints(filed / "report")
    fees = {key for key in ended if key[2] == evm_case.FEES}
    assert fees
    ended = {key: value for key, value in ended.items() if key not in fees}
    assert ended == compare.endpoints(report)


def test_gas_is_an_outflow_of_what_was_stolen(evm_told, report):
    pages = evm_told.books.pages
    paid = {row["txid"]: int(row["traced_value"]) for row in compare.rows(report / "hops.csv") if row["index"] == "fee"}
    assert paid[pages["last hop"].txid] == pages["last hop"].fee
    assert paid[pages["refused"].txid] == pages["refused"].fee  # failed, and paid for all the same
    assert pages["theft"].txid not in paid  # the victim's own


@pytest.mark.parametrize(
    ("name", "payer", "receivers", "value", "spender"),
    [
        ("third party", "mule eight", ["rich 0", "mule nine"], 900, "spender"),
        ("drain", "victim", ["affiliate", "thief"], 5_000, "operator"),
        ("shared", "thief", ["mule seven", "mule eight"], 2_950, ""),
    ],
)
def test_what_a_third_party_moves_is_a_hop_of_the_balance_that_it_leaves(
    evm_told, report, name, payer, receivers, value, spender
):
    page = evm_told.books.pages[name]
    rows = [row for row in compare.rows(report / "hops.csv") if row["txid"] == page.txid and row["index"] != "fee"]
    assert {row["from_address"] for row in rows} == {address(payer)}
    assert {row["to_address"] for row in rows} == {address(one) for one in receivers}
    assert {row["spender"] for row in rows} == {address(spender) if spender else ""}
    assert sum(int(row["traced_value"]) for row in rows) == value * 10**6


def test_a_drained_victim_has_a_txid_and_nothing_else(tmp_path, anvil, evm_told, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    page = evm_told.books.pages["drain"]
    code = run(["trace", page.txid, "--chain", CHAIN, "--from", f"evm-rpc={anvil.url}"])
    assert code == 0, capsys.readouterr().err
    report = next(tmp_path.glob("*/report"))
    table = compare.reconciliation(report)
    seeds = {key[3]: value for key, value in table.items() if (key[0], key[4]) == ("fifo", "seed")}
    assert seeds == {evm_told.tether: 5_000 * 10**6}


def test_the_exchange_is_six_hops_from_the_theft(evm_told, report):
    txid = evm_told.books.pages["last hop"].txid
    (hop,) = [row for row in compare.rows(report / "hops.csv") if (row["txid"], row["index"]) == (txid, "value")]
    assert (hop["hop"], hop["to_address"], hop["chain"]) == ("6", address("exchange"), CHAIN)


def test_nothing_rests_beyond_what_the_node_says_is_there(anvil, report):
    rests = compare.resting(report)
    assert len(rests) > 10
    held: dict[tuple[str, str], int] = {}
    for (_, _, place, _, asset), value in rests.items():
        held[place, asset] = held.get((place, asset), 0) + value
    for (place, asset), value in held.items():
        assert value <= anvil.balance(place, "" if asset == evm_case.SYMBOL else asset)


def test_what_was_destroyed_is_burned_though_no_transfer_says_so(evm_told, report):
    table = compare.reconciliation(report)
    burned = {key[1]: value for key, value in table.items() if key[0] == "fifo" and key[4] == "burned" and value}
    assert burned == {"drained": 600 * 10**6, "deceit": 100 * 10**6, "theft": 10**18}
    assert evm_told.books.pages["destroyed"].moves[0].value == 600 * 10**6
