"""Where in their blocks the transactions of token transfers stand: their list does not say it.

The logs of the instance's JSON-RPC do, many at a time; what they leave out is asked of the transaction itself.
Source: blockscout/blockscout, `explorer/eth_rpc.ex` (eth_getLogs: at most 1,000 logs an answer).
"""

from collections.abc import Mapping
from typing import NamedTuple

from chaintrace.adapters.blockscout.asking import Asking
from chaintrace.adapters.blockscout.rows import TokenRow
from chaintrace.adapters.blockscout.transactions import Transactions
from chaintrace.adapters.evm.quantities import digest, listing, quantity, table
from chaintrace.adapters.evm.topics import TRANSFER
from chaintrace.adapters.network import Status
from chaintrace.adapters.transport.jsonrpc import Param
from chaintrace.errors import Malformed

_FEW = 3
"""So many transactions are asked one by one."""
_MOST_LOGS = 1_000
"""The most logs of one answer."""
_MOST_ANSWERS = 20
"""Questions about the logs of one account; the rest is asked one by one."""


class Placed(NamedTuple):
    """A transaction's height (None: in no block), its position in its block, and the block's time where it is told."""

    height: int | None
    position: int
    time: int | None = None


class Placing:
    """Finds positions at one instance."""

    def __init__(self, ask: Asking, transactions: Transactions) -> None:
        self._ask = ask
        self._transactions = transactions

    def one(self, txid: str, at: Status) -> Placed:
        """The place of one transaction by its view. Raises Malformed where the instance lists it and lacks it."""
        found = self._transactions.view(txid, at.block_hash)
        if found is None:
            raise Malformed(f"{self._ask.host} lists transaction {txid} and does not have it: ask another source")
        return Placed(found[0].height, found[0].position, found[0].time)

    def of(
        self, groups: Mapping[str, list[TokenRow]], contract: str, address: str, at: Status
    ) -> dict[str, Placed] | None:
        """The places of all that the logs of the JSON-RPC tell of an account; None where it tells none to the end.

        A list of few transactions is taken as it is, each being asked by itself.
        """
        if 0 < len(groups) <= _FEW:
            return None
        word = "0x" + "0" * 24 + address[2:]
        found: dict[str, Placed] = {}
        sides: tuple[list[Param], ...] = ([TRANSFER, word], [TRANSFER, None, word])
        heights = [row.height for group in groups.values() for row in group if row.height is not None]
        whole = [self._side(contract, topics, min(heights, default=0), at, found) for topics in sides]
        return found if all(whole) else None

    def _side(self, contract: str, topics: list[Param], start: int, at: Status, found: dict[str, Placed]) -> bool:
        """Note the places of one side's logs. Whether they were told to the end."""
        for _ in range(_MOST_ANSWERS):
            told = self._logs(_asked(contract, topics, start, at.height), at, found)
            if told is None:
                return False
            if told.number < _MOST_LOGS or told.last <= start:
                return told.number < _MOST_LOGS
            start = told.last
        return False

    def _logs(self, asked: Mapping[str, Param], at: Status, found: dict[str, Placed]) -> "_Told | None":
        """Note the places that one answer tells; None where it is not offered."""
        answer = self._ask.call("eth_getLogs", asked, pin=at.block_hash).result
        if answer is None:
            return None
        heights = []
        for item in listing(answer, "the logs"):
            log = table(item, "a log")
            heights.append(quantity(log.get("blockNumber"), "a log's height"))
            place = quantity(log.get("transactionIndex"), "a transaction's position")
            found[digest(log.get("transactionHash"), "a log's transaction")] = Placed(heights[-1], place)
        return _Told(len(heights), max(heights, default=0))


class _Told(NamedTuple):
    """How many logs an answer has, and the height of its last one."""

    number: int
    last: int


def _asked(contract: str, topics: list[Param], start: int, end: int) -> Mapping[str, Param]:
    """The filter of a question about logs."""
    return {"address": contract, "topics": topics, "fromBlock": hex(start), "toBlock": hex(end)}
