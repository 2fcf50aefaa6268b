"""Flows that are too large for a picture: a crowd of receivers with hostile labels, and a long chain."""

from __future__ import annotations

from dataclasses import replace

from chaintrace.model.attribution import Tag
from chaintrace.model.trace import Claim, Endpoint, Hop, NotFollowed, Resting, Trace
from tests.chaintrace.report.samples import T0, USD, accounts, transfer

HOSTILE = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(2)>",
    "</script><svg onload=alert(3)>",
    "\u202egnp.exe\u200b\x1b[31m",
    "\u2028{value}\u2029 $& __proto__",
    "&lt;b&gt; &amp; ]]> --> <!--",
)
CATEGORIES = ("exchange", "mixing_service", "defi_bridge", "law_enforcement")
PAID = 10**12
EACH = 7_000_003


def crowd(middle: int = 90, ends: int = 400):
    """A payment to W, from there to `middle` addresses and from each to its ends: some stop there, some rest.

    Under `lifo` the last ten addresses of the middle get nothing, and the first one all that they had.
    """
    return accounts(
        traces={name: _crowd(name, middle, ends) for name in ("fifo", "lifo")},
        methods=("fifo", "lifo"),
        tags=_tags(ends),
    )


def _tags(ends: int) -> dict[tuple[str, str], tuple[Tag, ...]]:
    """A tag at every third end; each hostile text is a label, and the source of the next one."""
    found = {}
    for at, n in enumerate(range(0, ends, 3)):
        said = (HOSTILE[at % 6], "", CATEGORIES[at % 4], 50, HOSTILE[(at + 1) % 6], "2024-01-01")
        found["ledger", f"E{n:03}"] = (Tag("ledger", f"E{n:03}", *said, stops=True),)
    return found


def _crowd(method: str, middle: int, ends: int) -> Trace:
    tags = _tags(ends)
    seed = transfer(1, "V", "W", PAID)
    hops = [Hop(1, seed, "tx1", "0", "V", "W", USD, PAID, PAID, "A", 0, "seed")]
    outcomes: list = []
    held: dict[int, int] = {}
    for n in range(ends):
        held[n % middle] = held.get(n % middle, 0) + EACH * (ends - n)
    late = range(max(middle - 10, 1), middle) if method == "lifo" else range(0)
    moved = {at: held.pop(at) for at in late}
    held[0] += sum(moved.values())
    step = 2
    for at, value in held.items():
        tx = transfer(step, "W", f"M{at:03}", value)
        hops.append(Hop(step, tx, tx.txid, "0", "W", f"M{at:03}", USD, value, value, "A", 1, method))
        step += 1
    rest = PAID - sum(held.values())
    outcomes.append(Resting("A", USD, rest, "W", "", "", T0, None, since=T0))
    for n in range(ends):
        at = n % middle if n % middle in held else 0
        value, to = EACH * (ends - n), f"E{n:03}"
        tx = transfer(step, f"M{at:03}", to, value)
        hops.append(Hop(step, tx, tx.txid, "0", f"M{at:03}", to, USD, value, value, "A", 2, method))
        known = tags.get(("ledger", to))
        where = ("A", USD, value, to, tx.txid, "0", T0 + step, None)
        if known:
            outcomes.append(Endpoint(*where, None, value, 2, step, known))
        else:
            outcomes.append(NotFollowed(*where, None, value, 2, step, "history not in the sources"))
        step += 1
    claim = Claim("A", seed, "ledger", "tx1", "0", USD, "W", PAID, PAID)
    return Trace(method, (claim,), tuple(hops), tuple(outcomes), (), ())


def chain(length: int):
    """A payment that goes on so many times, a little less each time; what is left behind goes to a place of its own."""
    value, hops, outcomes = PAID, [], []
    seed = transfer(0, "V", "H0", PAID)
    hops.append(Hop(0, seed, "tx0", "0", "V", "H0", USD, PAID, PAID, "A", 0, "seed"))
    for n in range(length // 2):
        tx, peel = (
            transfer(2 * n + 1, f"H{n}", f"H{n + 1}", value - 1_000),
            transfer(2 * n + 2, f"H{n}", f"P{n}", 1_000),
        )
        value -= 1_000
        hops.append(Hop(2 * n + 1, tx, tx.txid, "0", f"H{n}", f"H{n + 1}", USD, value, value, "A", n + 1, "fifo"))
        hops.append(Hop(2 * n + 2, peel, peel.txid, "0", f"H{n}", f"P{n}", USD, 1_000, 1_000, "A", n + 1, "fifo"))
        outcomes.append(Resting("A", USD, 1_000, f"P{n}", "", "", T0, None, since=T0))
    outcomes.append(Resting("A", USD, value, f"H{length // 2}", "", "", T0, None, since=T0))
    claim = Claim("A", seed, "ledger", "tx0", "0", USD, "H0", PAID, PAID)
    trace = Trace("fifo", (claim,), tuple(hops), tuple(outcomes), (), ())
    traces = {name: replace(trace, method=name) for name in ("fifo", "lifo", "libr", "haircut")}
    return accounts(traces=traces, methods=tuple(traces), tags={})
