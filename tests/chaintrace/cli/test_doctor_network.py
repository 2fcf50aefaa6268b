"""`doctor` on network sources: reachable or not, whose chain, synced, credentials by name, and what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaintrace.cli import run
from tests.chaintrace.adapters.electrum_tale import tale
from tests.chaintrace.network_case import esplora, every_byte, network_case, served
from tests.hostile.electrum_server import ElectrumServer
from tests.hostile.server import HostileServer
from tests.nodes import story
from tests.nodes.core import Core


@pytest.fixture
def server():
    with served() as server:
        yield server


def doctor(folder, capsys) -> tuple[int, dict[str, list[str]], str]:
    """Exit code, the row of each network source by its url, and stderr."""
    code = run(["doctor", str(folder)])
    out, err = capsys.readouterr()
    lines = out.partition("Network sources\n")[2].splitlines()
    rows = [line.split("\t") for line in lines[1:] if "\t" in line]
    return code, {row[0]: row[1:] for row in rows}, err


def test_a_sound_source_is_described_and_its_requests_are_in_the_log(tmp_path, server, capsys):
    folder = network_case(tmp_path, esplora(server))
    code, rows, err = doctor(folder, capsys)
    assert code == 0
    assert rows == {
        f"{server.url}/api": [
            *("esplora", "answers", "bitcoin-regtest", "4", "it does not say", "address, spender, txid"),
            *("not told", "none set"),
        ]
    }
    assert "left open" not in err
    assert run(["queries", str(folder)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2 + len(server.asked)
    assert run(["trace", str(folder)]) == 0


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ((("X-RateLimit-Remaining", "41"), ("X-RateLimit-Limit", "100")), "41 of 100 left"),
        ((("RateLimit-Remaining", "1200; w=60"),), "1,200 left"),
        ((("X-RateLimit-Remaining", "<b>lots</b>"),), "not told"),
    ],
)
def test_what_a_host_says_may_still_be_asked_is_shown_and_none_of_its_words(tmp_path, capsys, headers, said):
    core = Core(story.told().blocks)
    with HostileServer(lambda asked: replace(core.answer(asked), headers=headers)) as node:
        folder = story.write_case(tmp_path, f'adapter = "bitcoin-core"\nurl = "{node.url}"')
        code, rows, _ = doctor(folder, capsys)
    assert code == 0
    assert rows[node.url][6] == said


def test_a_node_says_whether_it_is_synced_and_what_it_can_find(tmp_path, capsys):
    blocks = story.told().blocks
    with HostileServer(Core(blocks, indices=frozenset(), pruned_to=5).answer) as node:
        folder = story.write_case(tmp_path, f'adapter = "bitcoin-core"\nurl = "{node.url}"')
        code, rows, err = doctor(folder, capsys)
    assert code == 0
    row = rows[node.url]
    assert row[:6] == [
        "bitcoin-core",
        "answers",
        "bitcoin-regtest",
        str(blocks[-1].height),
        "yes",
        "nothing; pruned below 5",
    ]
    assert "no index of transactions (txindex=1)" in err
    assert "blocks below 5 are gone" in err


def test_an_unsynced_node_ends_with_3_and_the_reason(tmp_path, capsys):
    with HostileServer(Core(story.told().blocks, loading=True).answer) as node:
        folder = story.write_case(tmp_path, f'adapter = "bitcoin-core"\nurl = "{node.url}"')
        code, rows, err = doctor(folder, capsys)
    assert code == 3
    assert rows[node.url][4] == "no"
    assert f"{node.url}: it has come to height" in err
    assert "still reading the chain: wait" in err


def test_an_unsynced_node_leaves_a_report_that_says_so(tmp_path, capsys):
    with HostileServer(Core(story.told().blocks, headers=500).answer) as node:
        folder = story.write_case(tmp_path, f'adapter = "bitcoin-core"\nurl = "{node.url}"')
        assert run(["trace", str(folder)]) == 3
        said = capsys.readouterr().err
        assert doctor(folder, capsys)[0] == 3
    assert f"{node.url} is not synced: it has come to height 442" in said
    (row,) = (folder / "report" / "gaps.csv").read_text("utf-8-sig").splitlines()[1:]
    assert row.startswith("source,bitcoin-regtest,")


def test_a_source_of_another_chain_is_named_and_ends_with_3(tmp_path, server, capsys):
    folder = network_case(tmp_path, esplora(server))
    text = (folder / "case.toml").read_text("utf-8").replace("bitcoin-regtest", "bitcoin-signet")
    (folder / "case.toml").write_text(text, "utf-8")
    code, rows, err = doctor(folder, capsys)
    assert code == 3
    assert rows[f"{server.url}/api"][2] == "bitcoin-regtest"
    assert "it is a source of bitcoin-regtest, and the case says bitcoin-signet: correct the url or the chain" in err
    assert run(["trace", str(folder)]) == 2
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert said.endswith("is a source of bitcoin-regtest, not of bitcoin-signet: correct the url or the chain")


def test_who_does_not_answer_refuses_or_may_not_be_asked_is_told_apart(tmp_path, server, capsys, monkeypatch):
    with ElectrumServer(tale().ledger()) as electrum:
        closed = electrum.url
    more = f"""
[[source]]
adapter = "electrum"
url = "{closed}"
chain = "bitcoin-regtest"
[[source]]
adapter = "esplora"
url = "https://example.org/api"
chain = "bitcoin-regtest"
"""
    folder = network_case(tmp_path, esplora(server) + more)
    server.fault("403")
    code, rows, err = doctor(folder, capsys)
    assert code == 3
    assert {url: row[1] for url, row in rows.items()} == {
        f"{server.url}/api": "refuses",
        closed: "does not answer",
        "https://example.org/api": "not asked",
    }
    assert "CHAINTRACE_NETWORK is own: set it to public" in err
    monkeypatch.setenv("CHAINTRACE_NETWORK", "none")
    asked = len(server.asked)
    code, rows, _ = doctor(folder, capsys)
    assert (code, {row[1] for row in rows.values()}, len(server.asked)) == (3, {"not asked"}, asked)


def test_what_is_set_is_named_and_never_shown(tmp_path, server, capsys, monkeypatch):
    monkeypatch.setenv("CHAINTRACE_ESPLORA_KEY", "never-to-be-seen")
    monkeypatch.setenv("CHAINTRACE_PROXY", "socks5://alice:never-to-be-seen@127.0.0.1:1")
    folder = network_case(tmp_path, esplora(server))
    assert run(["doctor", str(folder)]) == 3
    out, err = capsys.readouterr()
    assert "credentials\tCHAINTRACE_ESPLORA_KEY" in out
    assert "proxy\tsocks5://127.0.0.1:1" in out
    assert "never-to-be-seen" not in out + err
    assert b"never-to-be-seen" not in every_byte(tmp_path)
    assert server.asked == []


def test_a_node_of_another_chain_is_named_too(tmp_path, capsys):
    with HostileServer(Core(story.told().blocks).answer) as node:
        folder = story.write_case(tmp_path, f'adapter = "bitcoin-core"\nurl = "{node.url}"')
        text = (folder / "case.toml").read_text("utf-8").replace(f"chain = {story.CHAIN!r}", "chain = 'bitcoin'")
        (folder / "case.toml").write_text(text, "utf-8")
        (folder / "tags.csv").write_text("chain,address,label,actor,category,confidence,source,lastmod\n", "utf-8")
        code, rows, err = doctor(folder, capsys)
    assert (code, rows[node.url][2]) == (3, "bitcoin-regtest")
    assert "it is a source of bitcoin-regtest, and the case says bitcoin" in err
