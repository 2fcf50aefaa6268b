"""The explorer Tronscan over its HTTP API: one missing fact in, decoded facts out."""

from chaintrace.adapters.tronscan.adapter import Tronscan, TronscanSource

__all__ = ["Tronscan", "TronscanSource"]
