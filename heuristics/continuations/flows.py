"""What each address gains and loses inside one transaction: the net flow that decides what was exchanged."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from chaintrace.model.chain import Account, Asset
from chaintrace.model.finding import Moved
from chaintrace.model.transaction import Transaction, Transfer

ZERO = "0x" + "00" * 20
"""The address that Ethereum's contracts write for nobody."""


@dataclass(frozen=True, slots=True)
class Party:
    """One address inside one transaction: by asset, what it gains (above 0) or loses (below), fees left out.

    Values are in base units of each asset. `pieces` are those of collections, which have no price by the unit.
    """

    address: str
    net: dict[Asset, int]
    pieces: bool = False

    @property
    def lost(self) -> tuple[Asset, ...]:
        """The assets of which it has less than before, by their contracts."""
        return tuple(sorted((one for one, value in self.net.items() if value < 0), key=lambda one: one.contract))

    @property
    def gained(self) -> tuple[Asset, ...]:
        """The assets of which it has more than before, by their contracts."""
        return tuple(sorted((one for one, value in self.net.items() if value > 0), key=lambda one: one.contract))


def parties(transaction: Transaction) -> dict[str, Party]:
    """Every address that the transaction moves something of, or to, with what it gains and loses."""
    nets: dict[str, Counter[Asset]] = {}
    pieces: set[str] = set()
    for transfer in transaction.transfers:
        if transfer.kind == "fee":
            continue
        for sign, legs in ((-1, transfer.inputs), (1, transfer.outputs)):
            for leg in legs:
                if leg.address and transfer.token_id is not None:
                    pieces.add(leg.address)
                elif leg.address:
                    nets.setdefault(leg.address, Counter())[transfer.asset] += sign * (leg.value or 0)
    return {
        address: Party(address, {asset: value for asset, value in net.items() if value}, address in pieces)
        for address, net in ((one, nets.get(one, Counter[Asset]())) for one in dict.fromkeys((*nets, *pieces)))
    }


def legs(transaction: Transaction, address: str, asset: Asset, *, paid: bool) -> tuple[Transfer, ...]:
    """The transfers by which an address pays an asset to others, or is paid it; those of nothing are left out."""
    return tuple(
        transfer
        for transfer in transaction.transfers
        if transfer.kind != "fee" and transfer.asset == asset and transfer.value
        if _is_at(transfer.inputs, address) is paid and _is_at(transfer.outputs, address) is not paid
    )


def _is_at(several: Iterable[object], address: str) -> bool:
    return any(getattr(leg, "address", "") == address for leg in several)


def moved(transaction: Transaction, several: Iterable[Transfer]) -> tuple[Moved, ...]:
    """The identities of transfers (M1)."""
    return tuple(Moved(transaction.chain, transaction.txid, transfer.index) for transfer in several)


def total(several: Iterable[Transfer]) -> int:
    """What transfers move together, in base units."""
    return sum(transfer.value or 0 for transfer in several)


def native(chain: str) -> Asset:
    """The native asset of a chain."""
    return Asset(chain, "")


def payees(several: Iterable[Transfer]) -> Iterator[str]:
    """Whom transfers pay, each once, in their order."""
    yield from dict.fromkeys(leg.address for transfer in several for leg in transfer.outputs if leg.address)


def holder(transfer: Transfer, *, paid: bool) -> str:
    """Who pays a transfer, or whom it pays; `""` for a mint or a burn."""
    side = transfer.inputs if paid else transfer.outputs
    held = next((leg.holding for leg in side), None)
    return held.address if isinstance(held, Account) else ""
