"""`evm-rpc`: the JSON-RPC of an Ethereum-like node, the user's own where possible."""

from chaintrace.adapters.evm_rpc.adapter import EvmRpc

__all__ = ["EvmRpc"]
