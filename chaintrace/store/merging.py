"""Two tellings of one transaction become one, or are refused: what one leaves out the other may add.

Not known is not a difference: an input without a value, a block without a hash. Two known things that differ are.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from chaintrace.errors import InputError
from chaintrace.model.chain import Block, Holding
from chaintrace.model.provenance import Gap, Source
from chaintrace.model.transaction import ROW, Leg, Order, Transaction, Transfer
from chaintrace.model.view import Missing, MissingTransaction
from chaintrace.store.interface import Locate

What: TypeAlias = tuple[str, tuple[str, ...], tuple[str, ...], int | None]
"""What a transfer moves, and from whom to whom."""


class Unequal(ValueError):
    """Two tellings differ: in what, and in the transfer of which index (`""`: in the transaction)."""

    def __init__(self, what: str, index: str = "") -> None:
        super().__init__(what)
        self.index = index


def merged(first: Transaction, second: Transaction) -> Transaction:
    """What both tell together; order, position and source are the first's.

    Unless only the second is in a block, or tells more of where things stand. What accounts do in a block only the
    block says: what was told of it while it was pending adds nothing. Raises Unequal.
    """
    if first.block is None and second.block is not None:
        return replace(merged(second, first), source=first.source)
    if second.block is None and first.block is not None and first.utxo is None:
        return first
    if second.block is not None and first.status != second.status:
        raise Unequal("its status")
    if _tells_less(first, second):
        return _united(second, first, first.source)
    return _united(first, second, first.source)


def _united(first: Transaction, second: Transaction, source: Source | None) -> Transaction:
    """What both tell together, in the first one's order, as told by `source`. Raises Unequal."""
    known = {transfer.index: transfer for transfer in _told_exactly(first, second)}
    for transfer in _told_exactly(second, first):
        mine = known.get(transfer.index)
        known[transfer.index] = _beside(transfer, first, second) if mine is None else _transfer(mine, transfer)
    transfers = tuple(sorted(known.values(), key=lambda transfer: transfer.order))
    return replace(
        first,
        block=_block(first.block, second.block, is_listed=_has_rows(first) or _has_rows(second)),
        transfers=transfers,
        source=source,
        version=second.version if first.version is None else first.version,
        locktime=second.locktime if first.locktime is None else first.locktime,
    )


def _tells_less(first: Transaction, second: Transaction) -> bool:
    """Whether the second knows better where things stand.

    It tells all that the first does and more, so that its places inside are those of a longer order; or else it is no
    list, as the first is; or it alone knows the place in the block, or names the block, and all of it.
    """
    listed = _has_rows(first), _has_rows(second)
    if first.utxo is not None or first.block is None or second.block is None:
        return listed == (True, False)
    mine, theirs = _counted(first.transfers), _counted(second.transfers)
    is_same, is_within = mine == theirs, _is_within(mine, theirs)
    if is_within and not is_same and _may_lead(first, second):
        return True
    if listed[0] != listed[1]:
        return listed[0] and (is_same or not _is_within(theirs, mine) or not _may_lead(second, first))
    if listed[0] and first.position != second.position:
        return not first.position
    return not first.block.hash and bool(second.block.hash) and is_within


def _counted(transfers: Iterable[Transfer]) -> dict[What, int]:
    """How often each movement is told. A plain dict: a case has tens of thousands of tellings to put together."""
    counts: dict[What, int] = {}
    for transfer in transfers:
        what = _what(transfer)
        counts[what] = counts.get(what, 0) + 1
    return counts


def _is_within(some: Mapping[What, int], others: Mapping[What, int]) -> bool:
    """Whether all that some tell is told by the others, as often."""
    return some == others or all(count <= others.get(what, 0) for what, count in some.items())


def _may_lead(first: Transaction, second: Transaction) -> bool:
    """Whether the second knows no less of its place in the chain than the first: 0 and no hash may mean unknown."""
    mine, theirs = ((one.block.hash if one.block else "", one.position) for one in (first, second))
    return (bool(theirs[0]) or not mine[0]) and theirs[1] == mine[1]


