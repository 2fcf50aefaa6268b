"""Who controls a contract account at a height, and when that changed: the owners of a Safe. Facts, and never links.

They are what the contract says and logs; another contract may say the same. Source: safe-global/safe-smart-account,
`IOwnerManager.sol` and `ISafe.sol`; older versions do not index the owner.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from chaintrace.adapters.evm.quantities import octets, word_address
from chaintrace.adapters.evm_rpc.logs import Entry, LogReader
from chaintrace.adapters.evm_rpc.ranges import NotOffered, Ranges
from chaintrace.adapters.evm_rpc.rpc import Rpc
from chaintrace.adapters.network import Status
from chaintrace.errors import Malformed, Unavailable
from chaintrace.model.provenance import Observation

GET_OWNERS: Final = "0xa0e67e2b"
"""getOwners()."""
ADDED: Final = "0x9465fa0c962cc76958e6373a993326400c1c94f8be2fe3a952adfa7f60b2ea26"
REMOVED: Final = "0xf8d49fc529812e9a7c5c50e69c20f0dccc0db8fa95c98bc58cc9a4f1c1299eaf"
CHANGES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {ADDED: ("AddedOwner(address)", "signer added"), REMOVED: ("RemovedOwner(address)", "signer removed")}
)
"""Topic to signature, and to what is observed."""
_MOST: Final = 200
"""Signers and changes that are noted."""


class Control:
    """Looks at the accounts of one node."""

    def __init__(self, rpc: Rpc, ranges: Ranges) -> None:
        self._rpc = rpc
        self._ranges = ranges

    def facts(self, chain: str, address: str, start: int, at: Status) -> Iterator[Observation]:
        """The owners that a Safe names at the tip, and those that it added and removed from the height `start` on."""
        asked = self._rpc.optional("eth_call", {"to": address, "data": GET_OWNERS}, hex(at.height), pin=at.block_hash)
        owners = owners_of(octets(asked.result, "the signers")) if asked.result is not None else ()
        for owner in owners:
            yield Observation(chain, address, "signer", at.height, owner, asked.source)
        if owners:
            yield from self._changes(chain, address, start, at)

    def _changes(self, chain: str, address: str, start: int, at: Status) -> Iterator[Observation]:
        reader = LogReader(self._rpc, address, (((*CHANGES,),),), at.block_hash)
        try:
            self._ranges.read(start, at.height, reader.ask, _MOST)
        except (NotOffered, Unavailable, Malformed):
            return
        for place, entry in sorted(reader.found.items()):
            owner = _owner(entry)
            if owner is not None:
                what = CHANGES[entry.log.topics[0]][1]
                yield Observation(chain, address, what, entry.height, owner, reader.sources.get(place))


def owners_of(said: bytes) -> tuple[str, ...]:
    """A list of addresses as a contract answers it; empty where it is none."""
    words = [said[at : at + 32] for at in range(0, len(said), 32)]
    if len(said) % 32 or len(words) < 3 or int.from_bytes(words[0], "big") != 32:
        return ()
    number = int.from_bytes(words[1], "big")
    owners = [word_address(word) for word in words[2:]]
    if number != len(owners) or number > _MOST or None in owners:
        return ()
    return tuple(owner for owner in owners if owner is not None)


def _owner(entry: Entry) -> str | None:
    """Whom a log names."""
    indexed = entry.log.topics[1:]
    return word_address(bytes.fromhex(indexed[0][2:])) if indexed else word_address(entry.log.data)
