"""The blocks in which an account's balance or its number of sent transactions changed, found by halving.

An archive node without any index answers this. Of an account without code nothing is passed over (`natives`); one with
code may have paid out just what it received between two looks, so that its history is not proven by this.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from chaintrace.adapters.evm.quantities import address as read_address
from chaintrace.adapters.evm.quantities import digest, listing, optional_address, table
from chaintrace.adapters.evm_rpc.balances import Balances
from chaintrace.adapters.evm_rpc.frames import read_frame
from chaintrace.adapters.evm_rpc.makers import Makers
from chaintrace.adapters.evm_rpc.minting import withdrawals
from chaintrace.adapters.evm_rpc.places import Places
from chaintrace.adapters.evm_rpc.ranges import NotOffered
from chaintrace.adapters.evm_rpc.rpc import Rpc
from chaintrace.adapters.evm_rpc.standing import read_header
from chaintrace.adapters.network import Status
from chaintrace.adapters.transport import Json
from chaintrace.errors import Malformed, Unavailable
from chaintrace.model.chain import Account, Block

_MOST: Final = 500
"""Blocks that are looked for: each costs a question for every halving of the chain."""


class State(NamedTuple):
    """An account after a block: its balance in wei, and how many transactions it had sent."""

    balance: int
    sent: int


class Search:
    """Of one node."""

    def __init__(self, rpc: Rpc, balances: Balances, makers: Makers) -> None:
        self._rpc = rpc
        self._balances = balances
        self._makers = makers

    def find(self, account: Account, start: int, at: Status) -> Places:
        """Where an account's native balance changed from the height `start` on. Raises NotOffered, or as a source."""
        places, address = Places(), account.address
        self._refuse_code(address, at.height, at)
        self._refuse_code(address, max(start - 1, 0), at)
        if self._state(address, at.height, at) == State(0, 0):
            raise self._unproven(address, "may have been a contract that destroyed itself")
        for height in self._changed(address, max(start - 1, 0), at):
            self._refuse_code(address, height, at)
            places.number += 1
            if places.number > _MOST:
                raise NotOffered(
                    f"{self._rpc.host} has no index of what was paid in the native asset, and the balance of {address} "
                    f"changed in more than the {_MOST} blocks that are looked for"
                )
            self._look_into(account, height, places, at)
        return places

    def _refuse_code(self, address: str, height: int, at: Status) -> None:
        """Raises NotOffered where an address may have code after a block: with it, it can pay without sending.

        What has none and sends for itself gets and loses it by its own authorisations, and each of these counts as
        sent (EIP-7702): so it is seen after one of the blocks in which something changed. What has sent nothing and
        has nothing left was never paid, or was a contract that destroyed itself, perhaps in the transaction that made
        it (EIP-6780).
        """
        code = self._balances.code(address, height, at.block_hash)
        if code is None:
            self._state(address, height, at)  # a node without the states of that height lacks more than the code
            raise self._unproven(address, f"may have code at height {height}, which it does not tell (eth_getCode)")
        if code:
            raise self._unproven(address, "has code" if height == at.height else f"had code at height {height}")

    def _unproven(self, address: str, why: str) -> NotOffered:
        """Why its balances do not show what an address was paid."""
        return NotOffered(
            f"{self._rpc.host} has no index of what was paid in the native asset, and {address} {why}, so that its "
            "balances do not show each payment"
        )

    def _changed(self, address: str, low: int, at: Status) -> Iterator[int]:
        """The heights at which it changed, in ascending order."""
        waiting = [(low, self._state(address, low, at), at.height, self._state(address, at.height, at))]
        while waiting:
            below, before, above, after = waiting.pop()
            if before == after or below >= above:
                continue
            if above - below == 1:
                yield above
                continue
            middle = (below + above) // 2
            between = self._state(address, middle, at)
            waiting.append((middle, between, above, after))
            waiting.append((below, before, middle, between))

    def _state(self, address: str, height: int, at: Status) -> State:
        """Raises NotOffered where the node does not have it."""
        balance = self._balances.native(address, height, at.block_hash)
        sent = self._balances.sent(address, height, at.block_hash)
        if balance is None or sent is None:
            raise NotOffered(
                f"{self._rpc.host} has no index of what was paid in the native asset (trace_filter or "
                "ots_searchTransactionsBefore), and no balances of old heights"
            )
        return State(balance, sent)

    def _look_into(self, account: Account, height: int, places: Places, at: Status) -> None:
        """Note what of a block is from or to an account."""
        address = account.address
        told = self._rpc.wanted("eth_getBlockByNumber", hex(height), True, pin=at.block_hash)  # noqa: FBT003  # as the RPC has it
        if told.result is None:
            raise Unavailable(f"{self._rpc.host} no longer has a block at height {height}: run again")
        header, block = read_header(told.result), table(told.result, "the block")
        if header.height != height:
            raise Malformed(f"{self._rpc.host} gave block {header.height} where {height} was asked: do not use it")
        txs = [table(item, "a transaction") for item in listing(block.get("transactions"), "the block's transactions")]
        direct = [
            digest(tx.get("hash"), "a txid")
            for tx in txs
            if address in {read_address(tx.get("from"), "a sender"), optional_address(tx.get("to"), "a receiver")}
        ]
        inner = self._inner(address, height, places, at)
        for txid in dict.fromkeys([*direct, *inner]):
            places.add(height, header.hash, txid, inside=True)
        where = Block(height, header.hash, header.time)
        places.mints.extend(withdrawals(account, block, where, told.source))
        if optional_address(block.get("miner"), "who made the block") == address:
            self._makers.made(account, header.hash, 0, places)

    def _inner(self, address: str, height: int, places: Places, at: Status) -> Sequence[str]:
        """The transactions of a block inside of which an account was paid, where the node traces blocks."""
        told = self._rpc.optional("trace_block", hex(height), pin=at.block_hash)
        if told.result is not None:
            return _named(listing(told.result, "the traces of a block"), address)
        told = self._rpc.optional("debug_traceBlockByNumber", hex(height), {"tracer": "callTracer"}, pin=at.block_hash)
        if told.result is None:
            places.reasons.append(f"what contracts sent on inside block {height} is not known ({told.reason})")
            return ()
        found = []
        for item in listing(told.result, "the traces of a block"):
            entry = table(item, "the trace of a transaction")
            if _names(entry.get("result"), address):
                found.append(digest(entry.get("txHash"), "a trace's transaction"))
        return found


def _named(frames: Sequence[Json], address: str) -> Sequence[str]:
    """The transactions of which a part pays an address something."""
    found: dict[str, None] = {}
    for item in frames:
        action = table(table(item, "a part of a trace").get("action"), "the action of a trace")
        if address in {action.get("to"), action.get("refundAddress"), action.get("from")}:
            frame = read_frame(item)
            if frame.txid and frame.may_move:
                found[frame.txid] = None
    return list(found)


def _names(root: Json, address: str) -> bool:
    """Whether a call, or one inside it, is from or to an address with some value."""
    waiting = [root]
    while waiting:
        frame = table(waiting.pop(), "a call of the trace")
        if frame.get("value") not in {None, "0x0"} and address in {frame.get("from"), frame.get("to")}:
            return True
        waiting.extend(listing(frame.get("calls") or [], "the calls of a trace"))
    return False
