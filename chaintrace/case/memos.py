"""The memos of credits, and where one is missing that a service needs to know which customer was paid."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from chaintrace.adapters.rows import memo_of
from chaintrace.case.view import CaseView
from chaintrace.model.trace import Endpoint, Trace
from chaintrace.report.wording import MEMO_MISSING
from chaintrace.resources import read_text

Memos = Mapping[tuple[str, str, str], tuple[str, ...]]
"""(chain, txid, index) of a credit to the memos that were observed of it: anybody's words."""

MEMO = "memo"
"""`Observation.what` of a memo or destination tag of a whole transaction."""

ALERT = MEMO_MISSING
"""How the note of a report begins on credits that lack what tells a service whom to credit."""


@dataclass(frozen=True, slots=True)
class Convention:
    """How a chain calls what is written beside a payment, and whether services tell their customers apart by it."""

    called: str
    needed: bool


@cache
def conventions() -> Mapping[str, Convention]:
    """What is known of each chain (data/memos.csv); of others nothing is known, and so nothing is missed."""
    rows = csv.DictReader(io.StringIO(read_text("memos.csv")))
    return MappingProxyType({row["chain"]: Convention(row["called"], row["needed"] == "yes") for row in rows})


def told_apart() -> frozenset[str]:
    """The chains on which a memo is part of the endpoint: services tell their customers apart by it."""
    return frozenset(chain for chain, one in conventions().items() if one.needed)


def memos(view: CaseView, traces: Iterable[Trace]) -> Memos:
    """The memos of every credit at a stop: those of its transfer, and those of its transaction as a whole."""
    found: dict[tuple[str, str, str], tuple[str, ...]] = {}
    for trace in traces:
        for end in trace.outcomes:
            key = (end.asset.chain, end.txid, end.index)
            if isinstance(end, Endpoint) and key not in found:
                of_it = {MEMO, memo_of(end.index)}
                seen = (one.value for one in view.observations(*key[:2]) if one.what in of_it and one.value)
                found[key] = tuple(dict.fromkeys(seen))
    return {key: told for key, told in sorted(found.items()) if told}


def missing_memos(told: Memos, traces: Iterable[Trace]) -> Iterator[str]:
    """A sentence for each address with credits that lack a memo on a chain where services need one."""
    lacking: dict[tuple[str, str], set[tuple[str, str]]] = {}
    needing = told_apart()
    for trace in traces:
        for end in trace.outcomes:
            chain = end.asset.chain
            if isinstance(end, Endpoint) and chain in needing and (chain, end.txid, end.index) not in told:
                lacking.setdefault((chain, end.address), set()).add((end.txid, end.index))
    for (chain, address), several in sorted(lacking.items()):
        called = conventions()[chain].called
        yield (
            f"{ALERT}: of {len(several)} credits to {address} on {chain} no {called} is known. Services on this chain "
            "tell their customers apart by it: look it up, for without it a request names no account."
        )
