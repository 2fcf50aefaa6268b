"""From a transaction, its receipt, its block's time and its trace to the model's transaction (M1, M3).

The order inside: the fee, what the chain makes for the sender, the value, then calls and logs as they were executed.
What a ticket of Arbitrum brings comes before its fee, which it pays.
Where a trace does not place the logs between the calls, the calls come first: then only the order between different
assets is not known, for calls move the native asset alone, and logs never do, but those of a chain's coin (`coins.py`).
Where those tell every movement of the native asset, the value stands in their order, and calls add nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chaintrace.adapters.accounts.moved import Moved
from chaintrace.adapters.evm.calls import Execution, Step
from chaintrace.adapters.evm.chains import EvmChain
from chaintrace.adapters.evm.coins import fee_of, read_coin
from chaintrace.adapters.evm.events import LogReading, Nature, read_logs
from chaintrace.adapters.evm.fees import fee, held
from chaintrace.adapters.evm.records import ARBITRUM_RETRY, ARBITRUM_SUBMIT, Receipt, Sent
from chaintrace.errors import Malformed
from chaintrace.model.chain import MAX_TIME, MIN_TIME, Block
from chaintrace.model.provenance import Gap, Source
from chaintrace.model.transaction import PENDING_RANK, Transaction, Transfer

PLAIN_GAS = 21_000
"""The gas of a transaction that runs no code (Yellow Paper, G_transaction); on Ethereum's own rules."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A transaction, and a sentence for everything that the source did not tell or that could not be read.

    `native` are those of them that are about the native asset alone: of tokens they say nothing.
    """

    transaction: Transaction
    unread: tuple[str, ...] = ()
    native: frozenset[str] = frozenset()

    def gaps(self, more: Iterable[str] = ()) -> tuple[Gap, ...]:
        """What is not known of it, as gaps; `more` are sentences about its calls, which move the native asset alone."""
        chain, txid = self.transaction.chain, self.transaction.txid
        told = dict.fromkeys((*self.unread, *more))
        native = self.native.union(more)
        return tuple(Gap("source", chain, txid, None, text, native_only=text in native) for text in told)


def decode(
    chain: EvmChain,
    sent: Sent,
    receipt: Receipt,
    time: int | None,
    execution: Execution | None = None,
    *,
    nature: Nature | None = None,
    source: Source | None = None,
) -> Decoded:
    """The model's transaction. `time` is the block's (Unix, UTC; None: not told); values in base units of each asset.

    Raises Malformed for answers that contradict each other, Refused where they do not say whether it failed.
    """
    if time is not None and not MIN_TIME <= time <= MAX_TIME:
        raise Malformed(f"the block of {sent.txid} has the time {time}, which no block has: ask another source")
    cost, native = fee(sent, receipt, chain)
    unread: tuple[str, ...] = ()
    succeeded = held(sent, receipt, execution, logs_fees=chain.logs_all)
    coin = read_coin(chain, sent, receipt, cost, succeeded=succeeded)
    native = (*(() if coin.fee else native), *coin.unread)
    moved = _begun(sent, coin.fee or (fee_of(sent, cost),), cost, succeeded=succeeded)
    if succeeded:
        steps = execution.steps if execution is not None else ()
        reading = read_logs(receipt.logs, sent, chain, steps, nature)
        reading = LogReading({**reading.moved, **coin.moved}, reading.unread)
        told_by_logs = chain.logs_all and bool(sent.value)
        moved.extend(() if told_by_logs else _value(sent, receipt.created))
        execution = None if chain.logs_all else execution
        inside, doubts = _inside(execution, reading, receipt, sent, destroys=_destruction(chain, time))
        moved.extend(inside)
        unread, native = reading.unread, (*native, *doubts)
        if execution is None and receipt.gas_used != PLAIN_GAS and not chain.logs_all:
            native = (*native, f"what contracts sent on inside {sent.txid} is not known: no trace of it was told")
    if time is None:
        unread = (*unread, f"the time of {sent.txid} is not known: the block that it is in was not told")
    rank = 0 if sent.height is None else sent.height
    transfers = _transfers(chain.name, moved, rank, sent.position or 0)
    block = Block(sent.height, sent.block_hash, time)
    status = "confirmed" if succeeded else "failed"
    made = Transaction(chain.name, sent.txid, block, sent.position or 0, transfers, status, source)  # type: ignore[arg-type]  # one of the two
    return Decoded(made, (*unread, *native), frozenset(native))


def decode_pending(chain: EvmChain, sent: Sent, source: Source | None = None) -> Transaction:
    """A transaction that no block holds: what it would move by itself. Its fee and its inside are not known yet."""
    moved = [Moved("value", "native", "", sent.sender, sent.receiver, sent.value)]
    transfers = _transfers(chain.name, moved, PENDING_RANK, 0)
    return Transaction(chain.name, sent.txid, None, 0, transfers, "pending", source)


def _begun(sent: Sent, fees: Sequence[Moved], cost: int, *, succeeded: bool) -> list[Moved]:
    """The fee, and what the chain makes for the sender; of a ticket of Arbitrum that comes first, and pays the gas.

    What a ticket that is redeemed held goes back where it fails; its gas was paid before, by whoever submitted it.
    """
    minted = sent.minted
    if sent.type == ARBITRUM_RETRY:
        minted = cost + (minted if succeeded else 0)
    made = [Moved("mint", "mint", "", None, sent.sender, minted)] if minted else []
    return [*made, *fees] if sent.type in {ARBITRUM_RETRY, ARBITRUM_SUBMIT} else [*fees, *made]


def _value(sent: Sent, created: str | None) -> tuple[Moved, ...]:
    """The transaction's own value. A call without any is a call; a payment of nothing is kept."""
    if not sent.value and (sent.data or sent.receiver is None):
        return ()
    receiver = sent.receiver if sent.receiver is not None else created
    if receiver is None:
        raise Malformed(f"the receipt of {sent.txid} does not name the contract that it made: ask another source")
    return (Moved("value", "native", "", sent.sender, receiver, sent.value),)


