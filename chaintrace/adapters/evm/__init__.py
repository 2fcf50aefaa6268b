"""Ethereum-like chains decoded: from a transaction, its receipt and its trace to the model. Pure functions, no I/O."""

from chaintrace.adapters.evm.approvals import approvals
from chaintrace.adapters.evm.calls import Execution, Step, geth_execution, parity_execution
from chaintrace.adapters.evm.chains import EVM_CHAINS, EvmChain, evm_chain, evm_chain_of
from chaintrace.adapters.evm.decoding import Decoded, decode, decode_pending
from chaintrace.adapters.evm.delegations import delegations
from chaintrace.adapters.evm.records import Log, Receipt, Sent, placed_by, read_receipt, read_sent
from chaintrace.adapters.evm.told import told

__all__ = [
    "EVM_CHAINS",
    "Decoded",
    "EvmChain",
    "Execution",
    "Log",
    "Receipt",
    "Sent",
    "Step",
    "approvals",
    "decode",
    "decode_pending",
    "delegations",
    "evm_chain",
    "evm_chain_of",
    "geth_execution",
    "parity_execution",
    "placed_by",
    "read_receipt",
    "read_sent",
    "told",
]
