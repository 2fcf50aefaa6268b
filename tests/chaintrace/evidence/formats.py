"""Packages of the format as it is now, to be kept: `python -m tests.chaintrace.evidence.formats`.

It writes tests/chaintrace/evidence/formats/VERSION/KIND.zip for each kind of case, VERSION being that of the format.
While a version is not released its packages may be made anew; those of a released version stay as they are.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from chaintrace.case.result import open_case
from chaintrace.case.sealing import evidence
from chaintrace.evidence.package import FORMAT_VERSION
from tests.chaintrace.evidence.packages import CASES, moment, packed
from tests.chaintrace.evidence.recorded_case import case_of, ethereum_case
from tests.chaintrace.small_case import small_case

FOLDER = Path(__file__).resolve().with_name("formats")
SHARED = Path(__file__).resolve().parents[4] / "shared"
FIRST_PAYMENT = "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16"
BLOCKS = "data/bitcoin/blocks/firstblocks.blk"
HEAD = 171
"""So many blocks of the file are taken: the first payment stands in the last of them."""


def made(kind: str, folder: Path, target: Path) -> Path:
    """The package of one kind of case, as a ZIP."""
    case = folder / "case"
    match kind:
        case "accounts":
            return packed(small_case(case), target)
        case "outputs":
            return packed(Path(shutil.copytree(CASES / "colonial-pipeline", case)), target)
        case "blocks":
            source = "adapter = 'blocks'\npath = 'node/blk00000.dat'"
            case_of(case, "bitcoin", source, f"txid = '{FIRST_PAYMENT}'\nindex = 0")
            (case / "node").mkdir()
            (case / "node/blk00000.dat").write_bytes(first_blocks())
            return packed(case, target)
        case "network":
            with ethereum_case(SHARED, case):
                open_case(case).follow(clock=moment)
            return evidence(case, target, moment)
    raise ValueError(kind)


KINDS = ("accounts", "outputs", "blocks", "network")


def first_blocks() -> bytes:
    """The head of the shared file of blocks, whole records."""
    content, end = (SHARED / BLOCKS).read_bytes(), 0
    for _ in range(HEAD):
        end += 8 + int.from_bytes(content[end + 4 : end + 8], "little")
    return content[:end]


def main() -> None:
    """Write one package a kind; those that stand are replaced."""
    place = FOLDER / FORMAT_VERSION
    place.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as bench:
            target = made(kind, Path(bench), Path(bench) / f"{kind}.zip")
            shutil.copyfile(target, place / target.name)
        sys.stdout.write(f"{place / target.name} {(place / target.name).stat().st_size}\n")


if __name__ == "__main__":
    main()
