"""Transfers out of lists that do not say where in its transaction each stands.

Lists of explorers show the transfers that touch one account, most without their place in the transaction. Such a
transfer is named by what it is, so that the lists of its sender and of its receiver name it alike. Once the transaction
is told whole, its exact name takes that place (`store.merging`).
"""

import hashlib

from chaintrace.model.transaction import ROW

_DIGITS = 8


def row_index(contract: str, sender: str, receiver: str, value: int, ordinal: int = 0) -> str:
    """The index (M1) of a transfer in a list: `row:` and eight hex digits.

    They are the beginning of the SHA-256 of contract, sender, receiver, value (base units) and ordinal, with a comma
    between them. `contract` is `""` for the native asset, `sender` for a mint, `receiver` for a burn. `ordinal` counts
    equal transfers of one transaction from 0.
    """
    told = ",".join((contract, sender, receiver, str(value), str(ordinal)))
    return ROW + hashlib.sha256(told.encode()).hexdigest()[:_DIGITS]
