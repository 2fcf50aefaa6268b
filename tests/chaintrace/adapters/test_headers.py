"""The headers of a chain, as each source of Bitcoin gives them: all of a span, or those that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chaintrace.adapters.bitcoin.blocksource import BlockSource
from chaintrace.adapters.network import HeaderSource
from chaintrace.errors import Unavailable
from tests.chaintrace.adapters.bitcoin_core.asking import TOLD, asking_core
from tests.chaintrace.adapters.electrum_tale import desk, tale
from tests.chaintrace.adapters.esplora_case import asked
from tests.nodes import story
from tests.nodes.core import Core

if TYPE_CHECKING:
    from pathlib import Path


def test_a_node_gives_the_headers_of_its_chain(tmp_path: Path) -> None:
    with asking_core(Core(TOLD.blocks), tmp_path) as a:
        assert isinstance(a.source, HeaderSource)
        found = a.source.headers(3, 4)
        assert [one.hash for one in found] == [one.hash for one in TOLD.blocks if 3 <= one.height < 7]
        last = TOLD.blocks[-1]
        assert a.source.headers(last.height, 50)[0].hash == last.hash
        with pytest.raises(Unavailable, match="has come to height"):
            a.source.headers(last.height + 1, 5)


@pytest.mark.parametrize("version", ["1.4", "1.6"])
def test_an_electrum_server_gives_the_headers_of_its_chain(tmp_path: Path, version: str) -> None:
    with desk(tmp_path, tale().ledger(), version=version) as made:
        found = made.source.headers(1, 3)
        assert isinstance(made.source, HeaderSource)
        assert [one.hash for one in found] == [one.hash for one in tale().blocks if 1 <= one.height < 4]
        assert len(made.source.headers(4, 5_000)) == tale().tip.height - 3


def test_an_esplora_server_gives_the_headers_of_its_chain(tmp_path: Path) -> None:
    with asked(tmp_path) as made:
        found = made.source.headers(1, 3)
        assert isinstance(made.source, HeaderSource)
        assert [one.hash for one in found] == [made.theft.ledger.blocks[at].header.hash for at in (1, 2, 3)]
        assert len(made.source.headers(2, 5_000)) == made.theft.ledger.height - 1


def test_files_of_blocks_hold_the_headers_of_their_chain(tmp_path: Path) -> None:
    story.write_blk(TOLD.blocks, tmp_path / "blk00000.dat")
    with BlockSource(tmp_path / "blk00000.dat", story.CHAIN) as source:
        found = list(source.headers(2, 4))
    assert found == [one.raw[:80] for one in TOLD.blocks if 2 <= one.height <= 4]
