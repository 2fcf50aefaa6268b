"""The names of transfers that a list tells without their places in the transaction (M1)."""

import hashlib
from collections import Counter
from collections.abc import Iterable

from chaintrace.model.transaction import ROW, Transfer

_DIGITS = 8


def row_index(contract: str, sender: str, receiver: str, value: int, ordinal: int = 0) -> str:
    """The index (M1) of a transfer in a list: `row:` and eight hex digits.

    They are the beginning of the SHA-256 of contract, sender, receiver, value (base units) and ordinal, with a comma
    between them. `contract` is `""` for the native asset, `sender` for a mint, `receiver` for a burn. `ordinal` counts
    equal transfers of one transaction from 0.
    """
    told = ",".join((contract, sender, receiver, str(value), str(ordinal)))
    return ROW + hashlib.sha256(told.encode()).hexdigest()[:_DIGITS]


def named_transfers(transfers: Iterable[Transfer], index: str) -> list[Transfer]:
    """The transfers of a transaction that an index names: by their own, else by that which a list would give them.

    Once a source has told a transaction whole, its transfers have their exact indexes; who noted the one of a list
    still means the same transfer.
    """
    told = tuple(transfers)
    exact = [transfer for transfer in told if transfer.index == index]
    if exact or not index.startswith(ROW):
        return exact
    equal: Counter[tuple[str, str, str, int]] = Counter()
    found = []
    for transfer in told:
        sender, receiver = (legs[0].address if legs else "" for legs in (transfer.inputs, transfer.outputs))
        what = (transfer.asset.contract, sender, receiver, transfer.value or 0)
        if row_index(*what, equal[what]) == index:
            found.append(transfer)
        equal[what] += 1
    return found
