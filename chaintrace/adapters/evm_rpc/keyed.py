"""The logs of one contract that have a key: what is at the other end of a bridge (M23), by eth_getLogs with topics."""

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


def told_by_key(rpc: Rpc, ranges: Ranges, missing: MissingLogs, at: Status) -> Reply:
    """The logs as observations of their transactions, from the first block to the tip `at`.

    Raises Declined where the key stands among the data, which no node looks through, and where the node does not answer
    over so many blocks; Unavailable, Refused or Malformed.
    """
    if not missing.place:
        raise Declined(f"the key {missing.key} is no topic of that event: no node can look for it")
    places: Topics = ((missing.topic,), *[()] * (missing.place - 1), (missing.key,))
    reader = LogReader(rpc, missing.contract, (places,), at.block_hash)
    try:
        ranges.read(0, at.height, reader.ask, MOST)
    except NotOffered as error:
        raise Declined(f"{error}: name another node") from error
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
    )
    return Reply(observations=found, absent=not found)
