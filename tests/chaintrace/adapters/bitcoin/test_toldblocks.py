"""A list of what files of blocks told is known by its beginning, however far the files reach."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from chaintrace.adapters.bitcoin.toldblocks import AskedBlocks, is_told
from chaintrace.adapters.interface import FactSource
from chaintrace.evidence.lines import canonical
from chaintrace.model.provenance import Coverage, Gap, Source


class Stretches:
    """Files with many holes: of each second block they have nothing."""

    whole = False
    source = Source("blocks", "blocks", "0" * 64)

    def coverage(self) -> tuple[Coverage, ...]:
        return tuple(Coverage("bitcoin", None, None, at, at, at, 1_600_000_000 + at, "") for at in range(0, 400, 2))

    def gaps(self) -> tuple[Gap, ...]:
        return ()


def test_a_list_is_known_whatever_it_says_of_coverage(tmp_path: Path) -> None:
    path = tmp_path / "blk00000.dat"
    path.write_bytes(
        b"".join(
            canonical(line).encode() + b"\n"
            for line in AskedBlocks(cast("FactSource", Stretches()), "bitcoin", "node").lines()
        )
    )
    assert path.stat().st_size > 10_000
    assert is_told(path)


def test_what_is_no_list_is_left_to_the_reader_of_blocks(tmp_path: Path) -> None:
    for name, content in {"empty": b"", "block": b"\xf9\xbe\xb4\xd9", "other": b'{"chain":"bitcoin"}\n'}.items():
        (tmp_path / name).write_bytes(content)
        assert not is_told(tmp_path / name)
    assert not is_told(tmp_path)
    assert not is_told(tmp_path / "absent")
