"""The blocks of a node for `bulk parse`: the tables are those of its files, after a kill too, and no lie gets in."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from chaintrace.adapters.transport import Patience
from chaintrace.bulk.parsing import FETCHED, TABLES
from chaintrace.case import bulk_node
from chaintrace.case.access import access
from chaintrace.case.bulk_node import fetch, node_of
from chaintrace.cli import run
from chaintrace.errors import AdapterError, InputError, Malformed, OutputError, Refused, Unavailable
from tests.hostile.server import Given, HostileServer
from tests.nodes import story
from tests.nodes.chain import GENESIS_HASH, genesis
from tests.nodes.core import Core

if TYPE_CHECKING:
    from pathlib import Path

CHAIN = story.CHAIN
QUICK = Patience(connect=1, read=0.5, deadline=1, total=2, tries=2, first_wait=0.01, longest_wait=0.1, size=1 << 20)
ENVIRONMENT = {"CHAINTRACE_NETWORK": "own"}


class Whole(Core):
    """A node that also has its genesis block, as every real one."""

    def getblock(self, name, verbosity=1):
        return genesis().hex() if name == GENESIS_HASH else super().getblock(name, verbosity)


def silent(what, done=0, total=0):
    del what, done, total


def blocks_of(count: int):
    return story.told().blocks[:count]


def fetched(server: HostileServer, folder: Path, progress=silent) -> None:
    node = node_of(server.url, CHAIN)
    assert node is not None
    fetch(node, access(ENVIRONMENT), folder, progress, QUICK)


def records(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("blk*.dat")))


def framed(count: int) -> bytes:
    raws = [genesis(), *(block.raw for block in blocks_of(count))]
    return b"".join(bytes.fromhex("fabfb5da") + len(raw).to_bytes(4, "little") + raw for raw in raws)


def rows(folder: Path, name: str):
    table = [row for path in sorted((folder / name).glob("*.parquet")) for row in pq.read_table(path).to_pylist()]
    return [{key: value for key, value in row.items() if key not in {"file", "offset"}} for row in table]


def test_a_real_node_gives_the_tables_of_its_blocks_as_files(bcoin, told, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CHAINTRACE_BITCOIN_CORE_USER", bcoin.user)
    monkeypatch.setenv("CHAINTRACE_BITCOIN_CORE_PASSWORD", bcoin.password)
    (tmp_path / "blk00000.dat").write_bytes(framed(len(told.blocks)))
    by_node, by_file = tmp_path / "node", tmp_path / "files"
    named = f"bitcoin-core={bcoin.url}"
    assert run(["bulk", "parse", named, "--to", str(by_node), "--chain", CHAIN]) == 0
    assert run(["bulk", "parse", str(tmp_path / "blk00000.dat"), "--to", str(by_file), "--chain", CHAIN]) == 0
    assert {name: rows(by_node, name) for name in TABLES} == {name: rows(by_file, name) for name in TABLES}
    for name in ("transactions", "inputs", "outputs", "scripts"):
        assert [path.read_bytes() for path in sorted((by_node / name).iterdir())] == [
            path.read_bytes() for path in sorted((by_file / name).iterdir())
        ]
    said = [json.loads((folder / "bulk.json").read_text()) for folder in (by_node, by_file)]
    assert (said[0]["counts"], said[0]["notes"], said[0]["source"]) == (said[1]["counts"], [], bcoin.url)
    assert not (by_node / "work").exists()
    assert bcoin.password not in capsys.readouterr().err + (by_node / "bulk.json").read_text()
    capsys.readouterr()
    assert run(["bulk", "parse", named, "--to", str(by_node), "--chain", CHAIN]) == 0  # whole: nobody is asked
    assert run(["bulk", "parse", str(tmp_path), "--to", str(by_node), "--chain", CHAIN]) == 2
    assert f"was begun for {bcoin.url}" in capsys.readouterr().err


@pytest.mark.parametrize("kept", [0, 1, 100, -1])
def test_a_run_that_was_killed_goes_on_behind_the_last_whole_block(tmp_path, monkeypatch, kept):
    monkeypatch.setattr(bulk_node, "AT_ONCE", 4)
    monkeypatch.setattr(bulk_node, "_A_DOOR", 7)
    monkeypatch.setattr(bulk_node, "FILE_BYTES", 3_000)
    with HostileServer(Whole(blocks_of(40)).answer) as server:
        fetched(server, tmp_path)
        whole = {path.name: path.read_bytes() for path in tmp_path.glob("blk*.dat")}
        assert records(tmp_path) == framed(40)
        assert len(whole) > 2
        asked = len(server.asked)
        last = max(whole)
        (tmp_path / last).write_bytes(whole[last][:kept])
        fetched(server, tmp_path)
        assert {path.name: path.read_bytes() for path in tmp_path.glob("blk*.dat")} == whole
        assert len(server.asked) - asked < 40


@pytest.mark.parametrize("number", [0, 1])
def test_what_stands_behind_a_missing_file_is_fetched_again(tmp_path, monkeypatch, number):
    monkeypatch.setattr(bulk_node, "FILE_BYTES", 3_000)
    with HostileServer(Whole(blocks_of(40)).answer) as server:
        fetched(server, tmp_path)
        whole = {path.name: path.read_bytes() for path in tmp_path.glob("blk*.dat")}
        (tmp_path / f"blk{number:05}.dat").unlink()
        fetched(server, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.glob("blk*.dat")} == whole


def test_what_the_chain_has_dropped_is_cut_off(tmp_path):
    told = story.told()
    rivals = story.competing(told, double_spend=True)
    with HostileServer(Whole(told.blocks).answer) as server:
        fetched(server, tmp_path)
    with HostileServer(Whole((*told.blocks[: story.FORK], *rivals)).answer) as server:
        fetched(server, tmp_path)
        assert sum(one.call == "getblock" for one in server.asked) == len(rivals)
    assert records(tmp_path).endswith(rivals[-1].raw)
    assert told.tip.raw not in records(tmp_path)


@pytest.mark.parametrize("name", ["reset", "half a body", "web page", "wrong id", "429"])
def test_no_fault_of_the_wire_changes_a_block(tmp_path, name):
    """Two blocks were told; the third meets the fault. What is written is whole, and the next run goes on."""
    with HostileServer(Whole(blocks_of(6)).answer) as server:
        server.fault(name, on="getblock", times=3)
        with suppress(AdapterError):
            fetched(server, tmp_path)
        assert framed(6).startswith(records(tmp_path))
    with HostileServer(Whole(blocks_of(6)).answer) as server:
        fetched(server, tmp_path)
    assert records(tmp_path) == framed(6)


def lie(how):
    """An answer to `getblock` whose bytes are changed."""

    def change(_, given):
        told = json.loads(given.body)
        told["result"] = how(told["result"])
        return Given(json.dumps(told).encode())

    return change


@pytest.mark.parametrize(
    "how",
    [
        lambda raw: raw[:-2],
        lambda raw: raw + "00",
        lambda raw: raw[:170] + ("0" if raw[170] != "0" else "1") + raw[171:],
        lambda raw: raw[:-20] + "11" + raw[-18:],
        lambda _: "",
        lambda _: genesis().hex()[:160],
        lambda _: "ff" * 400,
        lambda _: 7,
    ],
)
def test_bytes_that_are_not_the_blocks_own_are_refused(tmp_path, how):
    with HostileServer(Whole(blocks_of(6)).answer) as server:
        server.change(lie(how), on="getblock")
        with pytest.raises(Malformed):
            fetched(server, tmp_path)
    assert records(tmp_path) == b""


def test_a_node_that_cannot_give_the_chain_says_why(tmp_path):
    for core, error, what in (
        (Whole(blocks_of(9), pruned_to=5), Refused, "is pruned and has no block below height 5"),
        (Whole(blocks_of(9), without=frozenset({"getblock"})), Refused, "its block files can be given instead"),
        (Whole(blocks_of(9), chain_genesis=blocks_of(9)[0].hash), Malformed, "genesis|chain"),
    ):
        with HostileServer(core.answer) as server, pytest.raises(error, match=what):
            fetched(server, tmp_path)
    with HostileServer(Whole(blocks_of(9)).answer) as server:
        wrong = node_of(server.url, "bitcoin")
        assert wrong is not None
        with pytest.raises(Malformed, match=r"is one of bitcoin-regtest, not of bitcoin: name its chain with --chain"):
            fetch(wrong, access(ENVIRONMENT), tmp_path, silent, QUICK)
        with pytest.raises(AdapterError, match="CHAINTRACE_NETWORK"):
            fetch(wrong, access({"CHAINTRACE_NETWORK": "none"}), tmp_path, silent, QUICK)


def test_a_chain_that_changes_while_it_is_read_is_not_mixed(tmp_path):
    """At a height that is asked for later stands another block by then: it does not follow the last one."""
    told = blocks_of(60)
    core = Whole(told)

    def turn(what, done=0, total=0):
        del what, total
        core.blocks = told[1:] if done > 20 else told

    with HostileServer(lambda asked: replace(core).answer(asked)) as server:
        with pytest.raises(Unavailable, match="changed its chain while its blocks were read: run the same command"):
            fetched(server, tmp_path, turn)
        assert framed(60).startswith(records(tmp_path))
        core.blocks = told
        fetched(server, tmp_path)
    assert records(tmp_path) == framed(60)


def test_what_is_no_node_is_a_path_or_refused(tmp_path):
    assert node_of("blocks", CHAIN) is None
    assert node_of(str(tmp_path / "a=b"), CHAIN) is None
    with pytest.raises(InputError, match="holds a user or a password"):
        node_of("bitcoin-core=http://user:secret@127.0.0.1:8332", CHAIN)
    with pytest.raises(InputError, match="cannot be the url of a node"):
        node_of("bitcoin-core=blocks", CHAIN)
    with pytest.raises(InputError, match="cannot be asked about 'tron'"):
        node_of("bitcoin-core=http://127.0.0.1:8332", "tron")


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with HostileServer(Whole(blocks_of(3)).answer) as server, pytest.raises(OutputError, match="cannot be written"):
        fetched(server, tmp_path / "file" / FETCHED)
