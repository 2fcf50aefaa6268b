"""The adapters `etherscan` and `routescan`: explorers with Etherscan's API, for Ethereum and chains like it.

Lists of an explorer are its word. A history counts as whole when it adds up to the balance that the same explorer
tells; what does not is a Gap: see `history`.
"""

from chaintrace.adapters.etherscan.adapter import Etherscan, Routescan

__all__ = ["Etherscan", "Routescan"]
