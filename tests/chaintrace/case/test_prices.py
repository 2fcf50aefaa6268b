"""From prices to values in a report: of a file, of a service over loopback, offline, and where there are none."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime

import pytest

import chaintrace as ct
from chaintrace.case import valuation
from chaintrace.cli import run
from chaintrace.errors import InputError
from tests.chaintrace.small_case import CASE, small_case
from tests.hostile.coinbase_server import DAY, Coinbase
from tests.hostile.server import Given, HostileServer

NOW = datetime(2026, 1, 2, tzinfo=UTC)
SEP_12 = 1_599_868_800  # 2020-09-12T00:00:00Z; the payments of the small case are of 2020-09-13T12:26:40Z
PRICES = "chain,contract,time,price,currency\nledger,GOLD,2020-09-12,3.505,USD\n"
FILE = 'prices = "prices.csv"\ninterval = "day"\nsource = "a list"\n'
OWN = {"CHAINTRACE_NETWORK": "own"}


def case(folder, table: str, prices: str = PRICES, **files: str):
    """The small case with this `[valuation]` and a file of prices."""
    small_case(folder, case=f"{CASE}\n[valuation]\n{table}", **files)
    (folder / "prices.csv").write_text(prices, "utf-8")
    return ct.open_case(folder)


def rows(result) -> list[dict]:
    return [dict(row) for row in result.table("valuation")]


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_without_the_table_no_value_in_money_is_anywhere(tmp_path):
    result = ct.open_case(small_case(tmp_path)).follow()
    assert "valuation" not in result.report.tables
    assert not (result.folder / "valuation.csv").exists()
    assert "valuation" not in json.loads((result.folder / "trace.json").read_bytes())
    assert 'href="#valuation"' not in (result.folder / "report.html").read_text("utf-8")


def test_every_moment_has_its_rows_and_a_pencil_agrees(tmp_path):
    result = case(tmp_path, f'currency = "USD"\n{FILE}').follow()
    assert [(row["what"], row["address"], row["amount"], row["worth"]) for row in rows(result)] == [
        ("loss", "taker", "1.00", "3.51"),  # 1.00 x 3.505 = 3.505
        ("credit", "shop", "0.60", "2.10"),  # 0.60 x 3.505 = 2.103
        ("endpoint", "shop", "0.60", "2.10"),
        ("resting", "taker", "0.40", "1.40"),  # 0.40 x 3.505 = 1.402
        ("report", "", "1.00", "3.51"),
    ]
    for row in rows(result):
        assert (row["price"], row["price_currency"], row["price_time"]) == ("3.505", "USD", "2020-09-13T00:00:00Z")
        assert (row["currency"], row["source"], row["reason"], row["ecb_date"]) == ("USD", "a list", "", "")
    assert result.notices == ()


def test_an_export_has_the_values_of_the_report(tmp_path):
    gold = case(tmp_path / "case", f'currency = "USD"\n{FILE}')
    report = gold.follow().folder
    gold.export("json", tmp_path / "trace.json")
    gold.export("csv", f"{tmp_path}/tables/")
    assert (tmp_path / "trace.json").read_bytes() == (report / "trace.json").read_bytes()
    assert (tmp_path / "tables" / "valuation.csv").read_bytes() == (report / "valuation.csv").read_bytes()


def test_only_the_moments_that_are_asked(tmp_path):
    result = case(tmp_path, f'currency = "USD"\nat = ["credit"]\n{FILE}').follow()
    assert [row["what"] for row in rows(result)] == ["credit"]


def test_a_missing_day_is_an_empty_value_with_its_reason_and_a_notice(tmp_path):
    result = case(tmp_path, f'currency = "USD"\n{FILE}', PRICES.replace("2020-09-12", "2020-09-11")).follow()
    for row in rows(result):
        assert (row["worth"], row["price"], row["rule"]) == (None, None, "")
        assert row["reason"].startswith("no price of the day before 2020-09-13T12:26:")
    assert result.notices == ("5 of 5 values could not be stated: valuation.csv says why.",)
    with (result.folder / "valuation.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["worth"] for row in csv.DictReader(file)} == {""}
    assert "5 values are not stated" in (result.folder / "report.html").read_text("utf-8")


def test_another_currency_by_the_rate_of_a_file(tmp_path):
    (tmp_path / "rates.csv").write_text("Date,USD,CNY\n2020-09-14,1.18,8.0\n2020-09-11,1.25,8.0\n", "utf-8")
    table = 'currency = "CNY"\nat = ["loss"]\necb_rates = "rates.csv"\necb = "{}"\n' + FILE
    (row,) = rows(case(tmp_path, table.format("last published")).follow())
    assert row["worth"] == "22.43"  # 3.505 / 1.25 x 8.0 = 22.432
    assert (row["ecb_from"], row["ecb_to"], row["ecb_date"]) == ("1.25", "8.0", "2020-09-11")
    (row,) = rows(case(tmp_path, table.format("same day")).follow())  # a Sunday
    assert row["worth"] is None
    assert "published no reference rate of USD and CNY on 2020-09-13" in row["reason"]


def test_a_declared_price_says_so_in_every_row(tmp_path):
    result = case(tmp_path, 'currency = "USD"\ndeclared = { "ledger:GOLD" = "1.00 USD" }').follow()
    assert {row["rule"] for row in rows(result)} == {"declared in the case as 1.00 USD; not a market price"}
    assert "ledger:GOLD at 1.00 USD" in (result.folder / "report.html").read_text("utf-8")
    assert json.loads((result.folder / "trace.json").read_bytes())["valuation"]["declared"] == {
        "ledger:GOLD": "1.00 USD"
    }


def test_the_digest_of_the_prices_stands_in_the_report_the_log_and_the_archive(tmp_path):
    opened = case(tmp_path, f'currency = "USD"\n{FILE}')
    result = opened.follow()
    (line,) = [line for line in result.report.inputs.sources if line.adapter == "prices-csv"]
    assert line.sha256 in (result.folder / "report.html").read_text("utf-8")
    assert line.sha256 in (tmp_path / "log.jsonl").read_text("utf-8")
    assert list((tmp_path / "archive").rglob(f"*{line.sha256[4:]}*"))


def test_the_same_facts_and_prices_are_the_same_bytes(tmp_path):
    first = contents(case(tmp_path / "one", f'currency = "USD"\n{FILE}').follow(clock=lambda: NOW).folder)
    second = contents(case(tmp_path / "two", f'currency = "USD"\n{FILE}').follow().folder)
    assert first == second


def test_a_file_of_prices_that_changes_while_it_is_read_is_refused(tmp_path, monkeypatch):
    opened = case(tmp_path, f'currency = "USD"\n{FILE}')
    read = valuation.read_prices

    def changed(*arguments: object) -> object:
        found = read(*arguments)
        (tmp_path / "prices.csv").write_text(PRICES.replace("3.505", "4"), "utf-8")
        return found

    monkeypatch.setattr(valuation, "read_prices", changed)
    with pytest.raises(InputError, match=r"prices.csv: the file was changed while it was read: run the command again"):
        opened.follow()
    monkeypatch.undo()
    assert rows(opened.follow())[0]["worth"] == "4.00"


def service(server, more: str = "") -> str:
    return f'currency = "USD"\nurl = "{server.url}"\npairs = {{ "ledger:GOLD" = "PAXG-USD" }}\n{more}'


def test_a_service_is_asked_through_the_door_and_every_question_is_listed(tmp_path, capsys):
    with HostileServer(Coinbase({"PAXG-USD": {SEP_12: "1941.5e0"}})) as server:
        opened = case(tmp_path, service(server))
        result = opened.follow(environment=OWN)
        online = contents(result.folder)
        assert len(server.asked) == 2
        assert contents(opened.follow(environment=OWN).folder) == online
        assert len(server.asked) == 2  # what is settled is asked once
    assert {row["worth"] for row in rows(result)} == {"1941.50", "1164.90", "776.60"}
    assert {row["source"] for row in rows(result)} == {"Coinbase Exchange, product PAXG-USD: close of each day (UTC)"}
    assert contents(opened.follow(offline=True).folder) == online
    assert run(["queries", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert said.count("coinbase-exchange") == 2
    assert "/products/PAXG-USD/candles?granularity=86400&start=" in said
    lines = [line for line in result.report.inputs.sources if line.adapter == "coinbase-exchange"]
    assert [line.sha256 in said for line in lines] == [True, True]


def test_a_service_that_does_not_answer_leaves_values_empty_and_the_report_whole(tmp_path):
    with HostileServer(Coinbase({"PAXG-USD": {SEP_12: "1941.5"}})) as server:
        server.change(lambda *_: Given(b"<html>busy</html>", kind="text/html"), on="/products/PAXG-USD/candles")
        opened = case(tmp_path, service(server))
        result = opened.follow(environment=OWN)
        assert all("answered with a web page instead of JSON" in row["reason"] for row in rows(result))
        assert {row["worth"] for row in rows(result)} == {None}
        assert len(result.endpoints) == 1
        server.good()
        assert rows(opened.follow(environment=OWN))[0]["worth"] == "1941.50"


def test_a_public_service_is_not_asked_where_only_ones_own_may_be(tmp_path):
    with HostileServer(Coinbase({})) as server:
        result = case(tmp_path, service(server, 'reach = "public"')).follow(environment=OWN)
        assert server.asked == []
    assert all("it is public and would learn what the case asks" in row["reason"] for row in rows(result))


def test_a_product_in_a_stablecoin_is_bad_input_with_the_line_of_the_pairs(tmp_path):
    with HostileServer(Coinbase({"PAXG-USDT": {SEP_12: "1"}})) as server:
        opened = case(tmp_path, service(server).replace("PAXG-USD", "PAXG-USDT"))
        with pytest.raises(InputError, match=r"case.toml, line 22: the product PAXG-USDT: its quote_currency is 'USDT"):
            opened.follow(environment=OWN)


def test_an_asset_that_does_not_move_is_not_asked_about(tmp_path):
    with HostileServer(Coinbase({})) as server:
        result = case(tmp_path, service(server).replace("ledger:GOLD", "ledger:SILVER")).follow(environment=OWN)
        assert server.asked == []
    assert {row["reason"] for row in rows(result)} == {"no price of this asset is given"}


def test_days_far_apart_are_one_series(tmp_path):
    transfers = """\
chain,txid,index,height,time,asset,decimals,from,to,value
ledger,t1,0,,1600000000,GOLD,2,victim,taker,100
ledger,t2,0,,1700000000,GOLD,2,taker,shop,60
"""
    nov_13 = 1_700_000_000 // DAY * DAY - DAY
    with HostileServer(Coinbase({"PAXG-USD": {SEP_12: "1941.5", nov_13: "1946"}})) as server:
        result = case(tmp_path, service(server), transfers=transfers).follow(environment=OWN)
        assert len(server.asked) == 3
    assert [row["price"] for row in rows(result)] == ["1941.5", "1946", "1946", "1946", "1946"]
