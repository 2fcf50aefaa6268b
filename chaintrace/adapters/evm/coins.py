"""The contract that logs what the native asset does as if it were a token, where a chain has one (chains.toml, `coin`).

On zkSync Era its logs are every movement, the fee and what comes back of it too: the bootloader takes the price of all
gas first, and pays back what was too much (matter-labs/era-contracts, `system-contracts/bootloader/bootloader.yul` and
`contracts/L2BaseToken.sol`). What a transaction paid the bootloader less what came back is its fee, whoever paid it: a
paymaster may. A request from Ethereum pays there, and its fee is made here for the bootloader.
On Moonbeam the precompile moves the native asset where no value does, and gives back what is deposited with it. On
Optimism before Bedrock the bridge made and destroyed the native asset by such a contract.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from chaintrace.adapters.accounts.moved import Moved
from chaintrace.adapters.evm import topics
from chaintrace.adapters.evm.chains import Coin, EvmChain
from chaintrace.adapters.evm.events import Unread, sides, transfer, words_of
from chaintrace.adapters.evm.records import Log, Receipt, Sent

REQUESTS: Final = frozenset({0xFE, 0xFF})
"""zkSync Era's types of what Ethereum asks for: an upgrade, and a request (`TransactionHelper.sol`)."""


@dataclass(frozen=True, slots=True)
class CoinReading:
    """What the logs of a coin move, by the number of each log, and a sentence for each thing that they leave open.

    `fee` is the fee that they tell, () where they do not. One that somebody else paid has the name of the log by which
    it was paid; that of the sender, which says who sent the transaction, is 0 then.
    """

    moved: Mapping[int, tuple[Moved, ...]] = field(default_factory=dict)
    fee: tuple[Moved, ...] = ()
    unread: tuple[str, ...] = ()


def read_coin(chain: EvmChain, sent: Sent, receipt: Receipt, cost: int, *, succeeded: bool) -> CoinReading:
    """What the coin of a chain logged. `cost` is the fee by gas and price, in wei.

    Where its logs are every movement, the one that is the transaction's own value has its name.
    """
    coin = chain.coin
    if coin is None or coin.tells == "again":
        return CoinReading()
    moved: dict[int, Moved] = {}
    unread: list[str] = []
    for log in receipt.logs:
        try:
            found = _moved(log, coin) if log.contract == coin.contract else None
        except Unread as reason:
            unread.append(f"log {log.number} of {sent.txid} is left alone: {reason}")
            continue
        if found is not None:
            moved[log.number] = found
    if coin.tells != "all":
        return CoinReading({number: (one,) for number, one in moved.items()}, (), tuple(unread))
    doubts = _named(moved, sent, receipt, coin) if succeeded else []
    fee, about = _fee(moved, sent, coin, cost)
    if succeeded:
        return CoinReading({number: (one,) for number, one in moved.items()}, fee, (*unread, *doubts, *about))
    if about and fee == (fee_of(sent, 0),):
        fee = ()  # nothing else of it is told, so that its fee is by gas and price
    return CoinReading({}, fee, (*unread, *about, *_lost(moved, receipt.logs, sent, coin)))


def fee_of(sent: Sent, cost: int) -> Moved:
    """The fee of a transaction that its sender pays, in wei."""
    return Moved("fee", "fee", "", sent.sender, None, cost)


def _moved(log: Log, coin: Coin) -> Moved | None:
    """What one log of a coin moves; None for nothing. Raises Unread."""
    topic = log.topics[0] if log.topics else ""
    index = f"log:{log.number}"
    if topic == topics.TRANSFER:
        return _transferred(log, coin)
    if topic == topics.MINT and coin.tells == "all":
        account, value = _party(log)
        return Moved(index, "mint", "", None, account, value)
    if topic == topics.DEPOSIT and coin.tells == "own":
        account, value = _party(log)
        return Moved(index, "internal", "", coin.contract, account, value)
    if topic in {topics.WITHDRAWN, topics.WITHDRAWN_WITH} and coin.tells == "all":
        words = words_of(log)
        if len(words) < 3:
            raise Unread(f"its contract {log.contract} logs a withdrawal with {len(words)} arguments")
        return Moved(index, "burn", "", coin.contract, None, int.from_bytes(words[2], "big"))
    return None