def _beside(transfer: Transfer, first: Transaction, second: Transaction) -> Transfer:
    """A transfer that only the second tells, where the first has the transaction: a list may not know its place."""
    if first.position == second.position or not (_has_rows(first) or _has_rows(second)):
        return transfer
    rank, _, place = transfer.order
    return replace(transfer, order=(rank, first.position, place))


def _has_rows(transaction: Transaction) -> bool:
    """Whether a list told some of its transfers, without their places."""
    for transfer in transaction.transfers:  # noqa: SIM110  # half as long as `any`, and asked of every telling
        if transfer.index.startswith(ROW):
            return True
    return False


def _told_exactly(mine: Transaction, other: Transaction) -> tuple[Transfer, ...]:
    """My transfers without those of lists that the other telling has in their exact places (M1)."""
    if not _has_rows(mine):
        return mine.transfers
    exact = _counted(transfer for transfer in other.transfers if not transfer.index.startswith(ROW))
    left = []
    for transfer in mine.transfers:
        what = _what(transfer)
        if transfer.index.startswith(ROW) and exact.get(what):
            exact[what] -= 1
        else:
            left.append(transfer)
    return tuple(left)


def _what(transfer: Transfer) -> What:
    """What a transfer moves, from whom to whom."""
    payers, paid = [leg.address for leg in transfer.inputs], [leg.address for leg in transfer.outputs]
    return transfer.asset.contract, tuple(payers), tuple(paid), transfer.value


def _block(first: Block | None, second: Block | None, *, is_listed: bool) -> Block | None:
    """The block as both know it. A list may name no height; a file that names none has another order (M2)."""
    if first is None or second is None or first == second:
        return first or second
    if first.height != second.height and not (is_listed and None in (first.height, second.height)):
        raise Unequal("its height")
    if None not in (first.time, second.time) and first.time != second.time:
        raise Unequal("its time")
    if first.hash and second.hash and first.hash != second.hash:
        raise Unequal("its block")
    height = second.height if first.height is None else first.height
    return Block(height, first.hash or second.hash, second.time if first.time is None else first.time)


def _transfer(first: Transfer, second: Transfer) -> Transfer:
    """The transfer as both know it, in the first one's place."""
    index = first.index
    if first.asset != second.asset:
        raise Unequal("its asset", index)
    if len(first.inputs) != len(second.inputs) or len(first.outputs) != len(second.outputs):
        raise Unequal("its legs" if first.kind == "utxo" else "who sends or receives", index)
    if first.inputs == second.inputs and first.outputs == second.outputs and first.kind == second.kind:
        return replace(first, inputs=_sequenced(first.inputs, second.inputs)) if first.kind == "utxo" else first
    if first.kind != second.kind:
        raise Unequal("its kind", index)
    inputs = tuple(_leg(mine, theirs, index) for mine, theirs in zip(first.inputs, second.inputs, strict=True))
    outputs = tuple(_leg(mine, theirs, index) for mine, theirs in zip(first.outputs, second.outputs, strict=True))
    return replace(first, inputs=inputs, outputs=outputs)


def _sequenced(first: tuple[Leg, ...], second: tuple[Leg, ...]) -> tuple[Leg, ...]:
    """The first's legs, with the sequences that only the second knows: they are no part of what is compared."""
    if all(leg.sequence is not None for leg in first):
        return first
    return tuple(
        replace(mine, sequence=theirs.sequence) if mine.sequence is None else mine
        for mine, theirs in zip(first, second, strict=True)
    )


def _leg(first: Leg, second: Leg, index: str) -> Leg:
    """The leg as both know it."""
    if first == second and first.sequence == second.sequence:
        return first
    if None not in (first.value, second.value) and first.value != second.value:
        raise Unequal("its value", index)
    if first.index != second.index or not _same_holding(first, second):
        raise Unequal("who holds it", index)
    for mine, theirs, what in ((first.address, second.address, "address"), (first.script, second.script, "script")):
        if mine and theirs and mine != theirs:
            raise Unequal(f"its {what}", index)
    return Leg(
        second.value if first.value is None else first.value,
        _holding(first, second),
        first.address or second.address,
        first.index,
        first.script_type or second.script_type,
        first.script or second.script,
        second.sequence if first.sequence is None else first.sequence,
    )


