"""The logs that can have moved one account's tokens, found by the node's own index of topics (eth_getLogs).

Asked for is whatever `evm.events` reads as a movement of the token: transfers from and to the address, what wrappers
make and destroy for it, and what issuers make and destroy, whose logs cannot be filtered by an address. Where the token
indexes nothing, all its transfers are read. Source: the Execution API specification, `eth_getLogs`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from chaintrace.adapters.evm import EvmChain, Log
from chaintrace.adapters.evm import topics as known
from chaintrace.adapters.evm.quantities import address as read_address
from chaintrace.adapters.evm.quantities import digest, listing, octets, quantity, table
from chaintrace.adapters.evm_rpc.ranges import TooMuch, looks_cut
from chaintrace.adapters.evm_rpc.rpc import Rpc
from chaintrace.adapters.transport import Json, RpcError
from chaintrace.adapters.transport.jsonrpc import Param
from chaintrace.errors import Malformed, Unavailable
from chaintrace.model.provenance import Source

Topics: TypeAlias = tuple[tuple[str, ...], ...]
"""For each place the topics that are wanted there; none: any."""

_ISSUER: Final = (known.DESTROYED, known.ISSUE, known.REDEEM)


class Entry(NamedTuple):
    """One log, and where it stands."""

    height: int
    block_hash: str
    txid: str
    log: Log


def filters(chain: EvmChain, contract: str, address: str, *, unindexed: bool = False) -> tuple[Topics, ...]:
    """The questions about one account's tokens. `unindexed`: the token's transfers name nobody in their topics."""
    word = "0x" + address[2:].rjust(64, "0")
    wrapped = (known.DEPOSIT, known.WITHDRAWAL) if contract in chain.wrappers else ()
    if unindexed:
        return ((known.TRANSFER, *wrapped),), (_ISSUER,)
    return ((known.TRANSFER, *wrapped), (word,)), ((known.TRANSFER,), (), (word,)), (_ISSUER,)


@dataclass(slots=True)
class LogReader:
    """Collects logs of one contract, each once. `pin` is the tip as of which is asked."""

    rpc: Rpc
    contract: str
    wanted: Sequence[Topics]
    pin: str
    found: dict[tuple[int, int], Entry] = field(default_factory=dict)
    blocks: dict[int, str] = field(default_factory=dict)
    sources: dict[tuple[int, int], Source] = field(default_factory=dict)

    def ask(self, low: int, high: int) -> int:
        """Ask about the heights from `low` to `high`; how many logs that were not known they had, an issuer's left out.

        Raises TooMuch where they are too many at once, Unavailable where the chain moved meanwhile, Malformed.
        """
        count = 0
        for topics in self.wanted:
            for entry in self._asked(topics, low, high):
                count += self._is_new(entry) and entry.log.topics[0] not in _ISSUER
        return count

    def _asked(self, topics: Topics, low: int, high: int) -> list[Entry]:
        places: list[Param] = [list(place) if len(place) > 1 else place[0] if place else None for place in topics]
        asked: Mapping[str, Param] = {
            "fromBlock": hex(low),
            "toBlock": hex(high),
            "address": self.contract,
            "topics": places,
        }
        read = self._reading(topics, low, high)
        told = self.rpc.call("eth_getLogs", asked, pin=self.pin, look=read)
        if isinstance(told.result, RpcError):
            raise TooMuch(told.result)
        entries = read(told.result)
        self.sources.update(((entry.height, entry.log.number), told.source) for entry in entries)
        if low < high and looks_cut(len(entries)):
            raise TooMuch(RpcError(0, f"it may have cut its results after {len(entries)}"))
        return entries

    def _reading(self, topics: Topics, low: int, high: int) -> Callable[[Json], list[Entry]]:
        """Reads an answer, and looks whether it is one to this question."""

        def read(answer: Json) -> list[Entry]:
            entries = [read_entry(item, self.rpc.host) for item in listing(answer, "the logs")]
            for entry in entries:
                if not (low <= entry.height <= high and entry.log.contract == self.contract and fits(entry, topics)):
                    raise Malformed(
                        f"{self.rpc.host} gave a log of {entry.txid} that was not asked for: nothing of this answer is "
                        "used; ask another source"
                    )
            return entries

        return read

    def _is_new(self, entry: Entry) -> bool:
        """Keep a log; whether it was not known.

        Raises Unavailable where another block has its height, Malformed for two logs of one number.
        """
        if self.blocks.setdefault(entry.height, entry.block_hash) != entry.block_hash:
            raise Unavailable(
                f"{self.rpc.host} names two blocks at height {entry.height}: its chain moved while it was asked; run "
                "again"
            )
        before = len(self.found)
        if self.found.setdefault((entry.height, entry.log.number), entry) != entry:
            raise Malformed(
                f"{self.rpc.host} tells log {entry.log.number} of block {entry.block_hash} in two ways: neither is "
                "used; ask another source"
            )
        return len(self.found) > before


def fits(entry: Entry, topics: Topics) -> bool:
    """Whether a log has the topics that are wanted."""
    said = entry.log.topics
    return len(said) >= len(topics) and all(
        not wanted or topic in wanted for wanted, topic in zip(topics, said, strict=False)
    )


def read_entry(item: Json, host: str) -> Entry:
    """One log of an answer. Raises Malformed; Unavailable for one that the chain no longer has."""
    told = table(item, "a log")
    if told.get("removed") is True:
        raise Unavailable(f"{host} gave a log that its chain no longer has: a re-organisation is going on; run again")
    topics = tuple(digest(topic, "a topic") for topic in listing(told.get("topics"), "a log's topics"))
    return Entry(
        quantity(told.get("blockNumber"), "a log's height"),
        digest(told.get("blockHash"), "a log's block"),
        digest(told.get("transactionHash"), "a log's transaction"),
        Log(
            quantity(told.get("logIndex"), "a log's number"),
            read_address(told.get("address"), "a log's contract"),
            topics,
            octets(told.get("data"), "a log's data"),
        ),
    )
