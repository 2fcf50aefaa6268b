"""Which of the blocks in the files are the chain, and at which heights.

The links of the headers decide: the branch with most work, then with most blocks, then the one seen first.

Heights. A chain that begins at a genesis block (previous hash zero) counts from 0. One that begins in the middle takes
its heights from the coinbases (BIP-34), by the majority of those that say one. Older blocks do not say, and nothing in
them can: then their height is None, as in any file without heights, never a number counted from the file's first block
that a reader would take for the chain's. M2 knows heights for all or for none, so one chain without heights takes
them from the whole source. The rank, which orders what has no height, is then the block's time, lifted where a child
would not follow its parent: header links are certain, miners' clocks are not.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chaintrace.adapters.bitcoin.rawblock import NO_TXID
from chaintrace.model.provenance import Gap


class Link(NamedTuple):
    """What chain selection needs of a block. `said` is the height in its coinbase (BIP-34), or None."""

    hash: str
    prev_hash: str
    time: int
    bits: int
    said: int | None


class Place(NamedTuple):
    """Where a block of the chain stands: its height (None: not known) and its rank in the chain's order."""

    height: int | None
    rank: int


@dataclass(frozen=True, slots=True)
class Selection:
    """The blocks of the chain in chain order, by hash; what is in none of them is stale. Gaps say what was assumed."""

    places: dict[str, Place]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class _Branch:
    """The best branch of one tree, root first; `base` is the root's height."""

    links: tuple[Link, ...]
    work: int
    seen: int
    base: int | None


def work(bits: int) -> int:
    """The expected number of hashes behind a block with this compact target; 0 for a target that cannot be met."""
    exponent, mantissa = bits >> 24, bits & 0x7FFFFF
    target = mantissa << 8 * (exponent - 3) if exponent >= 3 else mantissa >> 8 * (3 - exponent)
    return 0 if bits & 0x800000 or not 0 < target < 2**256 else 2**256 // (target + 1)


def select(links: Sequence[Link], chain: str, bip34: int | None) -> Selection:
    """The chain among `links`, which come in the order in which they were seen, each hash once.

    `bip34` is the height from which coinbases must say theirs (None: nowhere).
    """
    branches = sorted(_branches(links), key=lambda branch: (-branch.work, -len(branch.links), branch.seen))
    if any(branch.base is None for branch in branches):
        return _without_heights(branches, chain)
    chosen: list[tuple[int, _Branch]] = []
    for branch in branches:
        base = branch.base or 0
        if all(base + len(branch.links) <= other or other + len(kept.links) <= base for other, kept in chosen):
            chosen.append((base, branch))
    places: dict[str, Place] = {}
    gaps: list[Gap] = []
    lying: list[tuple[Link, int]] = []
    end: int | None = None
    for base, branch in sorted(chosen, key=lambda pair: pair[0]):
        if end is not None:
            gaps.append(_unjoined(branch.links[0], end, base, chain))
        for height, link in enumerate(branch.links, base):
            places[link.hash] = Place(height, height)
            if bip34 is not None and height >= bip34 and link.said != height:
                lying.append((link, height))
        end = base + len(branch.links)
    if lying:
        gaps.append(_disagreement(lying, chain))
    return Selection(places, tuple(gaps))


def _unjoined(link: Link, end: int, base: int, chain: str) -> Gap:
    """The gap before a branch that begins at `base` where the one before it ended before `end`."""
    text = (
        f"the files hold no block from height {end} to {base - 1}"
        if base > end
        else f"block {link.hash} at height {base} does not follow the block at height {base - 1}: one is altered"
    )
    return Gap("history", chain, link.hash, None, text)


def _disagreement(lying: Sequence[tuple[Link, int]], chain: str) -> Gap:
    """One gap for the blocks whose coinbase says another height than their place in the chain."""
    link, height = lying[0]
    more = f" ({len(lying) - 1} more blocks disagree)" if len(lying) > 1 else ""
    text = f"the coinbase of block {link.hash} says height {link.said}, its place in the chain is {height}{more}"
    return Gap("source", chain, link.hash, None, text)


def _branches(links: Sequence[Link]) -> Iterator[_Branch]:
    """The best branch of each tree: trees are kept apart by the unseen block that their roots follow."""
    known = {link.hash for link in links}
    children: dict[str, list[int]] = defaultdict(list)
    for seen, link in enumerate(links):
        children[link.prev_hash].append(seen)
    for parent in [parent for parent in children if parent not in known]:
        best = (0, 0, 1)
        best_tip = -1
        came: dict[int, int] = {}
        waiting = [(seen, 0, 0, -1) for seen in children[parent]]
        while waiting:
            seen, before, depth, previous = waiting.pop()
            came[seen] = previous
            total = before + work(links[seen].bits)
            if best_tip < 0 or (total, depth, -seen) > best:
                best, best_tip = (total, depth, -seen), seen
            waiting.extend((child, total, depth + 1, seen) for child in children.get(links[seen].hash, ()))
        path = []
        while best_tip >= 0:
            path.append(links[best_tip])
            best_tip = came[best_tip]
        path.reverse()
        yield _Branch(tuple(path), best[0], -best[2], _base(path))


def _base(path: Sequence[Link]) -> int | None:
    """The height of a branch's first block: 0 for a genesis block, else what more than half of its coinbases imply."""
    if path[0].prev_hash == NO_TXID:
        return 0
    votes = Counter(link.said - depth for depth, link in enumerate(path) if link.said is not None)
    base, count = votes.most_common(1)[0] if votes else (0, 0)
    return base if base > 0 and 2 * count > votes.total() else None


def _without_heights(branches: Iterable[_Branch], chain: str) -> Selection:
    """All branches without heights, in the order of their roots' times; a rank is a time, lifted past the parent's."""
    ordered = sorted(branches, key=lambda branch: (branch.links[0].time, branch.seen))
    places: dict[str, Place] = {}
    rank = -1
    for branch in ordered:
        for link in branch.links:
            rank = max(link.time, rank + 1)
            places[link.hash] = Place(None, rank)
    if len(ordered) < 2:
        return Selection(places, ())
    text = (
        f"the files hold {len(ordered)} chains that no header joins, and not all say their heights: "
        "no height is given, and the time of each chain's first block orders them"
    )
    return Selection(places, (Gap("order", chain, ordered[1].links[0].hash, None, text),))
