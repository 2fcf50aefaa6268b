"""Whether an issuer blocks an address, by the events that the token's contract logged from its beginning to a height.

They are the word of the node's index. Where the contract does not index the address, the events about everybody are
read, once for each contract and tip. Source: the Execution API specification, `eth_getLogs`.
"""

from typing import Final

from chaintrace.adapters.evm.quantities import word_address
from chaintrace.adapters.evm_rpc.logs import Entry, LogReader
from chaintrace.adapters.evm_rpc.ranges import NotOffered, Ranges
from chaintrace.adapters.evm_rpc.rpc import Rpc
from chaintrace.adapters.issuer_replies import Untold
from chaintrace.adapters.issuers import BLOCKED, FREE, Form, seen, state_at, topic, wiped_at
from chaintrace.adapters.network import Status
from chaintrace.model.chain import Account
from chaintrace.model.provenance import Observation

MOST_EVENTS: Final = 100_000
"""Events of one contract that are read."""

_WORD: Final = 32


class IssuerEvents:
    """Reads the events of one node's contracts."""

    def __init__(self, rpc: Rpc, ranges: Ranges) -> None:
        self._rpc = rpc
        self._ranges = ranges
        self._read: dict[tuple[str, str], LogReader] = {}

    def told(self, account: Account, form: Form, at: Status) -> tuple[Observation, ...]:
        """The state at the tip `at`, and what was destroyed until then. Raises Untold and AdapterError."""
        contract = account.asset.contract
        reader = self._reader(account, form, at)
        blocked, wiped = set(map(topic, form.blocked)), set(map(topic, form.wiped))
        state, source = FREE, None
        found: list[Observation] = []
        for place, entry in sorted(reader.found.items()):
            if _address(entry, form) != account.address:
                continue
            if entry.log.topics[0] in wiped:
                value = _destroyed(entry, form)
                found.append(seen(account, wiped_at(contract), entry.height, value, reader.sources.get(place)))
                continue
            state = BLOCKED if entry.log.topics[0] in blocked else FREE
            source = reader.sources.get(place)
        return (seen(account, state_at(contract), at.height, state, source), *found)

    def _reader(self, account: Account, form: Form, at: Status) -> LogReader:
        """The events about the address, or where they are not indexed, about everybody. Raises Untold."""
        contract = account.asset.contract
        key = contract, at.block_hash
        if not form.is_indexed and key in self._read:
            return self._read[key]
        names = tuple(topic(signature) for signature in (*form.blocked, *form.released, *form.wiped))
        word = "0x" + account.address[2:].rjust(2 * _WORD, "0")
        reader = LogReader(self._rpc, contract, ((names, (word,)) if form.is_indexed else (names,),), at.block_hash)
        try:
            end = self._ranges.read(0, at.height, reader.ask, MOST_EVENTS)
        except NotOffered as why:
            raise Untold(f"its events cannot be read either: {why}") from why
        if end < at.height:
            raise Untold(f"its events are more than {MOST_EVENTS}, and were not read to the end")
        if not form.is_indexed:
            self._read[key] = reader
        return reader


def _address(entry: Entry, form: Form) -> str | None:
    """Whom an event is about; None for one that names nobody."""
    if form.is_indexed:
        return word_address(bytes.fromhex(entry.log.topics[1][2:]))
    return word_address(entry.log.data[:_WORD])


def _destroyed(entry: Entry, form: Form) -> str:
    """How much an event says was destroyed, in base units; empty where it does not say."""
    value = entry.log.data if form.is_indexed else entry.log.data[_WORD:]
    return str(int.from_bytes(value, "big")) if len(value) == _WORD else ""
