"""What a node says of an account at a height: its balance, its code, and how many transactions it sent.

An archive node can say it of any height, others of the last blocks only; what a node cannot say is None, with no guess.
"""

from collections.abc import Mapping

from chaintrace.adapters.evm.quantities import octets, quantity
from chaintrace.adapters.evm_rpc.rpc import Rpc
from chaintrace.adapters.transport import Json, RpcError
from chaintrace.adapters.transport.jsonrpc import Param

_BALANCE_OF = "0x70a08231"
"""balanceOf(address) of EIP-20."""


class Balances:
    """Of one node. Every method raises Unavailable, Refused or Malformed, and nothing else."""

    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    def of(self, address: str, contract: str, height: int, pin: str) -> int | None:
        """The balance after the block at that height, in base units; `contract` is `""` for the native asset."""
        return self.native(address, height, pin) if not contract else self.token(address, contract, height, pin)

    def native(self, address: str, height: int, pin: str) -> int | None:
        """In wei."""
        told = self._told("eth_getBalance", address, hex(height), pin=pin)
        return None if told is None else quantity(told, "a balance")

    def token(self, address: str, contract: str, height: int, pin: str) -> int | None:
        """What balanceOf of the contract says; 0 where there is no contract yet."""
        said = self.says(contract, _BALANCE_OF + address[2:].rjust(64, "0"), height, pin)
        if said is None or len(said) == 32:
            return None if said is None else int.from_bytes(said, "big")
        return 0 if not said and self.code(contract, height, pin) == b"" else None

    def code(self, address: str, height: int, pin: str) -> bytes | None:
        """The code at an address."""
        told = self._told("eth_getCode", address, hex(height), pin=pin)
        return None if told is None else octets(told, "the code of an address")

    def sent(self, address: str, height: int, pin: str) -> int | None:
        """How many transactions an address had sent; of a contract, how many contracts it had made."""
        told = self._told("eth_getTransactionCount", address, hex(height), pin=pin)
        return None if told is None else quantity(told, "a number of transactions")

    def says(self, contract: str, data: str, height: int, pin: str) -> bytes | None:
        """What a contract answers to a call at a height; None where it or the node refuses."""
        asked: Mapping[str, Param] = {"to": contract, "data": data}
        told = self._told("eth_call", asked, hex(height), pin=pin)
        return None if told is None else octets(told, "the answer of a contract")

    def made_at(self, contract: str, end: int, pin: str) -> int:
        """The height at which a contract was made, where an archive node shows it; else 0.

        One that was destroyed and made again was there before: what that leaves out shows in its balances.
        """
        if self.code(contract, 0, pin) != b"" or not self.code(contract, end, pin):
            return 0
        low, high = 0, end  # no code at low, code at high
        while high - low > 1:
            middle = (low + high) // 2
            code = self.code(contract, middle, pin)
            if code is None:
                return 0
            low, high = (low, middle) if code else (middle, high)
        return high

    def _told(self, method: str, *params: Param, pin: str) -> Json:
        """A result; None for an error of the node, which has no state of that height, or for a call that fails."""
        told = self._rpc.call(method, *params, pin=pin).result
        return None if isinstance(told, RpcError) else told
