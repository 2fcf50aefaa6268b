"""What chains.toml knows of an Ethereum-like chain: its chain id, its native asset's contracts, its kind of fee."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Literal

from chaintrace.addresses import normalise
from chaintrace.resources import read_table

_NAMESPACE = "eip155:"


@dataclass(frozen=True, slots=True)
class Coin:
    """A contract that logs what the native asset does as if it were a token: what it logs is never a token's.

    `tells` says what of it is told by nothing else: "all", where its logs are every movement, and value and calls say
    nothing besides; "own", where they move what neither value nor calls show; "issues", where that is only what is
    made and destroyed; "again", where value and calls show all of it. `collects` is who is paid the fee by such logs,
    and pays back what was too much; empty where nobody is.
    """

    contract: str
    tells: Literal["all", "own", "issues", "again"]
    collects: str = ""


@dataclass(frozen=True, slots=True)
class EvmChain:
    """A chain's facts. `wrappers` are contracts like WETH9, whose Deposit and Withdrawal make and destroy their token.

    `nature` says of contracts that do not follow a standard whether their tokens are fungible.
    `l1_fee`: a receipt names what a transaction pays for its data on Ethereum, and without that its fee is not whole.
    `receipt_price`: the receipt alone says what gas cost, for a transaction of any type may pay less than it offers.
    `cancun` is the time (Unix, UTC) from which a self-destruct to itself destroys nothing (EIP-6780); None: not known.
    """

    name: str
    chain_id: int
    wrappers: frozenset[str] = frozenset()
    l1_fee: bool = False
    receipt_price: bool = False
    cancun: int | None = None
    nature: Mapping[str, bool] = field(default_factory=dict)
    coin: Coin | None = None

    @property
    def fee_by_receipt(self) -> bool:
        """Whether gas and price of a list of transactions are not the whole fee, or not the true one, or another's."""
        return self.l1_fee or self.receipt_price or self.logs_all

    @property
    def logs_all(self) -> bool:
        """Whether logs tell every movement of the native asset: then no trace is asked for."""
        return self.coin is not None and self.coin.tells == "all"

    def is_coin(self, contract: str) -> bool:
        """Whether a contract is the one that logs what the native asset does."""
        return self.coin is not None and self.coin.contract == contract


@cache
def _chains() -> Mapping[str, EvmChain]:
    """Every Ethereum-like chain of chains.toml, by name."""
    found: dict[str, EvmChain] = {}
    for name, entry in read_table("chains.toml").items():
        if entry["id"].startswith(_NAMESPACE):
            evm = entry.get("evm", {})
            nature = dict.fromkeys((normalise(name, one["contract"]) for one in entry.get("token", ())), True)
            nature |= dict.fromkeys((normalise(name, one) for one in evm.get("nfts", ())), False)
            wrappers = frozenset(normalise(name, contract) for contract in evm.get("wrappers", ()))
            chain_id = int(entry["id"].removeprefix(_NAMESPACE))
            found[name] = EvmChain(
                name,
                chain_id,
                wrappers,
                evm.get("l1_fee", False),
                evm.get("receipt_price", False),
                evm.get("cancun"),
                MappingProxyType(nature),
                _coin(name, evm["coin"]) if "coin" in evm else None,
            )
    return MappingProxyType(found)


def _coin(chain: str, told: Mapping[str, str]) -> Coin:
    """The coin of a chain."""
    collects = normalise(chain, told["collects"]) if "collects" in told else ""
    return Coin(normalise(chain, told["contract"]), told["tells"], collects)  # type: ignore[arg-type]  # a test reads it


def evm_chain(name: str) -> EvmChain:
    """The facts of a chain by its name. Raises KeyError for one that is not Ethereum-like."""
    return _chains()[name]


def evm_chain_of(chain_id: int) -> EvmChain | None:
    """The chain with that EIP-155 chain id, None for one that chains.toml does not name."""
    return next((one for one in _chains().values() if one.chain_id == chain_id), None)


EVM_CHAINS: tuple[str, ...] = tuple(_chains())
"""The names of the Ethereum-like chains, in the order of chains.toml."""