def _destruction(chain: EvmChain, time: int | None) -> bool | None:
    """Whether a self-destruct to itself destroys what was there; None where it is not known of the chain."""
    return None if chain.cancun is None or time is None else time < chain.cancun


def _inside(
    execution: Execution | None, reading: LogReading, receipt: Receipt, sent: Sent, *, destroys: bool | None
) -> tuple[list[Moved], list[str]]:
    """Calls and logs in execution order, and a sentence for each self-destruct that cannot be read.

    What is paid to a contract after it destroyed itself goes with it at the end of the transaction: that is said.

    Logs are placed between calls where the trace has as many as the receipt. Some chains add logs of their own.
    """
    moved: list[Moved] = []
    doubts: list[str] = []
    numbers = iter([log.number for log in receipt.logs])
    steps = execution.steps if execution is not None else ()
    placed = execution is not None and execution.logs == len(receipt.logs)
    made: set[str | None] = {receipt.created}
    gone: set[str | None] = set()
    for step in steps:
        if step.value and step.sort != "other" and step.receiver in gone - {step.sender}:
            doubts.append(f"{_name(step)} of {sent.txid} pays a contract that was destroyed before: it may be lost")
        if step.sort == "log":
            moved.extend(reading.moved.get(next(numbers), ()) if placed else ())
        elif step.sort == "create":
            made.add(step.receiver)
            moved.extend(_call(step))
        elif step.sort == "call":
            moved.extend(_call(step))
        elif step.sort == "destroy":
            found, doubt = _destroyed(step, sent, destroys=True if step.sender in made else destroys)
            moved.extend(found)
            doubts.extend(doubt)
            gone |= {step.sender} if step.sender in made or destroys is not False else set()
    for number in numbers:
        moved.extend(reading.moved.get(number, ()))
    return moved, doubts


def _call(step: Step) -> tuple[Moved, ...]:
    """A call or a creation that moved something."""
    if not step.value or step.receiver is None:
        return ()
    return (Moved(_name(step), "internal", "", step.sender, step.receiver, step.value),)


def _destroyed(step: Step, sent: Sent, *, destroys: bool | None) -> tuple[tuple[Moved, ...], tuple[str, ...]]:
    """A self-destruct: all that the contract had goes to the address that it names.

    To itself, it is burned before Cancun, and after it where the contract was made in the same transaction (EIP-6780).
    """
    if step.value is None or not step.sender or step.receiver is None:
        return (), (f"{_name(step)} of {sent.txid} is a self-destruct, and the trace does not say what it moved",)
    if not step.value:
        return (), ()
    if step.receiver != step.sender:
        return (Moved(_name(step), "internal", "", step.sender, step.receiver, step.value),), ()
    if destroys is None:
        return (), (f"{_name(step)} of {sent.txid} is a self-destruct to itself, and whether it burned is not known",)
    return ((Moved(_name(step), "burn", "", step.sender, None, step.value),) if destroys else ()), ()


def _name(step: Step) -> str:
    """`call:0.1` (M1)."""
    return f"call:{'.'.join(map(str, step.path))}"


def _transfers(chain: str, moved: Sequence[Moved], rank: int, position: int) -> tuple[Transfer, ...]:
    """Movements as transfers, in their order."""
    return tuple(one.transfer(chain, (rank, position, place)) for place, one in enumerate(moved))
