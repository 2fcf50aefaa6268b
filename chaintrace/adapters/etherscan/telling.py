"""Lines of an account as transactions: one for each txid, with only what the lists show of it.

The place inside: the fee, the value, calls in the order of the list, tokens after them (M3).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from chaintrace.adapters.accounts.moved import Moved
from chaintrace.adapters.etherscan.lines import Line
from chaintrace.adapters.listing import row_index
from chaintrace.adapters.scales import scales
from chaintrace.errors import Unavailable
from chaintrace.model.chain import Account, Block
from chaintrace.model.provenance import Observation, Source
from chaintrace.model.transaction import ROW, Leg, Transaction, Transfer

_FIXED: Mapping[str, int] = {"fee": 0, "value": 2}
_INSIDE, _TOKENS = 3, 1 << 20
"""Where calls and tokens begin inside a transaction: as `blockscout.telling` has it, so that their tellings unite."""


def by_txid(lines: Iterable[Line]) -> Mapping[str, tuple[Line, ...]]:
    """The lines of each transaction, in the order of the lists."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.txid, []).append(line)
    return {txid: tuple(mine) for txid, mine in found.items()}


def block_hashes(lines: Iterable[Line]) -> Mapping[int, str]:
    """The hash of each block that any line tells. Raises Unavailable where two lines differ: the chain moved."""
    found: dict[int, str] = {}
    for line in lines:
        if line.block_hash and found.setdefault(line.height, line.block_hash) != line.block_hash:
            raise Unavailable(
                f"the lists give two blocks for height {line.height}: the chain was re-organised while they were read; "
                "run again"
            )
    return found


def is_unclear(lines: Sequence[Line], account: Account, crowded: frozenset[int]) -> bool:
    """Whether the lists do not tell the order of what an account does in this transaction.

    Two rows that do not say their places; or one in a block in which the account does more, and the transaction's
    place in it is not sure (`crowded` names such blocks); or a contract that pays itself, which may have destroyed
    itself and what it had (EIP-6780).
    """
    rows = [
        one
        for line in lines
        if line.sort in {"inside", "token"}
        for one in line.moved
        if account.address in {one.sender, one.receiver}
    ]
    placed = any(line.sure for line in lines)
    to_itself = any(one.kind == "internal" and one.sender == one.receiver for one in rows)
    return len(rows) > 1 or to_itself or bool(rows and not placed and lines[0].height in crowded)


def partial(chain: str, lines: Sequence[Line], hashes: Mapping[int, str], source: Source | None) -> Transaction:
    """What the lists show of one transaction. Its position is 0 where they do not tell it."""
    first = lines[0]
    position = next((line.position for line in lines if line.sure and line.position is not None), 0)
    rank = (first.height, position)
    inside = [one for line in lines if line.sort != "token" for one in line.moved]
    tokens = [one for line in lines if line.sort == "token" for one in line.moved]
    named = list(named_rows((*inside, *tokens)))
    places = [_FIXED.get(one.index, _INSIDE + place) for place, one in enumerate(named[: len(inside)])]
    places += [_TOKENS + place for place in range(len(tokens))]
    transfers = tuple(one.transfer(chain, (*rank, place)) for one, place in zip(named, places, strict=True))
    block = Block(first.height, hashes.get(first.height, ""), first.time)
    status = "failed" if any(line.failed for line in lines) else "confirmed"
    return Transaction(chain, first.txid, block, position, tuple(sorted(transfers, key=_order)), status, source)  # type: ignore[arg-type]  # one of the two


def named_rows(moved: Iterable[Moved]) -> Iterable[Moved]:
    """Movements with a name for each that a list told without its place."""
    equal: Counter[Moved] = Counter()
    for one in moved:
        if one.index == ROW:
            index = row_index(one.contract, one.sender or "", one.receiver or "", one.value, equal[one])
            equal[one] += 1
            yield replace(one, index=index)
        else:
            yield one


def renamed(transaction: Transaction) -> Transaction:
    """A decoded transaction whose calls came from a list that does not tell their places: they are named as rows."""
    equal: Counter[tuple[str, str, int]] = Counter()
    transfers: list[Transfer] = []
    for one in transaction.transfers:
        if one.index.startswith("call:"):
            key = (_address(one.inputs), _address(one.outputs), one.value or 0)
            transfers.append(replace(one, index=row_index("", *key, equal[key])))
            equal[key] += 1
        else:
            transfers.append(one)
    return replace(transaction, transfers=tuple(transfers))


def _address(legs: Sequence[Leg]) -> str:
    """Whose a side is; empty for nobody's."""
    return legs[0].address if legs else ""


def claimed_scales(chain: str, lines: Iterable[Line], source: Source | None) -> tuple[Observation, ...]:
    """What rows of tokens claim of their decimals."""
    return scales(chain, ((one.contract, line.decimals, source) for line in lines for one in line.moved))


def _order(transfer: Transfer) -> tuple[int, int, int]:
    return transfer.order
