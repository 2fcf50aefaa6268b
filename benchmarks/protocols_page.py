"""What the rules of continuation say of every recorded receipt: writes docs/protocols.md.

Run `python -m benchmarks.protocols_page` in a checkout with ../shared beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.receipts import Receipt, Receipts, view
from heuristics.continuations.bridge import bridges
from heuristics.continuations.crossings import crossings
from heuristics.continuations.swap import swaps
from heuristics.continuations.verdict import Verdict, seen
from heuristics.continuations.wrap import wraps

PAGE = Path(__file__).resolve().parent.parent / "docs" / "protocols.md"
HEAD = """# Protocols, and what is said of every recorded receipt

`python -m benchmarks.protocols_page` writes this page.

The rules `swap`, `wrap` and `bridge` say where value goes on in another asset or on another chain (M23). What they know
of protocols is data, in `data/protocols/`: each row has its source and the day on which it was read.
[adding-a-protocol.md](adding-a-protocol.md) says how to add one. The net flow of an address decides; what a contract
logs names the protocol, and only the contracts of the table count. A pool's log counts as far as the transfers bear it
out.

The rules `by_amount`, `by_code`, `by_memo` and `by_service` give leads alone, which nothing follows unless a person
accepts one. They rest on time and amount, on the last digits of a value, on what a memo asks THORChain for, also on
Bitcoin, and on what a custodial service paid out soon after. `not_continued` says why a transaction through a known
protocol was not continued.

The receipts are recorded from real chains, and hold no calls: where a contract pays the native asset, that is not seen,
and the legs that came are "not shown". Amounts stand in the findings, not here.

## How many

"""
RECEIPTS = """
## Every receipt

By the folder it lies in: the chain, the beginning of the txid, and what is said. Legs are named as in M1.

| folder | chain | txid | verdict |
|---|---|---|---|
"""
WAYS = """
## Ways of bridges

A way is a protocol with one of its routes, and a key by which its two sides are joined: an argument of an event, a fact
of its transaction (`@`), or what a function computes from it (`#`, in `heuristics/continuations/keys.py`). Counted are
the crossings that the recorded receipts show on either side. A way without any was tried on made logs alone, which its
source describes (`tests/heuristics/continuations/`); so was each way on the side of which nothing was recorded. The
recorded exits from Polygon show the burns that they answer to, whose own transactions were not recorded.

| protocol | way | key | deposits | deliveries |
|---|---|---|---|---|
"""
TABLE = """
## The table

Contracts by protocol, and what their rows tell. A pool, a share and an account may be any contract.

| protocol | chains | contracts | rows | tells |
|---|---|---|---|---|
"""
_SHOWN = 14


def page() -> str:
    """The whole page."""
    held = view()
    lines = [(one, tuple(verdicts(held, one))) for one in held.told]
    counted = Counter(_sort(found) for _, found in lines)
    counts = "".join(f"| {what} | {counted[what]} |\n" for what in sorted(counted))
    rows = "".join(_row(one, found) for one, found in lines)
    ways = f"{WAYS}{''.join(_ways(held))}"
    return f"{HEAD}| verdict | receipts |\n|---|---|\n{counts}{RECEIPTS}{rows}{ways}{TABLE}{''.join(_protocols(held))}"


def verdicts(held: Receipts, one: Receipt) -> Iterator[Verdict]:
    """What the three rules say of a receipt: what they find, else why they find nothing."""
    told = seen(one.transaction, held)
    said = (*bridges(told, held), *swaps(told), *wraps(told))
    found = tuple(verdict for verdict in said if verdict.finding is not None)
    delivered = tuple(verdict for verdict in said if verdict.what == "delivery")
    yield from found or delivered or said


def _sort(found: tuple[Verdict, ...]) -> str:
    """The verdict of a receipt in a word."""
    if not found:
        return "nothing moves that could go on"
    kinds = sorted({verdict.what for verdict in found})
    return ", ".join("no continuation" if kind == "none" else kind for kind in kinds)


def _row(one: Receipt, found: tuple[Verdict, ...]) -> str:
    """One line of the table of receipts."""
    transaction = one.transaction
    text = "<br>".join(dict.fromkeys(map(_text, found))) or "nothing moves that could go on"
    return f"| {one.folder} | {transaction.chain} | `{transaction.txid[:_SHOWN]}` | {text} |\n"


def _text(verdict: Verdict) -> str:
    """What is said of one address."""
    who = f"`{verdict.address[:_SHOWN]}`: " if verdict.address else ""
    finding = verdict.finding
    if finding is None:
        return f"{who}{'nothing: ' if verdict.what == 'none' else ''}{verdict.text}"
    out = " ".join(leg.index for leg in finding.outgoing)
    came = " ".join(leg.index for leg in finding.incoming) or "not shown"
    back = "".join(f", back {leg.index}" for leg in finding.refunded)
    there = ""
    if verdict.what == "bridge":
        found = f" in `{finding.object[:_SHOWN]}`" if len(finding.evidence) > 1 else ""
        there = f" to {finding.to_chain}{found}"
    return f"{who}{verdict.what} by {finding.protocol}{there}: {out} → {came}{back}"


def _ways(held: Receipts) -> Iterator[str]:
    """The table of the ways of bridges: by which key, and what of them was recorded."""
    counted: Counter[tuple[str, str, str]] = Counter()
    for one in held.told:
        told = seen(one.transaction, held)
        for side in ("sent", "received"):
            counted.update((side, found.protocol, found.route) for found in crossings(told, side))
    rows = [row for row in held.known.rows if row.shape in {"sent", "received", "burned", "detail"}]
    for protocol, route in sorted(
        {(row.protocol, row.route) for row in rows}, key=lambda way: (way[0].casefold(), way)
    ):
        own = [row for row in rows if (row.protocol, row.route) == (protocol, route)]
        keys = dict.fromkeys(", ".join(row.fields["key"]) for row in own if "key" in row.fields)
        key = "<br>".join(f"`{one}`" for one in keys) or "none"
        sent, received = (counted[side, protocol, route] for side in ("sent", "received"))
        yield f"| {protocol} | {route or '-'} | {key} | {sent} | {received} |\n"


def _protocols(held: Receipts) -> Iterator[str]:
    """The table of protocols."""
    rows = held.known.rows
    for protocol in dict.fromkeys(row.protocol for row in sorted(rows, key=lambda row: row.protocol.casefold())):
        own = [row for row in rows if row.protocol == protocol]
        chains = sorted({row.chain for row in own if row.chain})
        contracts = len({(row.chain, row.contract) for row in own if row.contract})
        shapes = ", ".join(sorted({row.shape for row in own}))
        yield f"| {protocol} | {', '.join(chains) or 'any'} | {contracts or 'any'} | {len(own)} | {shapes} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE)
