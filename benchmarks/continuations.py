"""What the rules of continuation find of pairs that are known to belong together: a section of docs/accuracy.md."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from collections.abc import Iterator, Sequence

from benchmarks.rate import Rate
from benchmarks.receipts import FOLDER, view
from chaintrace.model.finding import Continues, Moved
from heuristics.continuations.bridge import bridge
from heuristics.continuations.by_amount import WINDOW, Payment, fitting
from heuristics.continuations.swap import swap
from heuristics.continuations.wrap import wrap

PAIRS = FOLDER / "bridge-pairs"
HEAD = """
## swap, wrap and bridge: recorded receipts

Which receipt gets which verdict stands in [protocols.md](protocols.md). The legs that `swap` and `wrap` name were
compared with the raw logs of the same receipt, counted by a plain loop: gains and losses of the address agreed in every
one (`tests/heuristics/continuations/test_recorded.py`). That says that the legs are those of the address, and not that
every exchange is found.

| set | receipts | rule | receipts with a finding | of these with legs that came |
|---|---|---|---|---|
"""
KEYS = """
## bridge: pairs that are known

A pair is matched where the rule joins its two transactions, wrong where it joins one of them to another one, none where
it finds no delivery. Of the pairs of Celer the files hold hashes and what was paid in, and nothing of the other chain:
there is nothing to match, and none is claimed. Of which other ways transactions were recorded, and which were tried on
made logs alone, stands in [protocols.md](protocols.md#ways-of-bridges).

| set | pairs | rule | matched | wrong | none |
|---|---|---|---|---|---|
"""
AMOUNTS = """
## by_amount: leads, on true pairs of Nomad

What is known of a pair is its two transactions, the recipient, the token, the value and the times. For each deposit,
all deliveries of the file to the recipient of the very same value within the window are looked at. One that fits
alone is right or wrong; where several fit, the lead names them all. The real chains hold more payments than the file,
so that more would fit there. Nothing of this enters a trace unless a person accepts it.

| window | pairs | one fits, right | one fits, wrong | several fit | none fits | most that fit |
|---|---|---|---|---|---|---|
"""
WINDOWS = (30 * 60, 2 * 60 * 60, WINDOW, 7 * WINDOW)


def section() -> str:
    """What stands in docs/accuracy.md."""
    held = "".join(f"| {' | '.join(map(str, row))} |\n" for row in of_receipts())
    keys = "".join(f"| {' | '.join(map(str, row))} |\n" for row in of_pairs())
    leads = "".join(f"| {' | '.join(map(str, row))} |\n" for row in of_amounts())
    return f"{HEAD}{held}{KEYS}{keys}{AMOUNTS}{leads}"


def rates() -> Iterator[Rate]:
    """The same for data/accuracy.csv."""
    first, *_ = of_pairs()
    yield Rate("bridge", "recorded pairs", first[1], "pairs", "2023-2025", "real", *first[3:])
    row = next(row for row in of_amounts() if row[0] == shown(WINDOW))
    several, right, wrong, unsure, none = row[1:6]
    yield Rate(
        "by_amount", "Nomad", int(several), "pairs", "2022", "real", int(right), int(wrong), int(unsure) + int(none)
    )


def of_receipts() -> Iterator[tuple[str, int, str, int, int]]:
    """How often each rule speaks of the recorded receipts."""
    held = view()
    for rule in (swap, wrap, bridge):
        found = [list(rule(one.transaction, held)) for one in held.told]
        spoken = [one for one in found if one]
        whole = [one for one in spoken if any(isinstance(said, Continues) and said.incoming for said in one)]
        yield ("recorded receipts", len(held.told), rule.__name__, len(spoken), len(whole))


def of_pairs() -> list[tuple[str, int, str, int, int, int]]:
    """The pairs of receipts, and those of Celer."""
    held, counted = view(), Counter[str]()
    with (PAIRS / "receipt_pairs.csv").open(encoding="utf-8", newline="") as lines:
        pairs = list(csv.DictReader(lines))
    for pair in pairs:
        transaction = next(one.transaction for one in held.told if one.transaction.txid == pair["src_tx"])
        found = {said.object for said in bridge(transaction, held) if isinstance(said, Continues) and said.incoming}
        counted["matched" if found == {pair["dst_tx"]} else "wrong" if found else "none"] += 1
    rows = [("pairs of receipts", len(pairs), "bridge", counted["matched"], counted["wrong"], counted["none"])]
    for name in ("ETH-BNB", "ETH-Polygon"):
        with (PAIRS / f"{name}_Celer_label.csv").open(encoding="utf-8", newline="") as lines:
            labelled = sum(1 for _ in csv.DictReader(lines))
        delivered = [one for one in sample(name) if one["event"] != "Deposit"]
        if delivered:
            raise ValueError(f"the file of {name} tells of deliveries now: match them")
        rows.append((f"Celer, {name}", labelled, "bridge, by_amount", 0, 0, labelled))
    return rows


def sample(name: str) -> Sequence[dict[str, object]]:
    """What a file of Celer tells of the transactions of its pairs."""
    packed = PAIRS / f"{name}_Celer_sample.json.gz"
    text = gzip.decompress(packed.read_bytes()) if packed.exists() else packed.with_suffix("").read_bytes()
    return list(json.loads(text))


def of_amounts() -> list[tuple[str, ...]]:
    """The leads on the pairs of Nomad, by window."""
    with (PAIRS / "nomad_withdrawals.csv").open(encoding="utf-8", newline="") as lines:
        pairs = list(csv.DictReader(lines))
    by_recipient: dict[str, list[Payment]] = {}
    for pair in pairs:
        name = Moved(pair["dst_chain_id"], pair["dst_tx_hash"], pair["dst_token"])
        paid = Payment(int(pair["dst_timestamp"]), pair["beneficiary"], int(pair["amount"]), name)
        by_recipient.setdefault(pair["beneficiary"], []).append(paid)
    return [_row(window, pairs, by_recipient) for window in WINDOWS]


def _row(window: int, pairs: Sequence[dict[str, str]], by_recipient: dict[str, list[Payment]]) -> tuple[str, ...]:
    """One window: what fits each deposit."""
    counted, most = Counter[str](), 0
    for pair in pairs:
        whom, when = pair["beneficiary"], int(pair["orig_timestamp"])
        found = fitting(when, whom, (int(pair["amount"]),), by_recipient[whom], window)
        most = max(most, len(found))
        right = len(found) == 1 and found[0].name.txid == pair["dst_tx_hash"]
        counted["several" if len(found) > 1 else "right" if right else "wrong" if found else "none"] += 1
    numbers = (len(pairs), counted["right"], counted["wrong"], counted["several"], counted["none"], most)
    return (shown(window), *map(str, numbers))


def shown(window: int) -> str:
    """Seconds as a person writes them."""
    hours = window // 3600
    return f"{window // 60} minutes" if not hours else f"{hours} hours" if hours < 48 else f"{hours // 24} days"


if __name__ == "__main__":
    print(section())
