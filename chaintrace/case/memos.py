"""The memos of credits, and where one is missing that a service needs to know which customer was paid."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from chaintrace.case.view import CaseView
from chaintrace.model.trace import Endpoint, Trace
from chaintrace.report.wording import MEMO_MISSING
from chaintrace.resources import read_text

Memos = Mapping[tuple[str, str], tuple[str, ...]]
"""(chain, txid) to the memos that were observed of it: anybody's words."""

MEMO = "memo"
"""`Observation.what` of a memo or destination tag."""

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


def memos(view: CaseView, traces: Iterable[Trace]) -> Memos:
    """The memos of every transaction in which value arrived at a stop."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for trace in traces:
        for end in trace.outcomes:
            key = (end.asset.chain, end.txid)
            if isinstance(end, Endpoint) and key not in found:
                seen = (one.value for one in view.observations(*key) if one.what == MEMO and one.value)
                found[key] = tuple(dict.fromkeys(seen))
    return {key: told for key, told in sorted(found.items()) if told}


def missing_memos(told: Memos, traces: Iterable[Trace]) -> Iterator[str]:
    """A sentence for each address with credits that lack a memo on a chain where services need one."""
    lacking: dict[tuple[str, str], set[str]] = {}
    for trace in traces:
        for end in trace.outcomes:
            known = conventions().get(end.asset.chain)
            if isinstance(end, Endpoint) and known and known.needed and (end.asset.chain, end.txid) not in told:
                lacking.setdefault((end.asset.chain, end.address), set()).add(end.txid)
    for (chain, address), txids in sorted(lacking.items()):
        called = conventions()[chain].called
        yield (
            f"{ALERT}: of {len(txids)} credits to {address} on {chain} no {called} is known. Services on this chain "
            "tell their customers apart by it: look it up, for without it a request names no account."
        )
