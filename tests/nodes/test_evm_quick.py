"""A txid and a url, and nothing else: quick traces of accounts over a node and over explorers."""

from __future__ import annotations

import pytest

from chaintrace.cli import run
from tests.hostile.server import HostileServer
from tests.nodes.anvil import CHAIN, address
from tests.nodes.evm_explorers import Etherscan, Indexed, Instance, Scouted
from tests.oracle import compare

WAYS = ("evm-rpc", "etherscan", "blockscout")


@pytest.fixture(scope="module")
def urls(anvil, evm_told):
    indexed = Indexed(anvil, evm_told.books)
    with HostileServer(Etherscan(indexed=indexed)) as one, HostileServer(Instance(Scouted(indexed))) as other:
        yield {"evm-rpc": anvil.url, "etherscan": f"{one.url}/v2/api", "blockscout": other.url}


def files(folder):
    return {path.name: path.read_bytes() for path in sorted((folder / "report").iterdir())}


@pytest.mark.parametrize("way", WAYS)
def test_a_token_seed_needs_no_index_and_offline_the_report_is_the_same_to_the_byte(
    tmp_path, urls, evm_told, monkeypatch, capsys, way
):
    """COIN is followed to its end, through payments that are alike, over every way; so nothing is left open."""
    monkeypatch.chdir(tmp_path)
    page = evm_told.books.pages["deceit"]
    assert run(["trace", page.txid, "--chain", CHAIN, "--from", f"{way}={urls[way]}"]) == 0, capsys.readouterr().err
    folder = next(path.parent for path in tmp_path.glob("*/report"))
    seeds = {key[3]: value for key, value in compare.reconciliation(folder / "report").items() if key[4] == "seed"}
    assert seeds == {evm_told.coin: 4_000 * 10**6}
    before = files(folder)
    assert run(["trace", str(folder), "--offline"]) == 0
    assert files(folder) == before
    capsys.readouterr()
    assert run(["queries", str(folder)]) == 0
    assert way in capsys.readouterr().out
    assert run(["doctor", str(folder)]) == 0
    assert way in capsys.readouterr().out


@pytest.mark.parametrize("way", WAYS)
def test_a_tag_that_comes_later_stops_what_was_followed(tmp_path, urls, evm_told, monkeypatch, capsys, way):
    monkeypatch.chdir(tmp_path)
    page, thief = evm_told.books.pages["deceit"], address("thief")
    assert run(["trace", page.txid, "--chain", CHAIN, "--from", f"{way}={urls[way]}"]) == 0, capsys.readouterr().err
    folder = next(path.parent for path in tmp_path.glob("*/report"))
    tags = tmp_path / "tags.csv"
    tags.write_text(
        f"chain,address,label,actor,category,confidence,source,lastmod\n{CHAIN},{thief},E,,exchange,ownership,here,2026-01-01\n",
        "utf-8",
    )
    with (folder / "case.toml").open("a", encoding="utf-8") as file:
        file.write("\n[[tags]]\npath = '../tags.csv'\n")
    assert run(["trace", str(folder), "--offline"]) == 0, capsys.readouterr().err
    assert list(compare.endpoints(folder / "report").values()) == [4_000 * 10**6]
    assert not compare.resting(folder / "report")


@pytest.mark.parametrize("way", WAYS)
def test_an_address_is_shown(urls, evm_told, capsys, way):
    told = ["show", address("mule seven"), "--chain", CHAIN, "--asset", evm_told.coin, "--from", f"{way}={urls[way]}"]
    assert run(told) == 0
    shown = capsys.readouterr().out
    names = ("twice alike", "coins mixed in", "coins to itself", "coins out", "coins onward")
    assert [name for name in names if evm_told.books.pages[name].txid not in shown] == []
