"""convergence.csv: where the payments of many meet, checked by hand."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema

import chaintrace as ct
from chaintrace.model.trace import Endpoint
from chaintrace.report.build import build
from chaintrace.report.json_file import document, schema
from tests.chaintrace.report.samples import T0, USD, account_trace, accounts, bank
from tests.chaintrace.small_case import CASE, TAGS, small_case


def many(*ends: tuple[str, str, int]):
    """A trace with an endpoint for each (origin, address, value), its claims with it."""
    trace = account_trace("fifo", 9_700)
    outcomes = tuple(
        Endpoint(origin, USD, value, to, f"t{n}", "0", T0 + n, None, None, value, 1, n, (bank(address=to),))
        for n, (origin, to, value) in enumerate(ends)
    )
    sums: dict[str, int] = {}
    for origin, _, value in ends:
        sums[origin] = sums.get(origin, 0) + value
    claims = tuple(
        replace(trace.claims[0], origin=origin, leg_value=value, claimed=value) for origin, value in sums.items()
    )
    return replace(trace, claims=claims, hops=(), outcomes=outcomes, steps=(), gaps=())


def table(*ends: tuple[str, str, int]):
    return build(accounts(methods=("fifo",), traces={"fifo": many(*ends)}, tags={}, sensitivities=())).tables


def test_it_is_written_only_where_there_are_several_payments():
    assert "convergence" not in table(("a", "S", 5), ("a", "T", 4))
    assert table(("a", "S", 5), ("b", "T", 4))["convergence"].rows == ()


def test_endpoints_that_most_payments_reach_come_first_then_those_of_most_value():
    ends = [("a", "S", 5), ("b", "S", 6), ("a", "T", 1), ("b", "T", 1), ("c", "T", 1), ("c", "U", 90), ("a", "R", 9)]
    found = table(*ends, ("b", "R", 9), ("a", "S", 2))["convergence"]
    told = [
        tuple(row[key] for key in ("number", "address", "origins", "total_value", "origin", "traced_value"))
        for row in found.records()
    ]
    assert told == [
        (1, "T", 3, 3, "a", 1), (1, "T", 3, 3, "b", 1), (1, "T", 3, 3, "c", 1),
        (2, "R", 2, 18, "a", 9), (2, "R", 2, 18, "b", 9),
        (3, "S", 2, 13, "a", 7), (3, "S", 2, 13, "b", 6),
    ]  # fmt: skip


VICTIMS = (
    "chain,txid,index,origin,return_address\nledger,t1,0,ann,\nledger,t2,0,bob,\nledger,t3,0,carl,\nledger,t4,0,dora,\n"
)
TRANSFERS = """\
chain,txid,index,height,time,asset,decimals,from,to,value
ledger,t1,0,,1600000000,GOLD,2,v1,taker,100
ledger,t2,0,,1600000010,GOLD,2,v2,taker,40
ledger,t3,0,,1600000020,GOLD,2,v3,helper,30
ledger,t4,0,,1600000030,GOLD,2,v4,bank,25
ledger,t5,0,,1600000040,GOLD,2,helper,taker,30
ledger,t6,0,,1600000050,GOLD,2,taker,shop,170
"""


def test_the_payments_of_a_list_of_victims_meet_where_the_ledger_says(tmp_path):
    """Three of four meet at the shop, one by way of a helper; the fourth goes to a bank alone."""
    seed = CASE[CASE.index("[[seed]]") : CASE.index("[[tags]]")]
    tags = TAGS + "ledger,bank,The Bank,bank,exchange,service_api,register,2026-01-01\n"
    folder = small_case(
        tmp_path, case=CASE.replace(seed, '[[seed]]\npath = "victims.csv"\n\n'), transfers=TRANSFERS, tags=tags,
        complete="taker\nhelper\n",
    )  # fmt: skip
    (folder / "victims.csv").write_text(VICTIMS, "utf-8")
    rows = ct.open_case(folder).follow().table("convergence")
    keys = ("address", "origins", "total_amount", "origin", "traced_amount", "hops")
    assert [tuple(row[key] for key in keys) for row in rows] == [
        ("shop", 3, "1.70", "ann", "1.00", 1),
        ("shop", 3, "1.70", "bob", "0.40", 1),
        ("shop", 3, "1.70", "carl", "0.30", 2),
    ]
    assert (folder / "report" / "convergence.csv").is_file()


def by_memo(ends, memos, chains=frozenset({"ledger"})):
    """The report of these ends; `memos` are those of t0, t1 and so on."""
    told = {("ledger", f"t{n}", "0"): (memo,) for n, memo in enumerate(memos) if memo}
    return build(
        accounts(
            methods=("fifo",), traces={"fifo": many(*ends)}, tags={}, sensitivities=(), memos=told, memo_chains=chains
        )
    )


def test_payments_with_different_memos_at_one_address_do_not_meet():
    ends = [("a", "S", 5), ("b", "S", 6), ("b", "S", 2), ("c", "S", 1)]
    found = by_memo(ends, ["7", "8", "7", "9"])
    rows = [(r["number"], r["memo"], r["origins"], r["origin"], r["traced_value"]) for r in records(found)]
    assert rows == [(1, "7", 2, "a", 5), (1, "7", 2, "b", 2)]
    jsonschema.Draft202012Validator(json.loads(schema())).validate(document(found))
    elsewhere = by_memo(ends, ["7", "8", "7", "9"], frozenset({"xrp"}))
    assert elsewhere.tables["convergence"] == table(*ends)["convergence"]


def test_of_payments_whose_memo_is_not_known_nobody_knows_whether_they_meet():
    assert records(by_memo([("a", "S", 5), ("b", "S", 6)], ["", ""])) == []
    assert records(by_memo([("a", "S", 5), ("b", "S", 6)], ["7", ""])) == []


def records(report):
    return list(report.tables["convergence"].records())
