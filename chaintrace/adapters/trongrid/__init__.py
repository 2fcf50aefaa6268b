"""TronGrid: histories of accounts page by page, each held against a balance or a second question, and transactions."""

from chaintrace.adapters.trongrid.adapter import TronGrid, TronGridSource

__all__ = ["TronGrid", "TronGridSource"]