def _same_holding(first: Leg, second: Leg) -> bool:
    """Whether both name one holding; a telling that has no script cannot know that an output is unspendable."""
    if first.holding is None or second.holding is None:
        told = first if first.holding is None else second
        other = second if told is first else first
        return other.holding is None or (bool(told.script) and not other.script)
    return first.holding == second.holding


def _holding(first: Leg, second: Leg) -> Holding | None:
    """None where either knows that nobody can spend it."""
    return None if first.holding is None or second.holding is None else first.holding


def contradiction(first: Transaction, second: Transaction, error: Unequal, locate: Locate) -> InputError:
    """The sentence that names both places of two tellings that differ."""
    index = f", index {error.index}" if error.index and error.index != "utxo" else ""
    here, line = _place(second, error.index, locate)
    there, other = _place(first, error.index, locate)
    place = there if other is None else f"{there}, line {other}"
    sentence = (
        f"{error} differs from what {place} says of {second.chain} {second.txid}{index}: "
        "the sources of a case may not contradict each other, so correct one or leave it out"
    )
    return InputError(sentence[0].upper() + sentence[1:], path=here or None, line=line)


def twice_spent(outpoint: str, first: Transaction, second: Transaction, locate: Locate) -> InputError:
    """The sentence for an output that two confirmed transactions spend."""
    here, line = _place(second, "", locate)
    there, other = _place(first, "", locate)
    place = there if other is None else f"{there}, line {other}"
    sentence = f"{second.txid} spends {outpoint}, which {first.txid} of {place} spends too: one of them is wrong"
    return InputError(sentence, path=here or None, line=line)


def _place(transaction: Transaction, index: str, locate: Locate) -> tuple[str, int | None]:
    """File and line of a telling."""
    source = transaction.source
    if source is None:
        return "", None
    return source.request, locate(source, transaction.chain, transaction.txid, index)


def transaction_order(transaction: Transaction) -> tuple[Order, str]:
    """Where a transaction stands in its chain; the txid parts what two sources put in one place."""
    first = transaction.transfers[0].order if transaction.transfers else (0, transaction.position, 0)
    return first, transaction.txid


class Disputes:
    """Where tellings contradict each other: files are refused, of networks the first counts and a gap says so."""

    def __init__(self, locate: Locate, networks: Container[Source] = ()) -> None:
        """`networks` are the sources of what came over a network."""
        self._locate = locate
        self._networks = networks
        self.gaps: dict[Missing, tuple[Gap, ...]] = {}

    def merged(self, known: Transaction, other: Transaction) -> Transaction:
        """Two tellings as one. Raises InputError when two files contradict each other."""
        try:
            return merged(known, other)
        except Unequal as error:
            if other.source not in self._networks:
                raise contradiction(known, other, error, self._locate) from error
            text = f"Two sources differ in {str(error).removeprefix('its ')} of {other.txid}"
            self._note(known, other, text)
            return known

    def spender(self, outpoint: str, first: Transaction, second: Transaction) -> Transaction:
        """Of two that spend one output, the confirmed one, else the earlier; of two confirmed ones a file's.

        Raises InputError when two files tell of two that are confirmed.
        """
        if (first.block is None) != (second.block is None):
            return second if first.block is None else first
        earlier = min(first, second, key=transaction_order)
        if first.block is None:
            return earlier
        told = [tx for tx in (first, second) if tx.source in self._networks]
        if not told:
            raise twice_spent(outpoint, first, second, self._locate)
        if len(told) == 1:
            earlier = second if told[0] is first else first
        later = second if earlier is first else first
        self._note(earlier, later, f"{earlier.txid} and {later.txid} both spend {outpoint}")
        return earlier

    def _note(self, used: Transaction, other: Transaction, text: str) -> None:
        """Remember a gap, once."""
        here, there = (tx.source.request if tx.source else "a source" for tx in (used, other))
        gap = Gap("source", used.chain, used.txid, None, f"{text} ({here}; {there}): what the first says is used.")
        question = MissingTransaction(used.chain, used.txid)
        self.gaps[question] = tuple(dict.fromkeys((*self.gaps.get(question, ()), gap)))
