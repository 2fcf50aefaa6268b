"""Facts from files and networks: one file or folder per source, behind one Protocol."""

from collections.abc import Mapping
from types import MappingProxyType

from chaintrace.adapters.blocks import Blocks
from chaintrace.adapters.interface import Adapter, FactSource, SourceSpec
from chaintrace.adapters.transactions_jsonl import TransactionsJsonl
from chaintrace.adapters.transfers_csv import TransfersCsv

_ALL: tuple[Adapter, ...] = (Blocks(), TransactionsJsonl(), TransfersCsv())

ADAPTERS: Mapping[str, Adapter] = MappingProxyType({adapter.name: adapter for adapter in _ALL})
"""Every adapter by the name that a case gives it."""

__all__ = ["ADAPTERS", "Adapter", "Blocks", "FactSource", "SourceSpec", "TransactionsJsonl", "TransfersCsv"]
