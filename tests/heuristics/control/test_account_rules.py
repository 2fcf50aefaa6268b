"""The rules of control on account chains as a case uses them: on a file, as leads, and with the page's numbers."""

from __future__ import annotations

import re

import pytest

from benchmarks import account_control
from chaintrace.adapters import ADAPTERS
from chaintrace.adapters.interface import SourceSpec
from chaintrace.case.digests import Digests
from chaintrace.case.opening import open_view
from chaintrace.case.rules import findings
from chaintrace.model.chain import Account, Asset
from chaintrace.model.finding import UNION, CommonControl, Heuristic
from chaintrace.store import MemoryStore
from heuristics import ALL
from heuristics.control.exclusions import MANY
from tests.benchmarks import accuracy_page

IDS = ("funder", "shared_consolidation", "top_up_sweep")
RULES = tuple(rule for rule in ALL if rule.id in IDS)
SOURCE, OPERATOR, ONE, TWO, MAIN = (
    "TA8moGJ9Mve3ej1octjz7BBZDrfrfAsCBi",
    "TVzsknku8cubpukTmUVn5Ro747Bgw3GS63",
    "TDAegnxRRBVuRFJ1tkpmignshcu12nfoQF",
    "TXakp7EoAXmSnersbHfYfkTGetbmkGgzTP",
    "TAe47aAgsx3AhPTJ4y3CsoKS7Y4thWS3sX",
)
USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
HEADER = "chain,txid,index,height,time,asset,decimals,from,to,value\n"


def txid(number: int) -> str:
    return f"{number:064x}"


def row(number: int, index: str, asset: str, payer: str, payee: str, value: int) -> str:
    return f"tron,{txid(number)},{index},,{1_600_000_000 + 60 * number},{asset},6,{payer},{payee},{value}\n"


LEDGER = HEADER + "".join(
    row(*one)
    for one in (
        (0, "value", "TRX", SOURCE, OPERATOR, 10**9),
        (1, "value", USDT, SOURCE, ONE, 700),
        (2, "value", "TRX", OPERATOR, ONE, 30_000_000),
        (2, "fee", "TRX", OPERATOR, "", 1_100_000),
        (3, "value", USDT, ONE, MAIN, 700),
        (3, "fee", "TRX", ONE, "", 27_000_000),
        (4, "value", USDT, SOURCE, TWO, 800),
        (5, "value", USDT, TWO, MAIN, 800),
    )
)


@pytest.fixture
def said(tmp_path) -> tuple[CommonControl, ...]:
    """What the three rules say of a file in which a fee is a row that nobody receives."""
    path = tmp_path / "transfers.csv"
    path.write_text(LEDGER, encoding="utf-8")
    spec = SourceSpec("transfers-csv", "tron", path, "transfers.csv", "all")
    view = open_view([spec], Digests(), MemoryStore(), tmp_path, ADAPTERS)
    accounts = [Account(one, Asset("tron", USDT)) for one in (SOURCE, OPERATOR, ONE, TWO, MAIN)]
    return findings(view.facts.transactions("tron"), RULES, view, accounts=accounts)


def test_a_file_of_transfers_is_enough(said):
    told = {(one.rule, one.subject, one.object): [int(number, 16) for number in one.evidence] for one in said}
    assert told == {
        ("funder", ONE, OPERATOR): [2],
        ("shared_consolidation", ONE, TWO): [3, 5],
        ("shared_consolidation", TWO, ONE): [3, 5],
        ("top_up_sweep", OPERATOR, ONE): [2, 3],
        ("top_up_sweep", OPERATOR, MAIN): [2, 3],
    }
    assert len(said) == len(told)


def test_each_says_in_a_sentence_that_it_is_a_lead(said):
    assert all(isinstance(one, CommonControl) and one.is_lead and one.text.startswith("a lead: ") for one in said)


def test_they_are_leads_by_their_confidence_and_say_so_in_their_text():
    assert len(RULES) == len(IDS)
    assert all(rule.confidence < UNION for rule in RULES)
    assert all((rule.rule.__doc__ or "").startswith("A lead, no union: ") for rule in RULES)


@pytest.mark.parametrize(("confidence", "is_lead"), [(0, True), (UNION - 1, True), (UNION, False), (100, False)])
def test_a_lead_is_what_is_less_sure_than_a_union(confidence, is_lead):
    assert CommonControl("tron", "a", "b", ("t",), confidence=confidence).is_lead is is_lead


def test_only_what_is_said_of_outputs_may_join_addresses():
    joining = [rule.id for rule in ALL if rule.stage == "control" and rule.confidence >= UNION]
    assert joining == ["common_input", "change"]
    assert all(isinstance(rule, Heuristic) for rule in ALL)


def test_the_limit_and_the_texts_are_what_was_measured():
    page = accuracy_page.part("Control on account chains: how many", "deposit_address: what")
    first = re.search(r"\| first paid in TRON's blocks .*? \| ([\d, ]+) \|\n", page)[1]
    counts = [int(count.replace(",", "")) for count in first.split(", ")]
    gap = max(range(len(counts) - 1), key=lambda place: counts[place] / counts[place + 1])
    assert counts[gap + 1] < MANY < counts[gap]
    assert (counts[gap + 1], counts[gap], counts[0]) == (42, 584, 1000)
    transfers, marked, right, begun, both = map(
        int, re.search(r"\|\n\| ((?:\d+ \| ){4}\d+) \|\n", page)[1].split(" | ")
    )
    assert marked == right == both <= begun <= transfers
    text = " ".join((RULES[0].rule.__doc__ or "").split())
    assert f"all of the {marked:,} transfers with that fee" in text
    assert f"{begun - both} of {begun:,} first movements were without it" in text
    assert f"more than {MANY} addresses" in text
    named, listed = re.search(r"\| funder \| \d+ \| ([1-9]\d*) \| (\d+) \|", page).groups()
    assert f"Of the {named} addresses that the rule names there, without any tags, {listed} is an exchange's" in text
    silent = re.findall(r"\| (.*?) \| \d+ \| shared_consolidation \| 0 \|", page)
    assert {account_control.FIRST, account_control.WALLETS} <= set(silent)
    assert "it names nobody on the ledger of 40 wallets" in " ".join((RULES[1].rule.__doc__ or "").split())
    assert not re.search(r"\| top_up_sweep \| [1-9]", page)
