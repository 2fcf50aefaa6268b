"""In which transactions one account's native asset moved. Most chains log none of it: it takes an index, or a search.

First the node's index of traces (trace_filter), then Otterscan's (ots_searchTransactionsBefore); else, where the node
knows old balances, a search for the blocks in which an account's balance or its number of sent transactions changed.
An account without code sends nothing but transactions of its own: where both numbers are the same before and after, and
nothing was sent, nothing came either. So that search passes over nothing, and it also finds what blocks pay.
Where the chain's own contract logs every movement (`evm/coins.py`), its logs are the index.
"""

from typing import Final

from chaintrace.adapters.evm import EvmChain, topics
from chaintrace.adapters.evm.chains import Coin
from chaintrace.adapters.evm.quantities import digest, listing, quantity, table
from chaintrace.adapters.evm_rpc.balances import Balances
from chaintrace.adapters.evm_rpc.frames import FrameReader
from chaintrace.adapters.evm_rpc.logs import LogReader, Topics
from chaintrace.adapters.evm_rpc.makers import Makers
from chaintrace.adapters.evm_rpc.places import Places
from chaintrace.adapters.evm_rpc.ranges import NoMethod, NotOffered, Ranges
from chaintrace.adapters.evm_rpc.refusals import is_no_method
from chaintrace.adapters.evm_rpc.rpc import Rpc
from chaintrace.adapters.evm_rpc.searching import Search
from chaintrace.adapters.network import Status
from chaintrace.adapters.transport import RpcError
from chaintrace.errors import Unavailable
from chaintrace.model.chain import Account

_PAGE: Final = 25
"""Otterscan's page: Erigon allows no more (`--ots.search.max.pagesize`)."""


class Natives:
    """Finds the movements of the native asset. `most` is how many are read of one account."""

    def __init__(self, rpc: Rpc, chain: EvmChain, balances: Balances, most: int) -> None:
        self._rpc = rpc
        self._coin = chain.coin if chain.logs_all else None
        self._balances = balances
        self._ranges = Ranges(rpc.host)
        self._makers = Makers(rpc)
        self._search = Search(rpc, balances, self._makers)
        self._most = most
        self._without: set[str] = set()

    def find(self, account: Account, start: int, at: Status) -> Places:
        """Where its native asset moved from the height `start` on.

        Raises NotOffered where the node has neither an index nor old balances, and as a source does.
        """
        if self._coin is not None:
            return self._logs(account.address, self._coin, start, at)
        sent = self._sent(account.address, start, at)
        if sent > self._most:
            return Places(number=sent, beyond=at.height)
        late: Unavailable | None = None
        for name, find in (("trace_filter", self._traces), ("ots_searchTransactionsBefore", self._pages)):
            if name in self._without:
                continue
            try:
                return find(account, start, at)
            except NoMethod:
                self._without.add(name)
            except NotOffered:
                continue
            except Unavailable as error:
                late = error  # some trace anew whatever they are asked for, and are not done in time
        try:
            return self.search(account, start, at)
        except NotOffered:
            if late is not None:
                raise late from None
            raise

    def search(self, account: Account, start: int, at: Status) -> Places:
        """The same by balances alone. Raises NotOffered where the node does not know the old ones, or too many."""
        return self._search.find(account, start, at)

    def _sent(self, address: str, start: int, at: Status) -> int:
        """How many transactions it sent from `start` on; 0 where the node cannot say."""
        before = self._balances.sent(address, start - 1, at.block_hash) if start else 0
        now = self._balances.sent(address, at.height, at.block_hash)
        return 0 if now is None or before is None else now - before

    def _logs(self, address: str, coin: Coin, start: int, at: Status) -> Places:
        """By the logs of the contract that logs every movement. Raises NotOffered."""
        word = "0x" + address[2:].rjust(64, "0")
        wanted: list[Topics] = [((topics.TRANSFER, topics.MINT), (word,)), ((topics.TRANSFER,), (), (word,))]
        if address == coin.contract:
            wanted.append(((topics.WITHDRAWN, topics.WITHDRAWN_WITH),))
        reader = LogReader(self._rpc, coin.contract, wanted, at.block_hash)
        last = self._ranges.read(start, at.height, reader.ask, self._most)
        places = Places(number=len(reader.found), beyond=last if last < at.height else None)
        for _, entry in sorted(reader.found.items()):
            places.add(entry.height, entry.block_hash, entry.txid)
        return places

    def _traces(self, account: Account, start: int, at: Status) -> Places:
        """By trace_filter. Raises NotOffered."""
        reader = FrameReader(self._rpc, account.address, at.block_hash)
        last = self._ranges.read(start, at.height, reader.ask, self._most)
        places = Places(number=len(reader.found), beyond=last if last < at.height else None)
        if places.beyond is not None:
            return places
        rewards: dict[tuple[int, str, str], int] = {}
        for frame in sorted(reader.found.values()):
            if not frame.txid and frame.sender == account.address:
                kind = frame.height, frame.block_hash, frame.name
                rewards[kind] = rewards.get(kind, 0) + frame.value
            elif frame.txid and (frame.may_move or (not frame.path and frame.sender == account.address)):
                places.add(frame.height, frame.block_hash, frame.txid, inside=True)
        for (_, block_hash, name), value in rewards.items():
            self._makers.rewarded(account, block_hash, name, value, places)
        return places

    def _pages(self, account: Account, start: int, at: Status) -> Places:
        """By Otterscan's pages, from the tip down. Raises NotOffered."""
        places, before = Places(), at.height + 1
        while before > start:
            told = self._rpc.call(
                "ots_searchTransactionsBefore", account.address, before, _PAGE, pin=at.block_hash
            ).result
            if isinstance(told, RpcError):
                kind = NoMethod if is_no_method(told) else NotOffered
                raise kind(f"{self._rpc.host} does not list the transactions of an address ({told.message})")
            page = table(told, "a page of transactions")
            heights = [before]
            for item in listing(page.get("txs"), "the transactions of a page"):
                tx = table(item, "a transaction of a page")
                height = quantity(tx.get("blockNumber"), "a transaction's height")
                heights.append(height)
                if start <= height < before:
                    places.add(
                        height,
                        digest(tx.get("blockHash"), "a transaction's block"),
                        digest(tx.get("hash"), "a txid"),
                        inside=True,
                    )
            places.number = len(places.inside)
            if places.number > self._most:
                places.beyond = at.height
                return places
            if page.get("lastPage") is True or min(heights) == before:
                break
            before = min(heights)
        return places
