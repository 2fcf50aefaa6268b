"""What a report says of issuers and holders: by the exact contract, from what was told, and no more than that."""

from __future__ import annotations

import csv
from dataclasses import replace
from html import escape

import pytest

from chaintrace.model.attribution import Tag
from chaintrace.model.chain import Asset
from chaintrace.model.finding import Noise, Service
from chaintrace.model.trace import Endpoint, Resting
from chaintrace.report import build
from chaintrace.report.files import write
from chaintrace.report.html import page as html_page
from chaintrace.report.interface import AtIssuer
from chaintrace.report.issuing import holder_kind
from chaintrace.report.wording import ISSUER_NOT_TOLD, ISSUER_POWERS, NO_ISSUER, violations
from tests.chaintrace.report.samples import T0, account_trace, accounts

CHAIN = "ethereum"
USDT = Asset(CHAIN, "0xdac17f958d2ee523a2206206994597c13d831ec7", "USDT", 6)
FAKE = Asset(CHAIN, "0x" + "99" * 20, "USDT", 6)
DAI = Asset(CHAIN, "0x6b175474e89094c44da98b954eedeac495271d0f", "DAI", 18)
ETH = Asset(CHAIN, "", "ETH", 18)
ANN, BOB, BANK, OTHER = ("0x" + two * 20 for two in ("aa", "bb", "cc", "dd"))
TOLD = AtIssuer("blocked", 100, 7_000_000, has_code=False)


def rests(address, asset=USDT, value=5_000_000):
    return Resting("A", asset, value, address, "", "", T0 + 600, 99, since=T0 + 60)


def inputs(*outcomes, told=None, tags=None, findings=()):
    """A report of the main method alone: what rests, and what was told of it."""
    sample = account_trace("fifo", 9_700)
    claims = tuple(
        replace(sample.claims[0], asset=asset, leg_value=value, claimed=value)
        for asset, value in sums(outcomes).items()
    )
    trace = replace(sample, claims=claims, outcomes=outcomes, hops=(), steps=(), gaps=())
    at = {(CHAIN, USDT.contract, address): one for address, one in (told or {}).items()}
    return accounts(
        methods=("fifo",), traces={"fifo": trace}, tags=tags or {}, findings=findings, gaps=(), at_issuers=at
    )


def sums(outcomes):
    found = {}
    for one in outcomes:
        found[one.asset] = found.get(one.asset, 0) + one.value
    return found


def rows(made, name="resting"):
    return {record["address"]: record for record in build(made).tables[name].records()}


def issuer(row):
    return tuple(row[name] for name in ("issuer", "issuer_power", "issuer_state", "issuer_state_height"))


def test_the_issuer_is_named_by_the_contract_and_not_by_the_symbol():
    made = inputs(rests(ANN), rests(BOB, FAKE), rests(BANK, ETH), rests(OTHER, DAI), told={ANN: TOLD})
    found = rows(made)
    assert issuer(found[ANN]) == ("Tether", "wipe", "blocked", 100)
    assert issuer(found[BOB]) == ("", "", "", None)
    assert issuer(found[BANK]) == ("", "", "", None)
    assert issuer(found[OTHER]) == ("Sky (MakerDAO)", "none", "", None)
    assert [found[address]["actual_balance"] for address in (ANN, BOB, BANK)] == [7_000_000, None, None]


def test_where_nobody_told_anything_the_state_is_empty_and_the_power_is_not():
    row = rows(inputs(rests(ANN)))[ANN]
    assert issuer(row) == ("Tether", "wipe", "", None)
    assert (row["actual_balance"], row["holder_kind"]) == (None, "unknown")


def test_an_endpoint_has_the_same_columns():
    tag = Tag(CHAIN, BANK, "Bank", "", "exchange", 70, "a list", "2024-01-01", stops=True)
    credited = Endpoint("A", USDT, 5_000_000, BANK, "tx2", "0", T0, 4, None, 5_000_000, 1, 2, (tag,))
    row = rows(inputs(credited, told={BANK: replace(TOLD, state="not blocked")}), "endpoints")[BANK]
    assert issuer(row) == ("Tether", "wipe", "not blocked", 100)


def test_a_declared_wallet_has_a_state_for_each_address_and_the_sum_of_its_balances():
    both = f"{ANN};{BOB}"
    told = {ANN: TOLD, BOB: replace(TOLD, state="not blocked", balance=1)}
    row = rows(inputs(rests(both), told=told))[both]
    assert (row["issuer_state"], row["actual_balance"]) == ("blocked;not blocked", 7_000_001)
    row = rows(inputs(rests(both), told={ANN: TOLD, BOB: AtIssuer()}))[both]
    assert (row["issuer_state"], row["actual_balance"], row["issuer_state_height"]) == ("", None, None)


