"""The tips as of which a follow asks, and the blocks that may still leave the chain (re-organisations)."""

from collections.abc import Sequence

from chaintrace.case.finality import FOR_GOOD, SPARE, depth_of, is_of_accounts
from chaintrace.case.log import Clock
from chaintrace.errors import AdapterError
from chaintrace.fetch import Fetcher
from chaintrace.model.chain import Block
from chaintrace.store import Pin, Store

_SHOWN = 16
"""How many digits of a block's hash a sentence shows: the last ones, for proof of work makes the first ones zeros."""


class Anchors:
    """Pins each chain's tip until its follow has ended, and compares what is not settled with the chain as it is now.

    A block is settled when it was canonical `depth` below a tip (None: as deep as its chain needs). On account chains
    it is when it was canonical and final, where a source says what is. `notices` say, for the person who runs it, what
    was found; `failures` why a chain cannot be asked in this run.
    """

    def __init__(self, store: Store, fetcher: Fetcher, chains: Sequence[str], depth: int | None, clock: Clock) -> None:
        self._store = store
        self._fetcher = fetcher
        self._chains = tuple(dict.fromkeys(chains))
        self._depth = depth
        self._clock = clock
        self.pins: dict[str, Pin] = {}
        self.notices: list[str] = []
        self.failures: dict[str, AdapterError] = {}

    def begin(self) -> None:
        """Compare, then go on with the pin of a follow that was cut off, or pin the tip of now."""
        for chain in self._chains:
            moved = self._compare(chain)
            newest = self._store.pins().get(chain)
            if newest is not None and newest.is_open and not moved and self._holds(chain, newest.tip):
                self.pins[chain] = newest
            else:
                self._pin(chain, anew=moved)

    def moved(self) -> bool:
        """Whether a block left a chain while it was followed. Those chains have a new pin then."""
        for chain in self.pins:
            self._fetcher.give_another_chance(chain)
        again = [chain for chain in self.pins if self._compare(chain)]
        for chain in again:
            self._pin(chain, anew=True)
        return bool(again)

    def _pin(self, chain: str, *, anew: bool) -> None:
        """Pin the tip of now; `anew`: what was said of it before may have left the chain."""
        if anew:
            self._fetcher.forget(chain)
        try:
            status = self._fetcher.status(chain)
        except AdapterError as error:
            self.failures[chain] = error
            self.pins.pop(chain, None)
            self.notices.append(f"{chain}: no source could be asked, so only what is stored is known ({error})")
            return
        tip = Block(status.height, status.block_hash, status.time)
        self.pins[chain] = self._store.pin(chain, tip, self._clock())

    def _holds(self, chain: str, tip: Block) -> bool:
        """Whether a pinned tip is still in the chain; while nobody can say, it is taken to be."""
        try:
            return self._fetcher.block_hash(chain, tip.height or 0) == tip.hash
        except AdapterError:
            return True

    def _compare(self, chain: str) -> bool:
        """Compare every block that is not settled; mark those that left the chain. Whether any did."""
        depth = depth_of(chain) if self._depth is None else self._depth
        try:
            status = self._fetcher.status(chain)
            final = status.finalized if is_of_accounts(chain) else None
            if final is not None:
                depth = max(SPARE * depth, status.height - final + 1)
            unsettled = self._store.unsettled(chain, depth)
            now = self._now(chain, unsettled, status.height)
        except AdapterError as error:
            if self._store.unsettled(chain, depth):
                self.notices.append(f"{chain}: blocks that are not settled could not be compared ({error})")
            return False
        stands = [block for block in unsettled if now.get(block.height) == block.hash]
        left = [block for block in unsettled if block.height in now and now[block.height] != block.hash]
        self._settle(chain, stands, status.height, final)
        for block in left:
            self._store.mark(chain, block.hash, self._clock(), canonical=False)
            self.notices.append(
                f"{chain}: the block {block.hash[-_SHOWN:]} at height {block.height} is no longer part of the chain: "
                "what it held is asked for again"
            )
        return bool(left)

    def _settle(self, chain: str, stands: Sequence[Block], tip: int, final: int | None) -> None:
        """Say of blocks that they are canonical: under this tip, or for good where they are final."""
        if final is None:
            self._store.confirm(chain, stands, tip)
            return
        self._store.confirm(chain, [block for block in stands if (block.height or 0) <= final], FOR_GOOD)

    def _now(self, chain: str, blocks: Sequence[Block], tip: int) -> dict[int | None, str]:
        """The canonical hash at the heights of these blocks, as far as the source's tip. Raises AdapterError."""
        heights = sorted({block.height for block in blocks if block.height is not None and block.height <= tip})
        return {height: self._fetcher.block_hash(chain, height) for height in heights}
