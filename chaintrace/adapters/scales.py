"""The decimals that lists of explorers and contracts claim of tokens, as observations beside the movements.

They decide how an amount is printed where neither a file nor chains.toml knows better, and nothing else. EIP-20 has
them as an unsigned byte; what no byte can hold is a claim of nothing, as are a point, a sign and an exponent.
"""

from collections.abc import Iterable

from chaintrace.adapters.cells import MAX_DECIMALS
from chaintrace.adapters.transport import Json
from chaintrace.model.provenance import Observation, Source

DECIMALS = "decimals"
"""`Observation.what` of a scale; its subject is the contract."""

_DIGITS = 3
"""Of the largest number that a byte holds."""


def scale(told: Json) -> int | None:
    """Decimals as a whole number or in digits; None for everything else."""
    if isinstance(told, str) and told.isascii() and told.isdecimal() and len(told) <= _DIGITS:
        told = int(told)
    if isinstance(told, bool) or not isinstance(told, int):
        return None
    return told if 0 <= told <= MAX_DECIMALS else None


def scales(
    chain: str, told: Iterable[tuple[str, int | None, Source | None]], height: int | None = None
) -> tuple[Observation, ...]:
    """What (contract, decimals, where it was read) say, each scale of a contract once; of the native asset nothing."""
    found: dict[tuple[str, int], Observation] = {}
    for contract, decimals, source in told:
        if contract and decimals is not None:
            seen = Observation(chain, contract, DECIMALS, height, str(decimals), source)
            found.setdefault((contract, decimals), seen)
    return tuple(found.values())
