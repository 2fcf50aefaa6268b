"""What somebody may do to a package, and which layer of the verifier notices.

`python -m tests.chaintrace.evidence.tampering [TIMES [MOST]]` prints the table of docs/evidence.md. Each way of
altering is tried on every file of the packages of the cases that ship, or on MOST of them by chance, TIMES each. Where
all digests are mended afterwards, the second list of them (in method.json) is mended too: what notices is the content.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from chaintrace.evidence.verify import LAYERS, verify
from tests.chaintrace.evidence.packages import SHIPPED, repaired, shipped

Alter = Callable[[Path, str, random.Random], bool]
"""Alters one file of a package; False where it cannot be altered in that way."""


def flipped(package: Path, name: str, rng: random.Random) -> bool:
    content = bytearray((package / name).read_bytes())
    if not content:
        return False
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    (package / name).write_bytes(content)
    return True


def dropped(package: Path, name: str, rng: random.Random) -> bool:
    del rng
    (package / name).unlink()
    return True


def added(package: Path, name: str, rng: random.Random) -> bool:
    (package / name).with_name(f"more{rng.randrange(1000)}.txt").write_text("more\n")
    return True


def renamed(package: Path, name: str, rng: random.Random) -> bool:
    del rng
    (package / name).rename((package / name).with_name("renamed"))
    return True


def cut(package: Path, name: str, rng: random.Random) -> bool:
    content = (package / name).read_bytes()
    if not content:
        return False
    (package / name).write_bytes(content[: rng.randrange(len(content))])
    return True


def swapped(package: Path, name: str, rng: random.Random) -> bool:
    lines = (package / name).read_bytes().splitlines(keepends=True)
    pairs = [at for at in range(1, len(lines) - 1) if lines[at] != lines[at + 1]]
    if not pairs:
        return False
    at = rng.choice(pairs)
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    (package / name).write_bytes(b"".join(lines))
    return True


def digit(package: Path, name: str, rng: random.Random) -> bool:
    content = bytearray((package / name).read_bytes())
    places = [at for at, byte in enumerate(content) if 0x30 <= byte <= 0x39]
    if not places:
        return False
    at = rng.choice(places)
    content[at] = rng.choice([byte for byte in range(0x30, 0x3A) if byte != content[at]])
    (package / name).write_bytes(content)
    return True


WAYS: dict[str, Alter] = {
    "one bit flipped": flipped,
    "file dropped": dropped,
    "file added": added,
    "file renamed": renamed,
    "file cut short": cut,
    "two lines swapped": swapped,
    "one digit changed": digit,
}
REPAIRED = ("one digit changed", "two lines swapped")
"""Ways that are tried once more with manifests that fit again."""


def without_contents(package: Path, *, log: bool = True) -> None:
    """Mend the second list of digests, and with `log` what the log says of it: as somebody who knows this format."""
    path, inside = package / "data/method.json", package / "data"
    told = json.loads(path.read_text("utf-8"))
    names = sorted(one.relative_to(package).as_posix() for one in inside.rglob("*") if one.is_file())
    digests = {name: hashlib.sha256((package / name).read_bytes()).hexdigest() for name in names}
    digests.pop("data/method.json")
    if log:
        told["log"] = sealed_anew(inside / "log.jsonl", digests)
    told["contents"] = digests
    path.write_bytes(canonical(told) + b"\n")


def sealed_anew(path: Path, digests: dict[str, str]) -> dict[str, object]:
    """Mend the last line of the log, which names the digest of all that lies beside it; its new end."""
    beside = {name: digest for name, digest in digests.items() if name != "data/log.jsonl"}
    *lines, last = path.read_bytes().splitlines() or [b""]
    try:
        told = json.loads(last)
        told["details"]["payload"] = hashlib.sha256(canonical(beside)).hexdigest()
        body = {key: value for key, value in told.items() if key != "hash"}
        told["hash"] = hashlib.sha256(canonical(body)).hexdigest()
    except (ValueError, KeyError, TypeError):  # it is no line any more
        return {"lines": len(lines) + bool(last), "head": ""}
    path.write_bytes(b"".join(line + b"\n" for line in (*lines, canonical(told))))
    digests["data/log.jsonl"] = hashlib.sha256(path.read_bytes()).hexdigest()
    return {"lines": len(lines) + 1, "head": told["hash"]}


def canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def noticed(package: Path) -> tuple[str, ...]:
    """The layers that do not hold."""
    said = verify(package)
    return tuple(layer for layer in LAYERS if said.failures[layer])


def names_of(package: Path) -> list[str]:
    return sorted(path.relative_to(package).as_posix() for path in package.rglob("*") if path.is_file())


def tried(
    package: Path, bench: Path, rng: random.Random, times: int = 0, sample: int = 0, *, asked: str = ""
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(way, file, layers that notice) for each way: on every file `times` each, or on `sample` files by chance.

    Of all ways those are verified in whose name `asked`, a regular expression, is found; chance goes on alike.
    """
    for way, alter in WAYS.items():
        names = names_of(package)
        for name in rng.sample(names, min(sample, len(names))) if sample else names:
            for _ in range(times or 1):
                for done in _once(package, bench, name, way, alter, rng):
                    if re.search(asked, done):
                        yield done, name, noticed(bench)


def _once(package: Path, bench: Path, name: str, way: str, alter: Alter, rng: random.Random) -> Iterator[str]:
    """The way as it was done, each time that an altered package lies on the bench."""
    again = way in REPAIRED and name.startswith("data/")
    for mended in ("", ", all digests mended", ", all digests mended, the log sealed anew") if again else ("",):
        shutil.rmtree(bench, ignore_errors=True)
        shutil.copytree(package, bench)
        if not alter(bench, name, rng):
            continue
        if mended:
            if name != "data/method.json":
                without_contents(bench, log="log" in mended)
            repaired(bench)
            if (bench / name).read_bytes() == (package / name).read_bytes():
                continue  # what was altered is what was mended: the package is as it was
        yield f"{way}{mended}"


def main() -> None:
    """Print the table of docs/evidence.md."""
    times, most = (int(sys.argv[at]) if sys.argv[at:] else least for at, least in ((1, 1), (2, 0)))
    rng, seen, found, by_layer = random.Random(1), Counter(), Counter(), {}
    missed: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for case in SHIPPED:
            package = shipped(case, Path(folder))
            for way, name, layers in tried(package, Path(folder) / "bench", rng, times, most):
                seen[way] += 1
                found[way] += bool(layers)
                by_layer.setdefault(way, Counter()).update(layers[:1])
                missed.update([f"{way}: {name}"] if not layers else [])
    lines = ["| alteration | tried | noticed | first layer that does not hold |", "|---|---|---|---|"]
    for way, count in seen.items():
        layers = ", ".join(f"{layer} {number}" for layer, number in by_layer[way].most_common())
        lines.append(f"| {way} | {count} | {found[way]} ({found[way] / count:.1%}) | {layers} |")
    for line, number in missed.most_common():
        lines.append(f"{number} {line}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
