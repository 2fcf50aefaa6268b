"""TRON's answers, read: pure functions from what nodes and explorers tell to the model."""

from chaintrace.adapters.tron.decoding import Decoded, Place, decode, transfers

__all__ = ["Decoded", "Place", "decode", "transfers"]
