"""A service's address is recognised by a few pages of it; nobody else is taken for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.chaintrace.adapters.tron.making import ALICE, BOB, CAROL
from tests.chaintrace.adapters.trongrid.asked import START, asked, many, paid
from tests.hostile.tron_ledger import TronLedger

if TYPE_CHECKING:
    from pathlib import Path


def test_a_service_is_left_alone_after_five_pages(tmp_path: Path) -> None:
    with asked(tmp_path, TronLedger.of(many(3)), whole=frozenset({BOB})) as a:
        for contract in ("", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"):
            a.server.asked.clear()
            reply = a.history(CAROL, contract)
            assert (reply.still_missing, reply.transactions, reply.coverage) == (True, (), ())
            (gap,) = reply.gaps
            assert (gap.kind, gap.subject, gap.contract) == ("source", CAROL, contract)
            assert "looks like a service's address" in gap.text
            assert "tag it" in gap.text
            assert sum(path.startswith("/v1/") for path in a.paths()) == 5


def test_two_rushes_with_years_of_quiet_between_are_read(tmp_path: Path) -> None:
    """At both ends it looks like a service that has moved value millions of times."""
    rush = [paid(number, BOB, ALICE, 1, time=START + 3 * number) for number in range(250)]
    later = [paid(1000 + number, BOB, ALICE, 1, time=START + 90_000_000 + 3 * number) for number in range(250)]
    with asked(tmp_path, TronLedger.of([*rush, *later]), most=600) as a:
        reply = a.history()
    assert len(reply.transactions) == 500
    assert reply.coverage[0].how == "balance equal"


def test_a_history_that_is_a_little_too_long_is_noticed_at_the_limit(tmp_path: Path) -> None:
    with asked(tmp_path, TronLedger.of(many(700)), most=500) as a:
        reply = a.history()
    assert reply.still_missing
    assert "more than 500 movements" in reply.gaps[0].text
    assert reply.transactions == ()


def test_one_of_just_that_length_is_read(tmp_path: Path) -> None:
    with asked(tmp_path, TronLedger.of(many(500)), most=500) as a:
        assert len(a.history().transactions) == 500
