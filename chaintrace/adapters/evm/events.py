"""Logs that move value: tokens, non-fungible ones, wrappers, and what an issuer makes or destroys.

An event is read when its topics and its data have exactly the shape that its signature can have; a log that bears the
topic in another shape is named and left alone. A symbol or a name decides nothing. Sources: EIP-20, EIP-721, EIP-1155,
WETH9 and TetherToken as verified on Ethereum. What the contract of a chain's native asset logs is no token's, and is
read in `coins.py`.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from chaintrace.adapters.accounts.moved import Flow, Moved
from chaintrace.adapters.evm import topics
from chaintrace.adapters.evm.calls import Step
from chaintrace.adapters.evm.chains import EvmChain
from chaintrace.adapters.evm.quantities import ZERO, word_address
from chaintrace.adapters.evm.records import Log, Sent
from chaintrace.model.transaction import Kind

Nature: TypeAlias = Mapping[str, bool]
"""Of contracts that do not say it by the shape of their logs: whether their tokens are fungible."""

_WORD = 32


class Unread(Exception):
    """A log that bears a known topic and cannot be read. Its text ends a sentence. Never leaves this package."""


@dataclass(frozen=True, slots=True)
class LogReading:
    """What the logs of a transaction move, by the number of each log, and a sentence for each that was left alone."""

    moved: Mapping[int, tuple[Moved, ...]]
    unread: tuple[str, ...]


def read_logs(
    logs: Sequence[Log], sent: Sent, chain: EvmChain, steps: Sequence[Step] = (), nature: Nature | None = None
) -> LogReading:
    """Everything that the logs of one transaction that held move. `steps` are its calls, where they are known.

    `nature` is what a source knows of its contracts; what chains.toml says comes first.
    """
    moved: dict[int, tuple[Moved, ...]] = {}
    unread: list[str] = []
    nature = {**(nature or {}), **chain.nature}
    told = _told_by_transfer(logs, nature)
    callers = _callers(sent, steps)
    for log in logs:
        topic = log.topics[0] if log.topics and not chain.is_coin(log.contract) else ""
        try:
            if topic == topics.TRANSFER:
                moved[log.number] = transfer(log, nature)
            elif topic in _SHAPES:
                moved[log.number] = _SHAPES[topic](log)
            elif topic in {topics.DEPOSIT, topics.WITHDRAWAL} and log.contract in chain.wrappers:
                moved[log.number] = _once(_wrapped(log), told)
            elif topic == topics.DESTROYED:
                moved[log.number] = _once(_destroyed(log), told)
            elif topic in topics.SELECTORS:
                moved[log.number] = _once(_issued(log, callers), told)
        except Unread as reason:
            unread.append(f"log {log.number} of {sent.txid} is left alone: {reason}")
    return LogReading({number: found for number, found in moved.items() if found}, tuple(unread))


def words_of(log: Log) -> list[bytes]:
    """The arguments of an event without its topic: the indexed ones first. Raises Unread for data of odd length."""
    if len(log.data) % _WORD:
        raise Unread(f"its contract {log.contract} logs {topics.SIGNATURES[log.topics[0]]} with cut data")
    words = [bytes.fromhex(topic[2:]) for topic in log.topics[1:]]
    return words + [log.data[at : at + _WORD] for at in range(0, len(log.data), _WORD)]


def sides(log: Log, *words: bytes) -> tuple[str, ...]:
    """Words as addresses. Raises Unread where one is none."""
    found = tuple(filter(None, map(word_address, words)))
    if len(found) != len(words):
        raise Unread(f"its contract {log.contract} names a party that is no address")
    return found


def transfer(log: Log, nature: Nature) -> tuple[Moved, ...]:
    """Transfer(from, to, value). With two indexed it is EIP-20's, with all three EIP-721's, and the last is an id.

    Some tokens index the value too, or nothing; some older collections index nothing either. So `nature` decides where
    it is known (True: fungible), else the number of indexed arguments. With one indexed nobody can tell which.
    """
    words = words_of(log)
    if len(words) != 3 or len(log.topics) == 2:
        shape = f"{len(words)} arguments, {len(log.topics) - 1} of them indexed"
        raise Unread(f"its contract {log.contract} logs a Transfer with {shape}, which no standard has")
    parties = sides(log, *words[:2])
    number = int.from_bytes(words[2], "big")
    fungible = len(log.topics) == 3 or nature.get(log.contract, len(log.topics) == 1)
    value, token_id = (number, None) if fungible else (1, number)
    return (_between(f"log:{log.number}", log.contract, parties, value, token_id),)


def _single(log: Log) -> tuple[Moved, ...]:
    """TransferSingle(operator, from, to, id, value) of EIP-1155; the first three are indexed."""
    words = words_of(log)
    if len(log.topics) != 4 or len(words) != 5:
        raise Unread(f"its contract {log.contract} logs a TransferSingle that is not EIP-1155's")
    parties = sides(log, *words[1:3])
    number, value = (int.from_bytes(word, "big") for word in words[3:])
    return (_between(f"log:{log.number}", log.contract, parties, value, number),)


def _batch(log: Log) -> tuple[Moved, ...]:
    """TransferBatch(operator, from, to, ids, values) of EIP-1155: one movement for each id, `log:7.0`, `log:7.1`."""
    from eth_abi.abi import decode  # heavy: only where arrays are to be read
    from eth_abi.exceptions import DecodingError

    if len(log.topics) != 4:
        raise Unread(f"its contract {log.contract} logs a TransferBatch that is not EIP-1155's")
    parties = sides(log, *(bytes.fromhex(topic[2:]) for topic in log.topics[2:]))
    try:
        ids, values = decode(["uint256[]", "uint256[]"], log.data)
    except (DecodingError, OverflowError, ValueError) as error:
        raise Unread(f"its contract {log.contract} logs a TransferBatch whose data is no two lists") from error
    if len(ids) != len(values):
        raise Unread(f"its contract {log.contract} logs {len(ids)} ids and {len(values)} values in a TransferBatch")
    return tuple(
        _between(f"log:{log.number}.{place}", log.contract, parties, value, number)
        for place, (number, value) in enumerate(zip(ids, values, strict=True))
    )


_SHAPES: Mapping[str, Callable[[Log], tuple[Moved, ...]]] = {
    topics.TRANSFER_SINGLE: _single,
    topics.TRANSFER_BATCH: _batch,
}


def _between(index: str, contract: str, parties: tuple[str, ...], value: int, token_id: int | None = None) -> Moved:
    """A token transfer; from the zero address a mint, to it a burn. From it to itself it is neither."""
    sender, receiver = parties
    usual: Kind = "token" if token_id is None else "nft"
    if sender == ZERO != receiver:
        return Moved(index, "mint", contract, None, receiver, value, token_id)
    if receiver == ZERO != sender:
        return Moved(index, "burn", contract, sender, None, value, token_id)
    return Moved(index, usual, contract, sender, receiver, value, token_id)


def _wrapped(log: Log) -> Moved:
    """Deposit(dst, wad) and Withdrawal(src, wad) of a wrapper: its own token is made or destroyed."""
    words = words_of(log)
    if len(words) != 2:
        raise Unread(f"the wrapper {log.contract} logs {len(words)} arguments where two belong")
    (party,) = sides(log, words[0])
    value = int.from_bytes(words[1], "big")
    if log.topics[0] == topics.DEPOSIT:
        return Moved(f"log:{log.number}", "mint", log.contract, None, party, value)
    return Moved(f"log:{log.number}", "burn", log.contract, party, None, value)


def _destroyed(log: Log) -> Moved:
    """DestroyedBlackFunds(blacklisted, balance): the issuer destroyed what an address had."""
    words = words_of(log)
    if len(words) != 2:
        raise Unread(f"its contract {log.contract} logs a DestroyedBlackFunds with {len(words)} arguments")
    (party,) = sides(log, words[0])
    return Moved(f"log:{log.number}", "burn", log.contract, party, None, int.from_bytes(words[1], "big"))


def _issued(log: Log, callers: Mapping[tuple[str, bytes], str]) -> Moved:
    """Issue(amount) and Redeem(amount) do not say whose balance changes: it is that of whoever called for it."""
    words = words_of(log)
    if len(words) != 1:
        raise Unread(f"its contract {log.contract} logs an Issue or Redeem with {len(words)} arguments")
    party = callers.get((log.contract, topics.SELECTORS[log.topics[0]] + words[0]))
    value = int.from_bytes(words[0], "big")
    if party is None:
        raise Unread(
            f"its contract {log.contract} says that it made or destroyed {value} base units, and not whose they are; "
            "a source with traces can tell"
        )
    if log.topics[0] == topics.ISSUE:
        return Moved(f"log:{log.number}", "mint", log.contract, None, party, value)
    return Moved(f"log:{log.number}", "burn", log.contract, party, None, value)


def _callers(sent: Sent, steps: Sequence[Step]) -> Mapping[tuple[str, bytes], str]:
    """Who called what: (contract, the beginning of the input) to the caller."""
    found = {(step.receiver, step.data): step.sender for step in steps if step.sort == "call" and step.receiver}
    if sent.receiver is not None:
        found[sent.receiver, sent.data[: _WORD + 4]] = sent.sender
    return found


def _told_by_transfer(logs: Sequence[Log], nature: Nature) -> Counter[Flow]:
    """The mints and burns that contracts log as transfers from and to the zero address."""
    return Counter(moved.flow for moved in _transfers(logs, nature) if moved.kind in {"mint", "burn"})


def _transfers(logs: Sequence[Log], nature: Nature) -> Iterator[Moved]:
    """The Transfer logs that can be read."""
    for log in logs:
        if log.topics and log.topics[0] == topics.TRANSFER:
            try:
                yield from transfer(log, nature)
            except Unread:
                continue  # named where the logs are read


def _once(moved: Moved, told: Counter[Flow]) -> tuple[Moved, ...]:
    """The mint or burn, or nothing where the contract logs the same one as a transfer: the two are one."""
    if told[moved.flow]:
        told[moved.flow] -= 1
        return ()
    return (moved,)
