"""A full node of TRON over its HTTP API: one missing fact in, decoded facts out."""

from chaintrace.adapters.tron_node.adapter import TronNode, TronNodeSource

__all__ = ["TronNode", "TronNodeSource"]
