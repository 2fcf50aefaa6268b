"""The adapter `esplora`: mempool.space, blockstream.info, or a server of one's own with the same HTTP API.

Nothing that it says is a fact before its bytes have been checked: see `source`. What cannot be checked is a Gap.
"""

from chaintrace.adapters.esplora.adapter import Esplora
from chaintrace.adapters.esplora.source import EsploraSource

__all__ = ["Esplora", "EsploraSource"]
