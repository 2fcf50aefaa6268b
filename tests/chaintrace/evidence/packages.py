"""Packages for the tests: of the cases that ship, of a small one, and a way to make a changed one look whole again."""

from __future__ import annotations

import hashlib
import shutil
from datetime import UTC, datetime
from pathlib import Path

from chaintrace.case.result import open_case
from chaintrace.case.sealing import evidence

CASES = Path(__file__).resolve().parents[3] / "data" / "cases"
SHIPPED = ("first-payments", "colonial-pipeline", "tron-usdt")


def moment() -> datetime:
    return datetime(2026, 11, 28, 12, tzinfo=UTC)


def packed(case: Path, target: Path) -> Path:
    """Trace a case and seal it."""
    open_case(case).follow(clock=moment)
    return evidence(case, target, moment)


def shipped(name: str, folder: Path) -> Path:
    """The package of a case that ships, in a folder of its own."""
    shutil.copytree(CASES / name, folder / name)
    return packed(folder / name, folder / f"{name}-package")


def repaired(package: Path) -> None:
    """Make both manifests and the sizes fit what now lies in the folder, as somebody would who knows BagIt."""
    names = sorted(path.relative_to(package).as_posix() for path in package.rglob("*") if path.is_file())
    payload = [name for name in names if name.startswith("data/")]
    size = sum((package / name).stat().st_size for name in payload)
    said = "".join((package / "bag-info.txt").read_text().splitlines(keepends=True)[:-1])
    (package / "bag-info.txt").write_text(f"{said}Payload-Oxum: {size}.{len(payload)}\n")
    (package / "manifest-sha256.txt").write_text(listed(package, payload))
    tags = [name for name in names if not name.startswith("data/") and name != "tagmanifest-sha256.txt"]
    (package / "tagmanifest-sha256.txt").write_text(listed(package, tags))


def listed(package: Path, names: list[str]) -> str:
    digests = {name: hashlib.sha256((package / name).read_bytes()).hexdigest() for name in names}
    return "".join(f"{digest}  {name}\n" for name, digest in digests.items())
