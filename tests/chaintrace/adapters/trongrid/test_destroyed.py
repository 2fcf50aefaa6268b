"""What an issuer destroyed of an account stands in no list of transfers: the events of the contract tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.chaintrace.adapters.tron.making import ALICE, BOB, CAROL
from tests.chaintrace.adapters.trongrid.asked import START, asked, paid
from tests.hostile.tron_issuer import ADDED, DESTROYED, Issue
from tests.hostile.tron_ledger import TronLedger

if TYPE_CHECKING:
    from pathlib import Path

STORY = [paid(0, BOB, ALICE, 10), paid(1, ALICE, CAROL, 3), paid(3, BOB, CAROL, 1)]
ISSUED = (
    Issue(START + 100, ADDED, ALICE),
    Issue(START + 120, DESTROYED, CAROL, 2),
    Issue(START + 123, DESTROYED, ALICE, 7),
)


class Emptied(TronLedger):
    """A ledger in which Alice's account was emptied."""

    def balance(self, address: str, contract: str = "") -> int:
        return 0 if address == ALICE else super().balance(address, contract)


def emptied() -> TronLedger:
    return Emptied.of(STORY)


def test_what_was_destroyed_is_a_burn_where_the_balance_asks_for_it(tmp_path: Path) -> None:
    with asked(tmp_path, emptied(), issued=ISSUED) as a:
        reply = a.history()
        asked_for = [path for path in a.paths() if "/events" in path]
    assert (reply.coverage[0].how, reply.gaps) == ("balance equal", ())
    moved = [(one.kind, one.value) for tx in reply.transactions for one in tx.transfers]
    assert moved == [("token", 10), ("token", 3), ("burn", 7)]
    (burn,) = reply.transactions[-1].transfers
    assert (burn.inputs[0].address, burn.outputs, reply.transactions[-1].time) == (ALICE, (), START + 123)
    assert all(f"event_name={DESTROYED}" in path for path in asked_for)


def test_a_balance_that_agrees_asks_for_no_events(tmp_path: Path) -> None:
    with asked(tmp_path, TronLedger.of(STORY), issued=ISSUED) as a:
        assert a.history().coverage[0].how == "balance equal"
        assert not any("/events" in path for path in a.paths())


@pytest.mark.parametrize("issued", [(), ISSUED[:2]])
def test_where_no_event_tells_it_the_gap_says_why_lists_may_not(tmp_path: Path, issued: tuple[Issue, ...]) -> None:
    with asked(tmp_path, emptied(), issued=issued) as a:
        gap = a.history().gaps[0]
    assert (gap.kind, gap.effect_value) == ("balance", 7)
    assert "Issue, Redeem and DestroyedBlackFunds of USDT" in gap.text


def test_a_host_that_lists_no_events_leaves_the_gap(tmp_path: Path) -> None:
    with asked(tmp_path, emptied(), issued=ISSUED, offers=frozenset({"balance", "account", "solid", "blocks"})) as a:
        assert a.history().gaps[0].effect_value == 7
