"""What the issuer of a token on TRON did, for the stand-ins: its list of blocked addresses, and the events of that."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chaintrace.addresses import tron_to_hex

if TYPE_CHECKING:
    from collections.abc import Iterable

ADDED, REMOVED, DESTROYED = "AddedBlackList", "RemovedBlackList", "DestroyedBlackFunds"


@dataclass(frozen=True)
class Issue:
    """One event: when (Unix, UTC), what, to whom, and how much was destroyed."""

    time: int
    name: str
    address: str
    value: int | None = None


def is_listed(issued: Iterable[Issue], address: str) -> bool:
    """Whether the list has the address at the end."""
    turns = [one.name for one in issued if one.address == address and one.name != DESTROYED]
    return turns[-1:] == [ADDED]


def rows(issued: Iterable[Issue], contract: str, query: dict[str, str]) -> list[dict[str, Any]]:
    """Rows of `/v1/contracts/{address}/events`: those of the name and the times that are asked for, in order."""
    least, most = int(query.get("min_block_timestamp", 0)), int(query.get("max_block_timestamp", 1 << 62))
    named = [one for one in issued if one.name == query["event_name"] and least <= one.time * 1000 <= most]
    return [_row(contract, one) for one in named]


def _row(contract: str, one: Issue) -> dict[str, Any]:
    who = "0x" + tron_to_hex(one.address)[2:]
    told = {"0": who, "_user" if one.value is None else "_blackListedUser": who}
    told |= {} if one.value is None else {"1": str(one.value), "_balance": str(one.value)}
    return {
        "block_number": (one.time - 1_529_891_466) // 3,
        "block_timestamp": one.time * 1000,
        "contract_address": contract,
        "event_index": 0,
        "event_name": one.name,
        "result": told,
        "transaction_id": hashlib.sha256(str(one).encode()).hexdigest(),
    }
