"""The logs of one contract that have a key: what is at the other end of a bridge (M23), by eth_getLogs with topics.

A key among the data is in no index of a node: then all logs of the event between two heights are read, and chosen here.
"""

from typing import Final

from chaintrace.adapters.evm_rpc.logs import LogReader, Topics
from chaintrace.adapters.evm_rpc.ranges import NotOffered, Ranges
from chaintrace.adapters.evm_rpc.rpc import Rpc
from chaintrace.adapters.network import Reply, Status
from chaintrace.errors import Declined
from chaintrace.model.log import Log
from chaintrace.model.view import MissingLogs

MOST: Final = 100
"""Logs with one key that are read: an honest key is used once or twice, and whoever repeats it gains nothing."""

MOST_OF_EVENT: Final = 20_000
"""Logs of one event that are read for a key among their data: more in so few blocks are no bridge's."""

WIDEST: Final = 1 << 18
"""Blocks that are looked through for a key among the data, at most."""


def told_by_key(rpc: Rpc, ranges: Ranges, missing: MissingLogs, at: Status) -> Reply:
    """The logs as observations of their transactions, from the first block to the tip `at`, or between two heights.

    A reply for heights above the tip is still missing. Raises Declined where the key stands among the data of a whole
    chain, which no node looks through, or of too many logs, and where the node does not answer over so many blocks;
    Unavailable, Refused or Malformed.
    """
    begin, end = missing.since, missing.until or at.height
    if not missing.place and (not missing.until or end - begin >= WIDEST):
        raise Declined(f"the key {missing.key} is no topic of that event: no node can look for it in a whole chain")
    behind: Topics = (*[()] * (missing.place - 1), (missing.key,)) if missing.place else ()
    reader = LogReader(rpc, missing.contract, (((missing.topic,), *behind),), at.block_hash)
    most, last = MOST if missing.place else MOST_OF_EVENT, min(end, at.height)
    try:
        read = ranges.read(begin, last, reader.ask, most)
    except NotOffered as error:
        raise Declined(f"{error}: name another node") from error
    if read < last and not missing.place:
        raise Declined(f"{missing.contract} logs that event more than {most} times between {begin} and {last}")
    found = tuple(
        Log(
            missing.chain,
            entry.txid,
            entry.log.number,
            entry.log.contract,
            entry.log.topics,
            f"0x{entry.log.data.hex()}",
        ).observation(entry.height, reader.sources.get(place))
        for place, entry in sorted(reader.found.items())
        if missing.place or _has(entry.log.data, missing.key)
    )
    is_open = end > at.height
    return Reply(observations=found, absent=not found and not is_open, still_missing=is_open)


def _has(data: bytes, key: str) -> bool:
    """Whether a word stands among the data of a log."""
    word = bytes.fromhex(key.removeprefix("0x"))
    return any(data[at : at + len(word)] == word for at in range(0, len(data), len(word)))
