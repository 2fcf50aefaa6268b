"""`bitcoin-core`: the JSON-RPC of a user's own node, Bitcoin Core or one that answers as it does."""

from chaintrace.adapters.bitcoin_core.adapter import BitcoinCore
from chaintrace.adapters.bitcoin_core.scanning import Progress

__all__ = ["BitcoinCore", "Progress"]
