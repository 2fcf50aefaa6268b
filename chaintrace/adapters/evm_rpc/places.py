"""Where an account moved: which transactions of which blocks, and what blocks themselves paid it."""

from dataclasses import dataclass, field

from chaintrace.model.transaction import Transaction


@dataclass(slots=True)
class Places:
    """Where movements of an account are: blocks (height, hash) and their transactions.

    `inside` are the transactions of which the calls must be known; `mints` is what blocks paid, told already. `reasons`
    say what was not looked into. `number` counts what was found; `beyond` is the height up to which that was already
    more than may be read, None where all was read.
    """

    blocks: dict[tuple[int, str], list[str]] = field(default_factory=dict)
    inside: set[str] = field(default_factory=set)
    mints: list[Transaction] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    number: int = 0
    beyond: int | None = None

    def add(self, height: int, block_hash: str, txid: str, *, inside: bool = False) -> None:
        """Note a transaction, once."""
        txids = self.blocks.setdefault((height, block_hash), [])
        if txid not in txids:
            txids.append(txid)
        if inside:
            self.inside.add(txid)
