"""Facts from files and networks: one file or folder per source, behind one Protocol for each of the two."""

from collections.abc import Mapping
from types import MappingProxyType

from chaintrace.adapters.bitcoin_core import BitcoinCore
from chaintrace.adapters.blocks import Blocks
from chaintrace.adapters.blockscout import Blockscout
from chaintrace.adapters.electrum import Electrum
from chaintrace.adapters.esplora import Esplora
from chaintrace.adapters.etherscan import Etherscan, Routescan
from chaintrace.adapters.evm_rpc import EvmRpc
from chaintrace.adapters.interface import Adapter, FactSource, SourceSpec
from chaintrace.adapters.network import NetworkAdapter
from chaintrace.adapters.receipts_jsonl import ReceiptsJsonl
from chaintrace.adapters.transactions_jsonl import TransactionsJsonl
from chaintrace.adapters.transfers_csv import TransfersCsv
from chaintrace.adapters.tron_node import TronNode
from chaintrace.adapters.trongrid import TronGrid
from chaintrace.adapters.tronscan import Tronscan

_FILES: tuple[Adapter, ...] = (Blocks(), TransactionsJsonl(), TransfersCsv(), ReceiptsJsonl())
_NETWORKS: tuple[NetworkAdapter, ...] = (
    BitcoinCore(),
    Blockscout(),
    Electrum(),
    Esplora(),
    Etherscan(),
    EvmRpc(),
    Routescan(),
    TronGrid(),
    TronNode(),
    Tronscan(),
)

ADAPTERS: Mapping[str, Adapter] = MappingProxyType({adapter.name: adapter for adapter in _FILES})
"""Every adapter that reads files, by the name that a case gives it."""

NETWORK: Mapping[str, NetworkAdapter] = MappingProxyType({adapter.name: adapter for adapter in _NETWORKS})
"""Every adapter that asks the network, by the name that a case gives it."""

__all__ = [
    "ADAPTERS",
    "NETWORK",
    "Adapter",
    "Blocks",
    "FactSource",
    "NetworkAdapter",
    "SourceSpec",
    "TransactionsJsonl",
    "TransfersCsv",
]
