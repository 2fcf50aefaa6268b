"""Value of one payment at an address to which another one declares that value is returned (M22).

Such an address counts for its own payment alone: of any other one nobody said that it was given back. It is said, for
whoever reads of it.
"""

from collections.abc import Iterable, Iterator

from chaintrace.i18n import message
from chaintrace.model.trace import Seed, Trace

ARRIVED = message(
    "Return address: value of {origin} arrived at {address} on {chain}, which is declared as a return address of "
    "{others}. Value is returned there for that payment alone (M22); what arrived of the other one goes on, or ends, "
    "as anywhere else."
)
MORE = message("Return address: such arrivals besides those named: {number}.")

MOST = 20
"""Addresses and payments that are named."""


def of_others(seeds: Iterable[Seed], traces: Iterable[Trace]) -> Iterator[str]:
    """A sentence for each declared address and each payment whose value arrives there without having declared it."""
    declared: dict[tuple[str, str], dict[str, None]] = {}
    for seed in seeds:
        for address in sorted(seed.victim_addresses):
            declared.setdefault((seed.chain, address), {}).setdefault(seed.origin)
    if not declared:  # as in most cases: no hop need be looked at
        return
    arrived = dict.fromkeys(
        (hop.asset.chain, address, hop.origin)
        for trace in traces
        for hop in trace.hops
        for address in hop.to_address.split(";")
        if (by := declared.get((hop.asset.chain, address))) and hop.origin not in by
    )
    for chain, address, origin in sorted(arrived)[:MOST]:
        others = ", ".join(declared[chain, address])
        yield ARRIVED.format(origin=origin, address=address, chain=chain, others=others)
    if len(arrived) > MOST:
        yield MORE.format(number=len(arrived) - MOST)
