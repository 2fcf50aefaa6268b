"""What the traces of a case rest on, and so what a report hears of all that networks told."""

from collections.abc import Sequence
from typing import NamedTuple

from chaintrace.model.chain import Account, Asset, OutPoint
from chaintrace.model.provenance import Coverage
from chaintrace.model.transaction import Movement


class Within(NamedTuple):
    """What the traces of a case rest on: outputs, accounts, and the subjects (chain, and txid or place) of gaps.

    `natives` are the chains on which traced value is of the native asset, `contracts` (chain, contract) of all assets.
    """

    outpoints: frozenset[OutPoint]
    subjects: frozenset[tuple[str, str]]
    accounts: frozenset[Account] = frozenset()
    natives: frozenset[str] = frozenset()
    contracts: frozenset[tuple[str, str]] = frozenset()

    def hears(self, told: Coverage) -> bool:
        """Whether a history that a network told of is one of theirs; on chains of outputs each counts."""
        if told.addresses is None or told.contracts is None or all(one.chain != told.chain for one in self.accounts):
            return True
        here = ((address, contract) for address in told.addresses for contract in told.contracts)
        return any(Account(address, Asset(told.chain, contract)) in self.accounts for address, contract in here)


def between(movements: Sequence[Movement], start: int, end: int | None) -> Sequence[Movement]:
    """The movements from a rank on, and not after a time."""
    if end is not None:
        movements = [one for one in movements if one.transaction.time is None or one.transaction.time <= end]
    if not start or not movements or movements[0].order[0] >= start:
        return movements
    return [movement for movement in movements if movement.order[0] >= start]
