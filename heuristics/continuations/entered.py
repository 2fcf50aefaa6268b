"""Entered: whether what a payer gives in a transaction went into the bridge that says it took something there.

Anybody can send a bridge a worthless token, or a little of a good one, in the same transaction in which the value that
is traced goes to a person. The log is genuine, and its key is valid. So the transfers must bear it out.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from chaintrace.model.chain import Asset
from chaintrace.model.transaction import Transfer
from heuristics.continuations.crossings import Crossing
from heuristics.continuations.flows import Party
from heuristics.continuations.pools import agreeing
from heuristics.continuations.verdict import Seen

SHARE = 10
"""One part of so many of what a payer gives may go elsewhere, or be missing of what the deposit says: fees.

Of the recorded receipts of bridges the largest such part is one of 340 (benchmarks/receipts.py).
"""


BY_POOL = 60
"""The confidence where an exchange stands before the bridge that no listed contract tells of."""


class Entered(NamedTuple):
    """Why what a payer gives did not go into a deposit, `""` where it did; and how sure it is: 0, as the rule."""

    against: str = ""
    confidence: int = 0


def entered(seen: Seen, payer: Party, asset: Asset, one: Crossing, known: Mapping[str, Party]) -> Entered:
    """Whether the transfers bear out that what a payer gives went into a deposit, but for a tenth.

    It did where a contract of the bridge has it in the end, or where it is destroyed and the deposit names no other
    token; where it is the asset that the deposit names, no more of it is destroyed than the value that the deposit
    names, and whoever has that very value may have it. Else an exchange stands between, that a listed contract or a
    pool tells, or by which whoever has it gave what the bridge took; what is destroyed beside one was not exchanged.
    The native asset and the token of its wrapper are one.
    """
    same = _same(seen, asset)
    nets = dict(_nets(seen, known, same))
    given, token = -nets.get(payer.address, 0), _token(seen, one)
    if given <= 0:
        return Entered()
    is_own = token in same if token is not None else "" in same and not has_calls(seen)
    ends = {address: gain for address, gain in nets.items() if gain > 0}
    exchanged = not is_own and (is_told(seen, known) or any(_gave(known[address], one, token) for address in ends))
    stray = sum(
        gain
        for address, gain in ends.items()
        if not is_of_bridge(seen, one, address)
        and not (is_own and _is_value(one, gain))
        and not (exchanged and known[address].lost)
    )
    may_burn = is_own or token is None or not asset.contract  # anybody may burn another token beside the deposit's
    if is_own and one.times == 1:
        stray += _destroyed_beside(seen, one, nets)
    elif exchanged and not may_burn and "" not in same:  # what is unwrapped goes on where nobody may see it
        stray += max(0, -sum(nets.values()))
    direct = any(is_of_bridge(seen, one, address) for address in ends) or (may_burn and _is_destroyed(seen, asset))
    if not is_own and not exchanged and not direct:
        stray = given
    if stray * SHARE > given:
        who = payer.address
        return Entered(f"{who} gives {given} base units, and {stray} of them are not seen to go into the bridge")
    others = (-net for address, net in nets.items() if net < 0 and address != payer.address)
    if is_own and any(net * SHARE > given for net in others):
        return Entered("others give the same asset in the transaction, and whose of it the bridge took is not told")
    by_pool = exchanged and not direct and not seen.said("order", "trade")
    return Entered(confidence=BY_POOL if by_pool else 0)


def may_enter(seen: Seen, leg: Transfer, one: Crossing, known: Mapping[str, Party]) -> bool:
    """Whether one of several legs can be what went into one of several deposits.

    It is of the asset that the deposit names. Its payee is the bridge, or passes it on; where no contract of the bridge
    has any in the end, whoever keeps it may keep it for the bridge.
    """
    same, token = _same(seen, leg.asset), _token(seen, one)
    if token is not None and token not in same:
        return False
    nets = dict(_nets(seen, known, same))
    payees = [side.address for side in leg.outputs]
    kept = any(net > 0 and is_of_bridge(seen, one, address) for address, net in nets.items())
    return all(is_of_bridge(seen, one, payee) or nets.get(payee, 0) <= 0 or not kept for payee in payees)


def is_told(seen: Seen, known: Mapping[str, Party]) -> bool:
    """Whether a listed contract or a pool that the transfers bear out logs an exchange."""
    return bool(seen.said("order", "trade")) or bool(agreeing(seen.said("pool"), known)[0])


def _destroyed_beside(seen: Seen, one: Crossing, nets: Mapping[str, int]) -> int:
    """What is destroyed of a deposit's own asset and is not what the deposit names: anybody can burn beside it.

    It is, where it makes that value with what went into the bridge, or alone, and that is the bridge's fee.
    """
    destroyed = -sum(nets.values())
    gains = ((address, gain) for address, gain in nets.items() if gain > 0)
    held = sum(gain for address, gain in gains if is_of_bridge(seen, one, address) or _is_value(one, gain))
    is_meant = _is_value(one, destroyed + held) or (_is_value(one, destroyed) and 2 * held < destroyed)
    return 0 if destroyed <= 0 or is_meant else destroyed


def _gave(party: Party, one: Crossing, token: str | None) -> bool:
    """Whether an address gave the asset of a deposit in its value."""
    given = sum(-value for asset, value in party.net.items() if asset.contract == token and value < 0)
    return given > 0 and _is_value(one, given)


def _same(seen: Seen, asset: Asset) -> frozenset[str]:
    """The contracts of an asset: of the native one and of the token of its wrapper both."""
    wrappers = {one.asset.contract for one in seen.transaction.transfers if seen.rows(one.asset.contract, "wrapper")}
    return frozenset({"", *wrappers}) if asset.contract in {"", *wrappers} else frozenset({asset.contract})


def _nets(seen: Seen, known: Mapping[str, Party], same: frozenset[str]) -> Iterator[tuple[str, int]]:
    """What each address gains of an asset (below 0: loses); what a wrapper keeps stands for its tokens."""
    for address, party in known.items():
        if not seen.rows(address, "wrapper"):
            yield address, sum(value for asset, value in party.net.items() if asset.contract in same)


def is_of_bridge(seen: Seen, one: Crossing, address: str) -> bool:
    """Whether an address is a contract of the bridge, or the one that the log names as what holds it (`vault`).

    A token that a log names is none: anybody can make one, whose code takes something else while it is bridged.
    """
    rows = seen.protocols.of(seen.transaction.chain, address)
    named = {one.said.log.emitter, one.vault or None}
    return address in named or any(row.protocol == one.protocol for row in rows)


def unborne(seen: Seen, one: Crossing) -> str:
    """Why what a token was paid may lie there, and never have crossed; `""` where nothing says so.

    A bridge may let its caller name the token, and log it. A token of the bridge destroys what goes; one of the
    caller's own may keep what others let the bridge, or it, take from them.
    """
    token = one.vault
    if not token or seen.protocols.of(seen.transaction.chain, token):
        return ""
    moves = seen.transaction.transfers
    paid = any(leg.address == token for part in moves if part.asset.contract != token for leg in part.outputs)
    burned = any(part.kind == "burn" and part.asset.contract == token for part in moves)
    why = f"whoever calls names {token}, which is paid and burns nothing, and no delivery is known"
    return why if paid and not burned else ""


def _is_destroyed(seen: Seen, asset: Asset) -> bool:
    """Whether some of an asset is destroyed; what a wrapper takes back is not, unless the native value is not seen."""
    burned = any(part.asset == asset and part.kind == "burn" for part in seen.transaction.transfers)
    return burned and not (seen.rows(asset.contract, "wrapper") and has_calls(seen))


def has_calls(seen: Seen) -> bool:
    """Whether a source tells of calls that pay the native asset."""
    return any(one.index.startswith("call:") for one in seen.transaction.transfers)


def _is_value(one: Crossing, gain: int) -> bool:
    """Whether a gain is the value that a deposit names, but for fees; any, where it names none."""
    return one.amount is None or abs(gain - one.amount) * SHARE <= one.amount


def _token(seen: Seen, one: Crossing) -> str | None:
    """The asset of a deposit: what it names, else the one that the bridge is paid in the value of the deposit."""
    if one.token is not None:
        return one.token
    paid = {part.asset.contract for part in _paid(seen, one) if part.value == one.amount}
    return paid.pop() if len(paid) == 1 else None


def _paid(seen: Seen, one: Crossing) -> Iterator[Transfer]:
    """What the bridge is paid, and what is destroyed."""
    for part in seen.transaction.transfers:
        payees = [leg.address for leg in part.outputs]
        if part.kind != "fee" and (not payees or any(is_of_bridge(seen, one, address) for address in payees)):
            yield part
