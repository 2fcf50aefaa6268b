"""What every method shares: who holds what together, openings, coverage, and the legs that the seeds name."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.oracle.reading import Case, Seed, Transfer, Tx

# A reading that one may want to turn (README.md, M22): does value of one origin return at another victim's address?
RETURNED_TO_ANY_VICTIM = False


@dataclass
class Absent:
    """A UTXO seed whose own transaction is not in the sources, though a spender gives its value (M19)."""

    chain: str
    txid: str
    outpoint: str
    value: int
    address: str
    origin: str


class Legs:
    """The case as the tracer asks for it."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.wallet_of = {address: name for name, addresses in case.wallets.items() for address in addresses}
        self.spenders: dict[tuple[str, str], tuple[int | None, str]] = {}
        for tx in case.txs:
            for outpoint, value, address in tx.inputs:
                if (tx.chain, outpoint) in self.spenders:
                    raise ValueError(f"{outpoint} is spent twice")
                self.spenders[tx.chain, outpoint] = (value, address)
        self.seeds: dict[tuple[str, str, str], list[str]] = {}
        self.absent: list[Absent] = []
        self.returns = {
            (seed.chain, address, other.origin)
            for seed in case.seeds
            for address in seed.returns
            for other in case.seeds
            if RETURNED_TO_ANY_VICTIM or other.origin == seed.origin
        }
        for seed in case.seeds:
            self.find(seed)
        self.openings = self.least_openings(case.transfers)

    # Holders and coverage

    def holder(self, chain: str, address: str) -> str:
        """The address, or the wallet that the user put it in. A stop is never part of a wallet."""
        name = self.wallet_of.get(address)
        if name and self.case.wallet_chains.get(name, chain) == chain and (chain, address) not in self.case.stops:
            return "wallet:" + name
        return address

    def members(self, holder: str) -> list[str]:
        return sorted(self.case.wallets[holder[7:]]) if holder.startswith("wallet:") else [holder]

    def shown(self, holder: str) -> str:
        """The holder as `resting` names it: several addresses are joined."""
        return ";".join(self.members(holder))

    def covered(self, chain: str, address: str, asset: str, when: int | None) -> bool:
        """Whether a source declares every member of the holder complete for the asset, at `when` (None: ever)."""
        covers = [c for c in self.case.covers if c.chain == chain and asset in c.assets]
        covers = [c for c in covers if when is None or c.start <= when]
        members = self.members(self.holder(chain, address))
        return all(any(c.addresses is None or member in c.addresses for c in covers) for member in members)

    def pool_key(self, chain: str, address: str, asset: str) -> tuple[str, str, str] | None:
        """The pool of an account, or None where nothing traced can lie: nobody, a stop, an uncovered holding."""
        if address == "" or (chain, address) in self.case.stops or not self.covered(chain, address, asset, None):
            return None
        return (chain, self.holder(chain, address), asset)

    def to_itself(self, t: Transfer) -> bool:
        return t.sender != "" and self.holder(t.chain, t.sender) == self.holder(t.chain, t.receiver)

    def unspent(self, chain: str, outpoint: str, address: str) -> str:
        """Nothing when the output is spent in the sources, else "resting" or that it leaves what they know."""
        if (chain, outpoint) in self.spenders:
            return ""
        for cover in self.case.covers:
            if cover.chain == chain and (cover.addresses is None or (address and address in cover.addresses)):
                return "resting"
        return "history not in the sources"

    def least_openings(self, events: Iterable[Transfer | Tx]) -> dict[tuple[str, str, str], int]:
        """M9: for each pool the least opening that keeps the running balance from going negative, in this order."""
        balance: dict[tuple[str, str, str], int] = {}
        need: dict[tuple[str, str, str], int] = {}
        for t in events:
            if isinstance(t, Tx):
                continue
            payer = self.pool_key(t.chain, t.sender, t.asset)
            payee = self.pool_key(t.chain, t.receiver, t.asset)
            for key in (payer, payee):
                if key:
                    balance.setdefault(key, 0)
                    need.setdefault(key, 0)
            if payer:
                need[payer] = max(need[payer], t.value - balance[payer])
                balance[payer] -= t.value
            if payee:
                balance[payee] += t.value
        return need

    # Events and seeds

    def events(self) -> Iterator[Transfer | Tx]:
        """Chain order within a chain; between chains by block time, then chain name (M2)."""
        chains: dict[str, list[Transfer | Tx]] = {}
        for event in [*self.case.transfers, *self.case.txs]:
            chains.setdefault(event.chain, []).append(event)
        yield from heapq.merge(*chains.values(), key=lambda event: (event.time or 0, event.chain))

    def find(self, seed: Seed) -> None:
        """Puts the seed's origin on its legs, in the order of the case file."""
        transfers = [t for t in self.case.transfers if (t.chain, t.txid) == (seed.chain, seed.txid)]
        txs = [tx for tx in self.case.txs if (tx.chain, tx.txid) == (seed.chain, seed.txid)]
        if transfers:
            named = self.of_transfers(seed, transfers)
        elif txs:
            named = self.of_outputs(seed, txs[0])
        else:
            self.find_absent(seed)
            return
        if not named:
            raise ValueError(f"the seed {seed.txid} names no leg in the sources")
        for index in named:
            self.seeds.setdefault((seed.chain, seed.txid, index), []).append(seed.origin)

    def of_transfers(self, seed: Seed, transfers: list[Transfer]) -> list[str]:
        if seed.index is None or seed.index == "all":
            payer = transfers[0].sender
            back = [] if seed.index == "all" else [t for t in transfers if payer and t.receiver == payer]
            return [t.index for t in transfers if t not in back and not self.to_itself(t)]
        named = [t for t in transfers if t.index == seed.index]
        if any(self.to_itself(t) for t in named):
            raise ValueError(f"the seed {seed.txid} names a transfer of an account to itself")
        return [t.index for t in named]

    def of_outputs(self, seed: Seed, tx: Tx) -> list[str]:
        everything = [str(vout) for vout in range(len(tx.outputs))]
        if seed.index == "all":
            return everything
        if seed.index is not None:
            return [vout for vout in everything if vout == seed.index]
        payers = {address for _, _, address in tx.inputs if address}
        left = [vout for vout in everything if tx.outputs[int(vout)][1] not in payers]
        if len(left) > 1:
            raise ValueError(f"the seed {seed.txid} could be any of the outputs {left}: name one")
        return left

    def find_absent(self, seed: Seed) -> None:
        outpoint = f"{seed.txid}:{seed.index}"
        value, address = self.spenders.get((seed.chain, outpoint), (None, ""))
        if value is None:
            raise ValueError(f"the seed {outpoint} is not in the sources")
        if any((a.chain, a.outpoint) == (seed.chain, outpoint) for a in self.absent):
            value = 0  # M19: an earlier seed has claimed the whole
        self.absent.append(Absent(seed.chain, seed.txid, outpoint, value, address, seed.origin))
