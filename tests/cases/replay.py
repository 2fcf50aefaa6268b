"""A second tracer, plain and slow, that the shipped expectations are checked with. It imports nothing of chaintrace.

Pools are lists of (origin, value), oldest first; origin None is unidentified. Values in base units. An answer is a
dict {(origin, outcome, where): value}, with the `where` that `data/cases/README.md` describes. It knows what the
shipped cases need: a covered holding or not, stops, seeds; no limits, no returns, no burns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

Lot = tuple[str | None, int]
Found = dict[tuple[str, str, str], int]
METHODS = ("fifo", "lifo", "libr", "haircut")
NOT_IN_SOURCES = "history not in the sources"


class Movement(NamedTuple):
    """One row of transfers-csv."""

    txid: str
    source: str
    target: str
    value: int


def take(method: str, lots: Sequence[Lot], value: int) -> tuple[list[Lot], list[Lot]]:
    """(taken, kept): what leaves a pool under a method, and what stays. Raises ValueError when the pool is short."""
    if value > sum(part for _, part in lots):
        raise ValueError(f"{value} asked of a pool of {sum(part for _, part in lots)}")
    if method == "fifo":
        return from_front(lots, value)
    if method == "lifo":
        left, gone = from_front(lots, sum(part for _, part in lots) - value)
        return gone, left
    shares = libr_shares(lots, value) if method == "libr" else pro_rata(totals(lots), value)
    kept = {origin: part - shares[origin] for origin, part in totals(lots).items()}
    return listed(shares), listed(kept)


def from_front(lots: Sequence[Lot], value: int) -> tuple[list[Lot], list[Lot]]:
    """The oldest lots up to a value, and the rest."""
    front, rest = list[Lot](), list[Lot]()
    for origin, part in lots:
        first = min(part, value)
        value -= first
        front += [(origin, first)] if first else []
        rest += [(origin, part - first)] if part > first else []
    return front, rest


def totals(lots: Iterable[Lot]) -> dict[str | None, int]:
    """Value by origin, in the order of arrival."""
    sums = dict[str | None, int]()
    for origin, part in lots:
        sums[origin] = sums.get(origin, 0) + part
    return sums


def listed(sums: Mapping[str | None, int]) -> list[Lot]:
    """The origins that hold something, as lots."""
    return [(origin, part) for origin, part in sums.items() if part]


def pro_rata(sums: Mapping[str | None, int], value: int) -> dict[str | None, int]:
    """M16: floors, then the spare units to the largest remainders, ties to the earlier origin."""
    whole = sum(sums.values())
    shares = {origin: part * value // whole for origin, part in sums.items()} if whole else dict.fromkeys(sums, 0)
    spare = value - sum(shares.values())
    for origin in sorted(sums, key=lambda origin: -(sums[origin] * value % whole) if whole else 0)[:spare]:
        shares[origin] += 1
    return shares


def libr_shares(lots: Sequence[Lot], value: int) -> dict[str | None, int]:
    """M14: the unidentified value first, the rest pro rata between the origins."""
    sums = totals(lots)
    free = min(sums.get(None, 0), value)
    shares = pro_rata({origin: part for origin, part in sums.items() if origin is not None}, value - free)
    return {origin: free if origin is None else shares[origin] for origin in sums}


class Ledger:
    """What the trace has found so far, and the tests that decide where a lot ends (M21, M10)."""

    def __init__(self, stops: Collection[str], complete: Collection[str] | None) -> None:
        self.stops = stops
        self.complete = complete  # None: every address
        self.found = Counter[tuple[str, str, str]]()

    def add(self, lots: Iterable[Lot], outcome: str, where: str) -> None:
        """Count traced lots under an outcome."""
        for origin, part in lots:
            if origin is not None and part:
                self.found[origin, outcome, where] += part

    def covered(self, address: str) -> bool:
        """Whether the source holds every movement of the address."""
        return self.complete is None or address in self.complete


def seeded(lots: list[Lot], origin: str | None, ledger: Ledger) -> list[Lot]:
    """M19: a seed gives its origin to the unidentified part of the leg."""
    if origin is None:
        return lots
    ledger.add([(origin, part) for held, part in lots if held is None], "seed", "")
    return [(origin if held is None else held, part) for held, part in lots]


def opening(movements: Iterable[Movement], address: str) -> int:
    """M9: the least opening balance that keeps the running balance of an address from going negative."""
    balance, least = 0, 0
    for move in movements:
        if move.source == address:
            least = min(least, balance - move.value)
        balance += move.value * ((move.target == address) - (move.source == address))
    return -least


def replay_account(
    method: str, movements: Sequence[Movement], seeds: Mapping[str, str], ledger: Ledger
) -> tuple[Found, dict[str, int]]:
    """Follow the seeds {txid: origin} through an account ledger.

    The second answer is the opening balance assumed at each holding where traced value arrives, where it is not 0.
    """
    watched = set(ledger.complete or ()) - set(ledger.stops)
    openings = {address: opening(movements, address) for address in watched}
    pools: dict[str, list[Lot]] = {address: listed({None: value}) for address, value in openings.items()}
    woken = set[str]()
    for move in movements:
        if move.source == move.target:
            continue
        leg: list[Lot] = [(None, move.value)]
        if move.source in watched:
            leg, pools[move.source] = take(method, pools[move.source], move.value)
        leg = seeded(leg, seeds.get(move.txid), ledger)
        if move.target in watched:
            pools[move.target] += leg
            woken |= {move.target for origin, part in leg if origin is not None and part}
        elif move.target in ledger.stops:
            ledger.add(leg, "endpoint", move.target)
        else:
            ledger.add(leg, "not_followed", NOT_IN_SOURCES)
    for address, pool in pools.items():
        ledger.add(pool, "resting", address)
    return dict(ledger.found), {address: openings[address] for address in woken if openings[address]}


def replay_utxo(
    method: str, transactions: Sequence[Mapping[str, Any]], seeds: Mapping[str, str], ledger: Ledger
) -> Found:
    """Follow the seeds {outpoint: origin} through a UTXO ledger whose input values are known."""
    coins = dict[str, tuple[str, list[Lot]]]()
    for tx in transactions:
        pool = list[Lot]()
        for leg in tx["inputs"]:
            name = f"{leg['prev_txid']}:{leg['prev_vout']}"
            if name not in coins:  # a coin from outside the file: unidentified, or a seed (M19)
                coins[name] = ("", seeded([(None, leg["value"])], seeds.get(name), ledger))
            pool += coins.pop(name)[1]
        if tx["coinbase"]:
            pool = [(None, sum(leg["value"] for leg in tx["outputs"]))]
        for leg in tx["outputs"]:
            name = f"{tx['txid']}:{leg['n']}"
            lots, pool = take(method, pool, leg["value"])
            lots = seeded(lots, seeds.get(name), ledger)
            if leg["address"] in ledger.stops:
                ledger.add(lots, "endpoint", leg["address"])
                lots = [(None, leg["value"])]
            coins[name] = (leg["address"], lots)
        ledger.add(pool, "fee", "")
    for name, (address, lots) in coins.items():
        resting = ledger.covered(address)
        ledger.add(lots, "resting" if resting else "not_followed", name if resting else NOT_IN_SOURCES)
    return dict(ledger.found)
