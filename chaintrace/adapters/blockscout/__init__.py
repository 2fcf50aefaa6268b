"""`blockscout`: an instance of the Blockscout explorer, public, hosted or of one's own, by its REST API v2."""

from chaintrace.adapters.blockscout.adapter import Blockscout, BlockscoutSource

__all__ = ["Blockscout", "BlockscoutSource"]
