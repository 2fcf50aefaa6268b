"""Transfers out of lists that do not say where in its transaction each stands.

Lists of explorers show the transfers that touch one account, most without their place in the transaction. Such a
transfer is named by what it is, so that the lists of its sender and of its receiver name it alike. Once the transaction
is told whole, its exact name takes that place (`store.merging`).
"""

from chaintrace.model.rows import row_index

__all__ = ["row_index"]
