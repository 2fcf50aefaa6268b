"""A token that a file calls by its symbol: it is an asset of its own, no number changes, and it is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import chaintrace as ct
from chaintrace.adapters.assets import known_assets
from chaintrace.case.expert import told
from chaintrace.case.replaying import replay
from chaintrace.case.unnamed_tokens import no_letters, unnamed
from chaintrace.cli import run
from chaintrace.evidence.verify import verify
from chaintrace.i18n import speaker
from chaintrace.model.provenance import Coverage
from tests.chaintrace.evidence.packages import moment, packed
from tests.chaintrace.small_case import CASE, COMPLETE, TAGS, TRANSFERS, small_case

if TYPE_CHECKING:
    from pathlib import Path

    from chaintrace.case.result import Trace

USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
PEOPLE = {
    "victim": "TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VR",
    "taker": "TXRBsytHfJDoAKRdcedgLsoHudh1xJGUdC",
    "shop": "TXdNFmv2wngkc9WT4sT9HdFgVWbYyfX21L",
}
MORE = "ledger,t3,0,,1600000020,{asset},6,shop,victim,7\n"
SAID = (
    "of transfers.csv names no contract, so on tron it is an asset of its own, apart from the USDT of the contract "
    f"{USDT} and without a known issuer: if that token is meant, write its contract as the asset."
)


def case_of(folder: Path, asset: str, more: str = "", chain: str = "tron") -> Path:
    """The small case on a chain that is known, in this asset."""

    def on(text: str) -> str:
        text = text.replace("ledger", chain).replace("GOLD,2", f"{asset},6")
        for name, address in PEOPLE.items() if chain == "tron" else ():
            text = text.replace(name, address)
        return text

    return small_case(
        folder, case=CASE.replace('"ledger"', f'"{chain}"'), transfers=on(TRANSFERS + more), tags=on(TAGS),
        complete=on(COMPLETE),
    )  # fmt: skip


def traced(folder: Path, asset: str, more: str = "", chain: str = "tron") -> Trace:
    return ct.open_case(case_of(folder, asset, more, chain)).follow()


@pytest.mark.parametrize("asset", ["USDT", "usdt"])
def test_a_symbol_is_an_asset_of_its_own_and_the_run_says_so(tmp_path: Path, asset: str) -> None:
    found, other = traced(tmp_path / "one", asset), traced(tmp_path / "two", "GOLD")
    sentence = f"The asset {asset} {SAID}"
    assert (found.notices, other.notices) == ((sentence,), ())
    assert sentence in found.report.inputs.notes
    assert sentence in (tmp_path / "one/report/report.html").read_text("utf-8")
    assert sentence in found._repr_html_()
    assert found.complete
    for name in ("endpoints", "resting", "reconciliation"):
        values = [[row.get("traced_value", row.get("value")) for row in one.table(name)] for one in (found, other)]
        assert values[0] == values[1] != []


@pytest.mark.parametrize(
    ("asset", "chain"), [(USDT, "tron"), ("TRX", "tron"), ("USDTX", "tron"), ("USDT", "ledger"), ("USDT", "dogecoin")]
)
def test_nothing_is_said_of_a_contract_a_native_asset_other_words_and_chains_without_known_tokens(
    tmp_path: Path, asset: str, chain: str
) -> None:
    assert traced(tmp_path, asset, chain=chain).notices == ()


def test_every_token_of_the_table_is_known_by_its_symbol() -> None:
    for chain in ("tron", "ethereum", "polygon"):
        known = known_assets(chain)
        assert known is not None
        for contract, (symbol, _) in known.tokens.items():
            held = Coverage(chain, None, frozenset({symbol.lower(), "", contract}), 0, 9, None, 9)
            (one,) = unnamed([("a.csv", held), ("a.csv", held)])
            assert (one.asset, one.symbol, one.contract) == (symbol.lower(), symbol, contract)


def test_beside_rows_of_the_contract_value_may_be_split_and_the_run_is_not_complete(tmp_path: Path) -> None:
    found = traced(tmp_path / "case", "USDT", MORE.format(asset=USDT))
    (gap,) = found.table("gaps")
    assert (gap["kind"], gap["chain"], gap["subject"], gap["effect_value"]) == ("source", "tron", "transfers.csv", None)
    assert not found.complete
    assert found.reasons == (f"Assumed or not known (source): {gap['text']}",)
    assert USDT in str(gap["text"])


@pytest.mark.parametrize("more", ["", MORE.format(asset=USDT)])
def test_a_package_of_it_verifies_and_replays(tmp_path: Path, more: str) -> None:
    package = packed(case_of(tmp_path / "case", "USDT", more), tmp_path / "package")
    assert not [text for failures in verify(package).failures.values() for text in failures]
    assert replay(package, tmp_path / "again", moment).differences == ()


def test_rows_that_no_payment_meets_leave_a_run_complete(tmp_path: Path) -> None:
    more = MORE.format(asset="USDT") + MORE.replace("t3", "t4").format(asset=USDT)
    found = traced(tmp_path, "TRX", more)
    assert found.complete
    assert len(found.notices) == 1


def test_a_letter_that_no_issuer_gets_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = traced(tmp_path, "USDT")
    held = Coverage("tron", None, frozenset({"USDT"}), 0, 9, None, 9)
    (sentence,) = no_letters([("transfers.csv", held)], found.report.inputs.trace)
    told_so = f"no letter to Tether about USDT on tron, for an issuer is found by contract: The asset USDT {SAID}"
    assert sentence == told_so
    other = Coverage("tron", None, frozenset({"USDC"}), 0, 9, None, 9)
    assert list(no_letters([("transfers.csv", other)], found.report.inputs.trace)) == []
    capsys.readouterr()
    assert run(["freeze", str(tmp_path), "--to", "tether"]) == 2
    assert told_so in capsys.readouterr().err


def test_the_expert_s_report_says_it_in_the_reader_s_language(tmp_path: Path) -> None:
    found = traced(tmp_path, "USDT", MORE.format(asset=USDT))
    (note,), (gap,) = found.report.inputs.notes, found.table("gaps")
    chinese = speaker("zh")
    assert told.reading(note, chinese).startswith("transfers.csv 中的资产 USDT 未写明合约，故在 tron 上自成一种资产")
    assert told.gap(str(gap["text"]), chinese).startswith("除 transfers.csv 中未写明合约的资产 USDT 外")
