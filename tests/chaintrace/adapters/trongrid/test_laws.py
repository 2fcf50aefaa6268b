"""Whatever a host does to its lists, a history that is said to be whole is whole."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from chaintrace.adapters.trongrid.reading import Reading, read_on
from chaintrace.adapters.trongrid.rows import Row, token_row
from chaintrace.model.chain import Account, Asset
from tests.chaintrace.adapters.tron.making import ALICE, BOB, TOKEN
from tests.chaintrace.adapters.trongrid.asked import START, asked, paid, txid
from tests.hostile.tron_ledger import TronLedger

TIMES = st.lists(st.integers(0, 40), min_size=0, max_size=60)


@settings(max_examples=25, deadline=None)
@given(
    TIMES,
    st.sampled_from((3, 7, 20)),
    st.booleans(),
    st.sets(st.integers(0, 59), max_size=2),
    st.sampled_from((frozenset({"balance"}), frozenset({"balance", "events", "blocks"}))),
)
def test_a_history_that_is_equal_to_the_balance_has_every_movement_or_those_that_are_lost_sum_to_nothing(
    slots: list[int], page: int, loses: bool, lost: set[int], offers: frozenset[str]
) -> None:
    transfers = [
        paid(place, *((BOB, ALICE) if place % 3 else (ALICE, BOB)), 1 << place, time=START + 3 * slot)
        for place, slot in enumerate(sorted(slots))
    ]
    enough = sum(one.value for one in transfers) + 1
    ledger = TronLedger.of([paid(99, BOB, ALICE, enough, time=START - 3), *transfers])
    drops = frozenset(txid(place) for place in lost)
    missing = {one.txid for one in transfers} & drops
    with (
        tempfile.TemporaryDirectory() as folder,
        asked(Path(folder), ledger, page=page, loses_fingerprints=loses, drops=drops, offers=offers) as a,
    ):
        reply = a.history()
    told = {one.txid for one in reply.transactions}
    (coverage,) = reply.coverage
    if coverage.how == "balance equal":
        assert told == {one.txid for one in ledger.paid}
    else:
        assert coverage.how == "claimed"
        assert {gap.kind for gap in reply.gaps} >= {"balance", "claimed"}
        assert missing or (loses and _is_crowded(slots, page))
    orders = [part.order for one in reply.transactions for part in one.transfers]
    assert len({one.txid for one in reply.transactions}) == len(reply.transactions)
    assert orders == sorted(orders)


def _is_crowded(slots: list[int], page: int) -> bool:
    """Whether a block has as many rows as a page holds: without a fingerprint nothing leads past it."""
    return any(slots.count(slot) >= page for slot in slots)


@settings(max_examples=60, deadline=None)
@given(TIMES, st.data())
def test_reading_ends_whatever_the_pages_are(times: list[int], data: st.DataObject) -> None:
    """Pages at random, marks at random: reading ends, and has all that it was shown."""
    rows = [_row(place, time) for place, time in enumerate(times)]
    shown: set[tuple[str, ...]] = set()
    asked_for = 0

    def ask(_query: object) -> tuple[list[Row], str]:
        nonlocal asked_for
        asked_for += 1
        page = data.draw(st.lists(st.sampled_from(rows), max_size=8)) if rows else []
        shown.update(row.key for row in page)
        return page, data.draw(st.sampled_from(("", "a", "b", str(asked_for))))

    reading = read_on(ask, Reading(), (0, 1 << 31), 1_000, rising=data.draw(st.booleans()))
    assert reading.rows.keys() == shown
    assert asked_for <= 3 * len(rows) + 6


def _row(place: int, slot: int) -> Row:
    told = {"transaction_id": txid(place), "token_info": {"address": TOKEN}, "type": "Transfer", "value": "1"}
    row = {**told, "block_timestamp": (START + 3 * slot) * 1000, "from": BOB, "to": ALICE}
    return token_row(Account(ALICE, Asset("tron", TOKEN)), row)
