"""Whether clusters hold one wallet each, where the wallet of every coin is known: a section of docs/accuracy.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.change_accuracy import EMULATED, SHARED, opened, payments, rows
from chaintrace.case.clusters import looked
from chaintrace.case.view import CaseView
from chaintrace.cluster import Cluster, Clusters, Terms
from chaintrace.model.transaction import Transaction
from chaintrace.plugins import heuristics

GIVER = "the wallet that hands out the coins"
REGTEST = "regtest"
MIXED = ("wasabi1_2018", "whirlpool_202403")
HEAD = """
## Clusters: pairs

What `chaintrace cluster` joins, with every rule about coinjoins in use and without tags, on private chains that
research groups let real wallets run on, and on a small one that tests make and sign on regtest, where every key has a
wallet: two of three wallets gather coins, then all mix theirs, and two pay together. A pair is two addresses of one
cluster; of those of which the files do not tell the wallets, the number alone is told. A pair is right when its wallets
are one. Precision is the share of right pairs (a dash: none is known), recall their share among all pairs of addresses
of one wallet. The wallet that hands out the coins has no name in the files: its addresses are those that spend outside
coinjoins without a name, and what is left over as change. Most coins of the others pass through coinjoins, where
nothing is joined, so that recall is low by intent. Pairs are not independent of each other, so no interval is given.

| set | transactions | rules | clusters | pairs of unknown wallets | of known ones | right | precision | recall |
|---|---|---|---|---|---|---|---|---|
"""
SILENT = """
Coinjoins of which nobody knows the wallets: clusters there would be wrong, as far as anybody knows.

| set | transactions | clusters |
|---|---|---|
"""


@dataclass(frozen=True)
class Pairs:
    """How many pairs of unknown and of known wallets clusters hold, how many are right, and how many there are."""

    unknown: int
    made: int
    right: int
    whole: int

    def __str__(self) -> str:
        shares = f"{share(self.right, self.made)} | {share(self.right, self.whole)}"
        return f"{self.unknown} | {self.made} | {self.right} | {shares}"


def share(part: int, whole: int) -> str:
    """A share to three places, rounded down, so that 1.000 means all; a dash where there is nothing to share."""
    return f"{part * 1000 // whole // 1000}.{part * 1000 // whole % 1000:03d}" if whole else "-"


def wallets(told: Mapping[str, Mapping[str, Any]], transactions: tuple[Transaction, ...]) -> dict[str, str]:
    """The wallet of every address of which the file tells it, or leaves but one."""
    found: dict[str, str] = {}
    for row in told.values():
        for leg in (*row["inputs"], *row["outputs"]):
            if leg.get("address") and leg.get("owner"):
                found[leg["address"]] = leg["owner"]
        if not row["is_coinjoin"]:
            found.update(
                (leg["address"], GIVER) for leg in row["inputs"] if leg.get("address") and not leg.get("owner")
            )
    for one in payments(transactions, dict(told)):
        found[one.transaction.transfers[0].outputs[one.change].address] = GIVER
    return found


def pairs(clusters: Iterable[Cluster], whose: Mapping[str, str]) -> Pairs:
    """Count the pairs of clusters against the wallets."""
    made = right = every = 0
    for one in clusters:
        every += two_of(len(one.members))
        known = Counter(whose[member] for member in one.members if member in whose)
        made += two_of(known.total())
        right += sum(map(two_of, known.values()))
    return Pairs(every - made, made, right, sum(map(two_of, Counter(whose.values()).values())))


def two_of(number: int) -> int:
    """In how many ways two can be taken."""
    return number * (number - 1) // 2


def joined(view: CaseView, chain: str, *rules: str) -> Clusters:
    """The clusters of a file, by some rules or by all."""
    return looked(view, chain, heuristics(), Terms(rules=frozenset(rules) or None)).clusters


def measured(name: str) -> Iterator[str]:
    """The lines of one emulated set: all rules together, then each that joins anything."""
    chain = "bitcoin-regtest"
    with opened(path(name), chain) as (view, transactions):
        whose = wallets(rows(name), transactions)
        together = joined(view, chain)
        used = sorted({one.rule for one in together.unions})
        forms = {"all": together, **{rule: joined(view, chain, rule) for rule in used}}
    for label, found in forms.items():
        several = list(found)
        yield f"| {name} | {len(transactions)} | {label} | {len(several)} | {pairs(several, whose)} |\n"


def signed(wallet_of: Mapping[str, str], file: Path, chain: str) -> Iterator[str]:
    """The same lines of a chain that was made here, of which the wallet of every address but the miner's is known."""
    with opened(file, chain) as (view, transactions):
        paid = {leg.address for one in transactions if one.utxo is not None for leg in one.utxo.outputs}
        whose = {address: wallet for address, wallet in wallet_of.items() if address in paid}
        together = joined(view, chain)
        used = sorted({one.rule for one in together.unions})
        forms = {"all": together, **{rule: joined(view, chain, rule) for rule in used}}
    spends = sum(bool(one.utxo is not None and one.utxo.inputs) for one in transactions)
    for label, found in forms.items():
        several = list(found)
        yield f"| {REGTEST} | {spends} | {label} | {len(several)} | {pairs(several, whose)} |\n"


def regtest() -> str:
    """The lines of the chain that the tests make."""
    from tests.chaintrace.case import wallets_chain

    with TemporaryDirectory() as folder:
        return "".join(signed(wallets_chain.wallets(), wallets_chain.write(Path(folder)), wallets_chain.CHAIN))


def of(name: str) -> Pairs:
    """What all rules together do on one emulated set."""
    with opened(path(name), "bitcoin-regtest") as (view, transactions):
        return pairs(joined(view, "bitcoin-regtest"), wallets(rows(name), transactions))


def silent(name: str) -> str:
    """The line of a set of coinjoins."""
    with opened(path(name), "bitcoin") as (view, transactions):
        return f"| {name} | {len(transactions)} | {len(list(joined(view, 'bitcoin')))} |\n"


def path(name: str) -> Path:
    """The file of a set."""
    return SHARED / "coinjoin" / f"{name}.jsonl.gz"


def section() -> str:
    """What stands in docs/accuracy.md."""
    told = "".join(line for name in EMULATED for line in measured(name)) + regtest()
    return HEAD + told + SILENT + "".join(map(silent, MIXED))


if __name__ == "__main__":
    print(section(), end="")