def _transferred(log: Log, coin: Coin) -> Moved:
    """A Transfer of a coin. The zero address is an account where the logs are every movement, else it is nobody."""
    (told,) = transfer(log, {coin.contract: True})
    if coin.tells == "all":
        sender, receiver = sides(log, *words_of(log)[:2])
        return replace(told, kind="internal", contract="", sender=sender, receiver=receiver)
    if coin.tells == "issues" and told.kind == "token":
        raise Unread(f"its contract {log.contract} is the native asset's, and logs a transfer that no value shows")
    return replace(told, kind="internal" if told.kind == "token" else told.kind, contract="")


def _party(log: Log) -> tuple[str, int]:
    """An account and a value, the two arguments of a log. Raises Unread."""
    words = words_of(log)
    if len(words) != 2:
        raise Unread(f"its contract {log.contract} logs {len(words)} arguments where two belong")
    (account,) = sides(log, words[0])
    return account, int.from_bytes(words[1], "big")


def _named(moved: dict[int, Moved], sent: Sent, receipt: Receipt, coin: Coin) -> list[str]:
    """Name the movement that is the transaction's own value; a sentence where there is none."""
    if not sent.value:
        return []
    whole = sent.sender, sent.receiver if sent.receiver is not None else receipt.created, sent.value
    own = [number for number, one in moved.items() if (one.sender, one.receiver, one.value) == whole]
    if not own:
        return [f"no log says that the value of {sent.txid}, {sent.value} wei, was paid: it is left out"]
    number = own[-1 if sent.receiver == coin.collects else 0]  # what is paid besides the fee comes after it
    moved[number] = replace(moved[number], index="value", kind="native")
    return []


def _fee(moved: dict[int, Moved], sent: Sent, coin: Coin, cost: int) -> tuple[tuple[Moved, ...], list[str]]:
    """The fee, taken out of what moved. A sentence where it is not what gas and price say."""
    nothing = fee_of(sent, 0)
    if sent.type in REQUESTS:
        return (nothing,), []
    paid = {number: one for number, one in moved.items() if one.receiver == coin.collects and one.kind == "internal"}
    back = {number: one for number, one in moved.items() if one.sender == coin.collects}
    payers = {one.sender or "" for one in paid.values()}
    left = sum(one.value for one in paid.values()) - sum(one.value for one in back.values())
    if not paid and not back:
        said = [f"no log says who paid the fee of {sent.txid}: it is taken to be its sender"] if cost else []
        return (), said
    if len(payers) != 1 or left < 0 or any(one.receiver not in payers for one in back.values()):
        text = f"the logs of {sent.txid} do not tell its fee from what else was paid to {coin.collects}, or by it"
        return (nothing,), [text]
    for number in (*paid, *back):
        moved.pop(number, None)
    first, payer = next(iter(paid.values())), payers.pop()
    fee = (
        (fee_of(sent, left),)
        if payer == sent.sender
        else (nothing, replace(first, kind="fee", receiver=None, value=left))
    )
    text = f"the logs of {sent.txid} say that it cost {left} wei, and its gas and price {cost}: its logs are believed"
    return fee, [] if left == cost else [text]


def _lost(moved: Mapping[int, Moved], logs: Sequence[Log], sent: Sent, coin: Coin) -> list[str]:
    """A sentence for each movement that a failed transaction left behind besides its fee: none of it is told (M3)."""
    tokens = {log.number for log in logs if log.contract != coin.contract and log.topics[:1] == (topics.TRANSFER,)}
    text = "moved something although it failed: that is left out"
    return [f"log {number} of {sent.txid} {text}" for number in sorted({*moved, *tokens})]
