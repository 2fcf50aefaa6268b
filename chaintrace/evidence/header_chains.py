"""Chains of Bitcoin's block headers from the blocks of proofs to blocks that everybody knows, as a package holds them.

The known blocks are those of `verify_anchors.py`, which checks each chain before it goes into a package. A block that
leads to none of them is listed with the reason.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from chaintrace.adapters.bitcoin.proofs import target
from chaintrace.adapters.bitcoin.rawblock import HEADER_SIZE
from chaintrace.evidence import verify_anchors
from chaintrace.evidence.lines import canonical
from chaintrace.evidence.proving import Proof
from chaintrace.evidence.raw_index import texts
from chaintrace.model.provenance import Source
from chaintrace.report.interface import Table

UNLINKED = ("chain", "block_hash", "reason")
SERVICES = frozenset({"bitcoin-core", "esplora", "electrum"})
"""The adapters whose answers may be headers; their requests then say so."""
NO_HEIGHT = "its height is not known, and the rule of difficulty goes by heights"
ALONE = "no header that follows it or comes before it was read: ask the case's sources with --headers"

Proven: TypeAlias = tuple[str, Proof | str]
Blocks: TypeAlias = Mapping[tuple[str, str], int | None]
"""The height of each block that holds a transaction with a proof, by chain and hash."""


@dataclass(slots=True)
class Headers:
    """Headers by their hash, and which follow which. `why_not` says why no source was asked for more, if none was."""

    known: dict[str, bytes] = field(default_factory=dict)
    following: dict[str, list[str]] = field(default_factory=dict)
    why_not: str = ""

    def add(self, data: bytes) -> None:
        """Take a header in; what has not the work that its own bits name is none."""
        own, bits = _hash(data), int.from_bytes(data[72:76], "little")
        if own in self.known or not 0 < int(own, 16) <= target(bits):
            return
        self.known[own] = data
        self.following.setdefault(data[4:36][::-1].hex(), []).append(own)

    def around(self, block_hash: str) -> tuple[list[bytes], int]:
        """The chain that a block stands in, as far as it is known, and the block's place in it.

        It ends where two headers follow one: which of them the chain went on with, headers alone do not say.
        """
        before, after = list[bytes](), list[bytes]()
        own = block_hash
        while (own := self.known[own][4:36][::-1].hex()) in self.known:
            before.append(self.known[own])
        own = block_hash
        while len(ones := self.following.get(own, [])) == 1:
            own = ones[0]
            after.append(self.known[own])
        return [*reversed(before), self.known[block_hash], *after], len(before)


@dataclass(frozen=True, slots=True)
class Linked:
    """The files below proofs/, (name, content) each, and the table of the blocks that lead to no known one."""

    files: tuple[tuple[str, str], ...]
    unlinked: Table


def spans(chain: str, heights: Collection[int], most: int) -> tuple[tuple[int, int], ...]:
    """The heights, first and last, of the headers that show most of these blocks with `most` headers for each.

    They lead from a block to the next known one, which has it in its history; where that is too far away, from the
    known block before it to as many after it as are left; else they are those that follow it.
    """
    known = [height for height, _, _ in verify_anchors.CHECKPOINTS.get(chain, ())]
    wanted = []
    for height in sorted(heights):
        after = min((one for one in known if height <= one <= height + most), default=None)
        before = max((one for one in known if height - most <= one < height), default=height)
        wanted.append((height, after) if after is not None else (before, before + most))
    merged: list[tuple[int, int]] = []
    for first, last in sorted(wanted):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return tuple(merged)


def answered(records: Iterable[Source], read: Callable[[str], bytes], into: Headers) -> None:
    """Take in the headers that services answered."""
    for record in records:
        if record.adapter not in SERVICES or "header" not in record.request:
            continue
        for text in texts(read(record.sha256)):
            data = bytes.fromhex(text)
            if len(data) % HEADER_SIZE == 0:
                for at in range(0, len(data), HEADER_SIZE):
                    into.add(data[at : at + HEADER_SIZE])


def linked(blocks: Blocks, held: Headers) -> Linked:
    """The chains of headers round the blocks of proofs, each once, and what leads to no known block, with reasons."""
    files, loose = dict[str, str](), list[tuple[str, str, str]]()
    done: dict[tuple[str, str], str] = {}
    for (chain, block), height in sorted(blocks.items(), key=lambda one: (one[0][0], one[1] or 0, one[0][1])):
        if (chain, block) not in done:
            several, place = held.around(block)
            name, content, reason = _chain(chain, several, None if height is None else height - place, held)
            if name:
                files[name] = content
            done |= {(chain, _hash(one)): reason for one in several}
            done[chain, block] = reason
        if done[chain, block]:
            loose.append((chain, block, done[chain, block]))
    return Linked(tuple(sorted(files.items())), Table("unlinked", UNLINKED, tuple(sorted(loose))))


def _chain(chain: str, several: list[bytes], start: int | None, held: Headers) -> tuple[str, str, str]:
    """The file of one chain, its name first, and why its blocks count as unlinked, "" where they do not."""
    if start is None:
        return "", "", NO_HEIGHT
    proof: Proof = {"proof": "bitcoin-headers", "chain": chain, "start": start, "headers": b"".join(several).hex()}
    try:
        run = verify_anchors.headers(proof)  # type: ignore[no-untyped-call]  # the verifiers are plain Python
    except verify_anchors.Failed as failed:
        return "", "", f"the headers round it make no chain: {failed}"
    if run.checkpoint is None and len(several) == 1:
        return "", "", held.why_not or ALONE
    reason = "" if run.checkpoint else _far(chain, start, len(several))
    return f"{chain}/headers-{start}.json", f"{canonical(proof)}\n", reason


def _far(chain: str, start: int, count: int) -> str:
    """Why a chain of headers leads to no known block."""
    known = [height for height, _, _ in verify_anchors.CHECKPOINTS.get(chain, ())]
    nearest = min(known, key=lambda one: min(abs(one - start), abs(one - start - count)), default=None)
    what = "there is none of this chain" if nearest is None else f"the nearest is at height {nearest}"
    return f"the {count} headers from height {start} on hold no known block: {what}"


def _hash(header: bytes) -> str:
    return str(verify_anchors.sha256d(header)[::-1].hex())  # type: ignore[no-untyped-call]  # as above


def noticing(
    proven: Iterable[tuple[str, Proof | str]], into: Headers, hashes: set[tuple[str, str]]
) -> Iterator[Proven]:
    """Pass proofs on; of those that hold a block header of Bitcoin, its chain and hash go into `hashes`."""
    for place, found in proven:
        if isinstance(found, dict) and found.get("proof") == "bitcoin" and found.get("header"):
            header = bytes.fromhex(str(found["header"]))
            into.add(header)
            hashes.add((str(found["chain"]), _hash(header)))
        yield place, found
