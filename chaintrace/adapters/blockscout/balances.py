"""What an instance knows of a balance and of how many rows its lists have: what a history is held against.

The native balance is that of the last block for which the instance fetched it, which it names. A token's is asked of
the contract at the tip (`balanceOf` by `eth_call`, which the instance hands to its node); without that, it is the last
that the instance knows, of no certain block. Counters of tabs end at 51, so that only smaller ones count.
Source: blockscout/blockscout, `address_view.ex`, `address_controller.ex` (`tabs_counters`), `eth_rpc.ex`.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from chaintrace.adapters.blockscout.asking import Asking
from chaintrace.adapters.blockscout.reading import Said, all_said, said
from chaintrace.adapters.evm.quantities import octets
from chaintrace.adapters.network import Status
from chaintrace.adapters.transport.jsonrpc import Param

_BALANCE_OF: Final = "0x70a08231" + "0" * 24
"""balanceOf(address) of EIP-20 and EIP-721."""
MANY: Final = 51
"""Where the counters of tabs end."""


class Balance(NamedTuple):
    """A balance in base units, and the height as of which it is one; None: as of now."""

    value: int
    height: int | None


def native_balance(ask: Asking, address: str, pin: str) -> Balance | None:
    """The native balance that an instance fetched last; None where it fetched none."""
    found = ask.one(f"/addresses/{address}", pin)
    if found is None or not found[0].has("coin_balance") or not found[0].has("block_number_balance_updated_at"):
        return None
    return Balance(found[0].whole("coin_balance"), found[0].whole("block_number_balance_updated_at"))


def token_balance(ask: Asking, address: str, contract: str, at: Status, pin: str) -> Balance | None:
    """A token's balance at the tip by its contract, else the last that the instance knows."""
    asked: Mapping[str, Param] = {"to": contract, "data": _BALANCE_OF + address[2:]}
    answer = ask.call("eth_call", asked, hex(at.height), pin=pin).result
    word = octets(answer, "the answer of a contract") if answer is not None else b""
    if len(word) == 32:
        return Balance(int.from_bytes(word, "big"), at.height)
    listed = ask.optional(f"/addresses/{address}/token-balances", pin)
    if listed is None:
        return None
    where = f"{ask.host} answered the token balances of {address}"
    for one in all_said(where, listed):
        token = one.part("token")
        if token.address("address_hash" if token.has("address_hash") else "address") == contract:
            return Balance(one.whole("value"), None) if not one.has("token_id") else None
    return None


class Counts(NamedTuple):
    """How many rows the lists of an address have, each up to 51, where the instance counts them."""

    told: Said | None

    def of(self, name: str) -> int | None:
        """A counter; None where it is not told."""
        return self.told.optional_whole(name) if self.told is not None else None


def counts(ask: Asking, address: str, pin: str) -> Counts:
    """The counters of an address's tabs."""
    told = ask.optional(f"/addresses/{address}/tabs-counters", pin)
    return Counts(None if told is None else said(f"{ask.host} answered the counters of {address}", told))


def movements(ask: Asking, address: str, name: str, pin: str) -> int:
    """How many transactions or token transfers (of all tokens) an instance counts; 0 where it counts none yet."""
    told = ask.optional(f"/addresses/{address}/counters", pin)
    if told is None:
        return 0
    return said(f"{ask.host} answered the counters of {address}", told).optional_whole(name) or 0
