"""M17: poison marks holdings, it allocates nothing. Which stops can each origin have reached at all?"""

from __future__ import annotations

from collections import defaultdict

from tests.oracle.legs import Legs
from tests.oracle.links import Leg, Link, Links, bridge_of
from tests.oracle.reading import Case, Transfer, Tx

# The two readings that a reader may want to turn (README.md, M17).
LIMITS_ACT = True  # min_value on the whole movement and max_hops on the mark's least hop; never max_transactions
PASSES_UNKNOWN_INPUTS = True  # marks need no values, so M11 does not stop them

Marks = dict[str, int]  # origin: least hop
Spots = defaultdict[int, set[str]]  # of a link whose other side nobody holds: where marked legs went


def reached(case: Case, legs: Legs, links: Links) -> set[tuple[str, str, str, str]]:
    """(origin, chain, address, asset) of every stop at which a marked value above 0 arrives."""
    found: set[tuple[str, str, str, str]] = set()
    balance: dict[tuple[str, str, str], int] = defaultdict(int, legs.openings)
    marks: dict[tuple[str, str, str], Marks] = defaultdict(dict)
    coins: dict[tuple[str, str], Marks] = {}
    for absent in legs.absent:
        went = arrive(case, legs, found, (absent.chain, absent.address, "BTC", absent.value), {absent.origin: 0}, None)
        merge(coins.setdefault((absent.chain, absent.outpoint), {}), went)
    for link in links.links:
        link.begin()
    over: dict[int, Marks] = defaultdict(dict)
    spots: Spots = defaultdict(set)
    for event in links.events():
        if isinstance(event, Transfer):
            account_step(case, legs, links, found, event, balance, marks, over, spots)
        else:
            utxo_step(case, legs, links, found, event, coins, over, spots)
        for link in links.settled(event):
            if not link.into:  # nobody holds the other side: what went out ends there
                chain, asset = link.out[0][0], links.asset(link.out[0])
                found |= {(origin, chain, place, asset) for place in spots[id(link)] for origin in over[id(link)]}
    return found


def through(links: Links, leg: Leg, value: int, moved: Marks, over: dict[int, Marks]) -> Link | None:
    """Add to the marks of a leg what a link brings, whole; the link out of which it goes."""
    link = links.of_in(leg)
    if link is not None and value:
        merge(moved, {origin: hop + 1 for origin, hop in over[id(link)].items()})
    return links.of_out(leg)


def merge(into: Marks, marks: Marks) -> None:
    for origin, hop in marks.items():
        into[origin] = min(hop, into.get(origin, hop))


def account_step(
    case: Case,
    legs: Legs,
    links: Links,
    found: set[tuple[str, str, str, str]],
    t: Transfer,
    balance: dict[tuple[str, str, str], int],
    marks: dict[tuple[str, str, str], Marks],
    over: dict[int, Marks],
    spots: Spots,
) -> None:
    """A movement of nothing marks nobody; a transfer to itself changes nothing."""
    if legs.to_itself(t) or not t.value:
        return
    payer = legs.pool_key(t.chain, t.sender, t.asset)
    payee = legs.pool_key(t.chain, t.receiver, t.asset)
    moved: Marks = {}
    if payer:
        moved = {origin: hop + 1 for origin, hop in marks[payer].items()}
        balance[payer] -= t.value
        if not balance[payer]:
            marks[payer] = {}
    out = through(links, (t.chain, t.txid, t.index), t.value, moved, over)
    merge(moved, dict.fromkeys(legs.seeds.get((t.chain, t.txid, t.index), []), 0))
    went = arrive(case, legs, found, (t.chain, t.receiver, t.asset, t.value), moved, out)
    if out:
        if moved:
            spots[id(out)].add(bridge_of(t.receiver, t.asset))
        merge(over[id(out)], went)
        went = {}
    if payee:
        balance[payee] += t.value
        if legs.covered(t.chain, t.receiver, t.asset, t.order[0]):
            merge(marks[payee], went)


def utxo_step(
    case: Case,
    legs: Legs,
    links: Links,
    found: set[tuple[str, str, str, str]],
    tx: Tx,
    coins: dict[tuple[str, str], Marks],
    over: dict[int, Marks],
    spots: Spots,
) -> None:
    """Any marked input marks every output."""
    moved: Marks = {}
    for outpoint, _, _ in tx.inputs:
        merge(moved, {origin: hop + 1 for origin, hop in coins.pop((tx.chain, outpoint), {}).items()})
    if not PASSES_UNKNOWN_INPUTS and any(value is None for _, value, _ in tx.inputs):
        moved = {}
    for vout, (value, address, burned) in enumerate(tx.outputs):
        mine = dict(moved)
        out = through(links, (tx.chain, tx.txid, str(vout)), value, mine, over)
        merge(mine, dict.fromkeys(legs.seeds.get((tx.chain, tx.txid, str(vout)), []), 0))
        if (not burned or out) and value:
            went = arrive(case, legs, found, (tx.chain, address, "BTC", value), mine, out)
            if out:
                if mine:
                    spots[id(out)].add(bridge_of(address, "BTC"))
                merge(over[id(out)], went)
                went = {}
            coins[tx.chain, f"{tx.txid}:{vout}"] = went


def arrive(
    case: Case,
    legs: Legs,
    found: set[tuple[str, str, str, str]],
    place: tuple[str, str, str, int],
    marks: Marks,
    out: Link | None,
) -> Marks:
    """The marks that go on, by the order of M25; those that reach a stop are added to `found`.

    `place` is chain, address, asset and value; `out` the link out of which the leg goes.
    """
    chain, address, asset, value = place
    went = {}
    for origin, hop in marks.items():
        if (chain, address, origin) in legs.returns:
            continue
        if (chain, address) in case.stops and out is None:
            if value:
                found.add((origin, chain, address, asset))
            continue
        small = value < case.min_value.get(f"{chain}:{asset}", 0)
        if (out is not None and not out.into) or not (LIMITS_ACT and (small or hop >= case.max_hops)):
            went[origin] = hop
    return went
