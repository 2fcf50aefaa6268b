"""A case that asks a stand-in over loopback: the theft of tests/chaintrace/adapters/esplora_case.py, and its folder."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.chaintrace.adapters.esplora_case import CHAIN, Theft
from tests.hostile.esplora_ledger import txid
from tests.hostile.esplora_server import Esplora
from tests.hostile.server import HostileServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.hostile.server import Asked, Given

THEFT = Theft()
TXID = txid(THEFT.stolen)


@contextmanager
def served() -> Iterator[HostileServer]:
    """The stand-in for an Esplora server; its url for a source is `url_of`."""
    server = HostileServer(Esplora(THEFT.ledger))
    with server:
        yield server


def url_of(server: HostileServer) -> str:
    return f"{server.url}/api"


def blk(height: int) -> bytes:
    """A block of the theft as a node's file has it."""
    block = THEFT.ledger.blocks[height]
    payments = b"".join(THEFT.ledger.raws[one.txid] for one in block.transactions)
    raw = THEFT.ledger.headers[block.header.hash] + bytes((len(block.transactions),)) + payments
    return bytes.fromhex("fabfb5da") + len(raw).to_bytes(4, "little") + raw


def keyed(server_key: str):
    """The handler of a server that wants its key in the path, as hosted services do."""
    honest = Esplora(THEFT.ledger)

    def answer(asked: Asked) -> Given:
        assert asked.path.startswith(f"/{server_key}/"), asked.path
        return honest.answer(asked.path.removeprefix(f"/{server_key}"))

    return answer


def network_case(folder: Path, source: str, *, index: int = 0, more: str = "", seed: str = TXID) -> Path:
    """Write a case of the theft; `source` is the body of its `[[source]]`, without the chain."""
    folder.mkdir(parents=True, exist_ok=True)
    text = f"""\
[case]
name = "Theft"

[[source]]
chain = "{CHAIN}"
{source}

[[seed]]
chain = "{CHAIN}"
txid = "{seed}"
index = {index}
origin = "theft"
{more}
"""
    (folder / "case.toml").write_text(text, "utf-8")
    return folder


def esplora(server: HostileServer) -> str:
    return f'adapter = "esplora"\nurl = "{url_of(server)}"'


def every_byte(folder: Path) -> bytes:
    """All files of a folder, one after the other."""
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def report_of(folder: Path) -> dict[str, bytes]:
    """The files of a case's report by name."""
    return {path.name: path.read_bytes() for path in sorted((folder / "report").iterdir())}
