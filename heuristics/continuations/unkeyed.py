"""Unkeyed: a contract pays out what came from another chain, and no log says for which deposit there."""

from collections.abc import Iterator

from heuristics.continuations.flows import holder
from heuristics.continuations.verdict import Seen, Verdict


def unkeyed(seen: Seen) -> Iterator[Verdict]:
    """What the contracts of `unkeyed` rows pay in a transaction, once for each chain from which it came.

    It joins nothing. Whoever goes back learns where to ask. The address is that of whoever gets it, `""` of several.
    """
    told: dict[str, dict[str, None]] = {}
    for part in seen.transaction.transfers:
        payer, payee = holder(part, paid=True), holder(part, paid=False)
        for row in seen.rows(payer, "unkeyed") if payer and payee not in {"", payer} and part.kind != "fee" else ():
            text = f"delivered from {row.said('origin').removeprefix('=')} by {row.protocol}, which logs no key of it"
            told.setdefault(text, {})[payee] = None
    for text, payees in told.items():
        address, to = (next(iter(payees)), "") if len(payees) == 1 else ("", f", to {len(payees)} addresses")
        yield Verdict("delivery", address, f"{text}{to}: no source has the deposit")