EXCHANGE = Tag(CHAIN, ANN, "Bank", "bank", "exchange", 20, "a list")
VICTIM = replace(EXCHANGE, label="a person", actor="", category="victim")
DEPOSIT = Service(CHAIN, ANN, BANK, ("tx1",), "deposit_address", 1, 60)


@pytest.mark.parametrize(
    ("told", "tags", "findings", "expected"),
    [
        (TOLD, (), (), "private"),
        (replace(TOLD, has_code=True), (), (), "unknown"),
        (replace(TOLD, has_code=None), (), (), "unknown"),
        (AtIssuer(), (), (), "unknown"),
        (TOLD, (EXCHANGE,), (), "exchange-shaped"),
        (AtIssuer(), (EXCHANGE,), (), "exchange-shaped"),
        (TOLD, (VICTIM,), (), "unknown"),
        (TOLD, (VICTIM, EXCHANGE), (), "exchange-shaped"),
        (TOLD, (), (DEPOSIT,), "exchange-shaped"),
        (TOLD, (), (replace(DEPOSIT, rule="busy"),), "unknown"),
        (TOLD, (), (replace(DEPOSIT, subject=BOB),), "private"),
        (TOLD, (), (replace(DEPOSIT, chain="bsc"),), "private"),
        (TOLD, (), (Noise(CHAIN, ANN, BANK, ("tx1",), "deposit_address"),), "private"),
    ],
)
def test_what_is_known_of_a_holder(told, tags, findings, expected):
    made = inputs(rests(ANN), told={ANN: told}, tags={(CHAIN, ANN): tags} if tags else {}, findings=findings)
    assert rows(made)[ANN]["holder_kind"] == expected
    assert holder_kind(made, CHAIN, USDT.contract, f"{ANN};{OTHER}") == (
        "exchange-shaped" if expected == "exchange-shaped" else "unknown"
    )


def test_the_page_says_what_the_contract_can_do_and_who_decides():
    words = ("node says blocked, as of height 100.",)
    text = html_page(build(inputs(rests(ANN), rests(BOB), rests(BANK, DAI), told={ANN: replace(TOLD, words=words)})))
    assert (
        "another that destroys what a blocked address has; whether it will is Tether&#x27;s decision or a court" in text
    )
    assert "The contract of Sky (MakerDAO) has no function to block an address." in text
    assert words[0] in text
    assert ISSUER_NOT_TOLD in text
    assert "7 USDT" in text
    assert text.count("<b>blocked</b>") == 1
    assert "https:" not in text.replace("http://www.w3.org/2000/svg", "")
    assert list(violations(" ".join((*ISSUER_POWERS.values(), ISSUER_NOT_TOLD, NO_ISSUER)))) == []


def test_where_everything_is_told_the_page_says_nothing_of_what_is_not():
    text = html_page(build(inputs(rests(ANN), told={ANN: TOLD})))
    assert ISSUER_NOT_TOLD not in text
    assert escape(NO_ISSUER) not in text


def test_without_a_token_of_the_list_the_page_says_so():
    assert escape(NO_ISSUER) in html_page(build(inputs(rests(ANN, FAKE))))


def test_words_of_sources_are_shown_and_never_run():
    told = replace(TOLD, state="", words=("<script>alert(1)</script>.",))
    text = html_page(build(inputs(rests(ANN), told={ANN: told})))
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)" in text


@pytest.mark.parametrize("width", [390, 1280])
def test_the_section_fits_its_screen(page, tmp_path, width):
    words = (f"node.of.somebody.example says not blocked of {'0x' + 'ab' * 32}, as of height 23456789.",)
    told = {ANN: replace(TOLD, words=words), BOB: replace(TOLD, state="sources differ", balance=10**18)}
    write(build(inputs(rests(ANN), rests(BOB), rests(BANK), rests(OTHER, DAI), told=told)), tmp_path / "report")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((tmp_path / "report" / "report.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_files_hold_it(tmp_path):
    write(build(inputs(rests(ANN), rests(BOB), told={ANN: TOLD})), tmp_path / "report")
    with (tmp_path / "report" / "resting.csv").open(encoding="utf-8-sig", newline="") as file:
        found = {row["address"]: row for row in csv.DictReader(file)}
    assert (found[ANN]["issuer_state_height"], found[ANN]["actual_balance"]) == ("100", "7000000")
    assert (found[BOB]["issuer_state_height"], found[BOB]["actual_balance"]) == ("", "")
