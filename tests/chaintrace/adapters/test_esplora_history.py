"""Histories of addresses: read to the end, held against the counters, and never cut short in silence."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chaintrace.adapters.esplora import EsploraSource
from chaintrace.adapters.network import Reply
from chaintrace.errors import Malformed, Unavailable
from chaintrace.model.chain import Account
from chaintrace.model.view import MissingHistory
from tests.chaintrace.adapters.esplora_case import CHAIN, Theft, address, asked
from tests.hostile.esplora_ledger import pay, payment, txid

BUSY = 60


def history(a, name: str) -> Reply:
    """The reply to the missing history of somebody."""
    from chaintrace.adapters.bitcoin.networks import native

    return a.source.reply(MissingHistory(Account(address(name), native(CHAIN))), a.at)


@pytest.fixture
def busy():
    """Somebody with sixty transactions, so three pages."""
    theft = Theft()
    theft.busy(BUSY)
    return theft


def pages(a) -> int:
    """How many pages were asked for."""
    return sum("/txs/chain" in path for path in a.paths())


def change_pages(a, how, name: str = "busy", times: int | None = None) -> None:
    """Change what the pages of somebody list; `how` gets the list and the path."""

    def changed(request, given):
        return replace(given, body=json.dumps(how(json.loads(given.body), request.path)).encode())

    a.server.change(changed, on=f"/api/address/{address(name)}/txs/chain", times=times)


def change_counters(a, **differences: int) -> None:
    """Add to the counters of every address."""

    def changed(request, given):
        if request.path.count("/") != 3:
            return given
        said = json.loads(given.body)
        for name, difference in differences.items():
            said["chain_stats"][name] += difference
        return replace(given, body=json.dumps(said).encode())

    a.server.change(changed, on="/api/address/")


def test_a_history_that_agrees_with_its_counters_is_complete(tmp_path):
    with asked(tmp_path) as a:
        reply = history(a, "thief")
        assert [found.txid for found in reply.transactions] == [
            txid(raw) for raw in (a.theft.stolen, a.theft.split, a.theft.merge)
        ]
        (coverage,) = reply.coverage
        assert (coverage.how, coverage.addresses) == ("counter equal", frozenset({address("thief")}))
        assert (coverage.start, coverage.end, coverage.time) == (0, 4, a.at.time)
        assert (reply.gaps, reply.still_missing) == ((), False)


def test_each_transaction_of_a_history_has_all_its_input_values(tmp_path):
    with asked(tmp_path) as a:
        for found in history(a, "thief").transactions:
            assert all(leg.value is not None for leg in found.utxo.inputs)


def test_pages_are_read_to_the_last_one_and_each_is_asked_for_once(tmp_path, busy):
    with asked(tmp_path, busy) as a:
        reply = history(a, "busy")
        assert (len(reply.transactions), pages(a)) == (BUSY, 3)
        assert [found.height for found in reply.transactions] == list(range(5, 5 + BUSY))
        assert [coverage.how for coverage in reply.coverage] == ["counter equal"]
        a.server.asked.clear()
        assert history(a, "busy") == reply
        assert a.paths() == ["/blocks/tip/hash", "/blocks/tip/hash"]


def test_what_waits_for_a_block_comes_with_the_history_and_last(tmp_path):
    with asked(tmp_path) as a:
        reply = history(a, "merge")
        assert [found.status for found in reply.transactions] == ["confirmed", "pending"]
        assert [coverage.how for coverage in reply.coverage] == ["counter equal"]


def test_more_that_waits_than_the_server_lists_is_a_gap(tmp_path):
    theft = Theft()
    for number in range(51):
        theft.ledger.broadcast(payment([(f"{number:064x}", 7)], [(number + 1, pay("popular"))]))
    with asked(tmp_path, theft) as a:
        reply = history(a, "popular")
        assert len(reply.transactions) == 50
        assert any("51 of its transactions are pending, and 50 were given" in gap.text for gap in reply.gaps)


def test_an_address_that_nobody_paid_has_an_empty_history_that_is_proven(tmp_path):
    with asked(tmp_path) as a:
        reply = history(a, "nobody")
        assert (reply.transactions, reply.gaps) == ((), ())
        assert [coverage.how for coverage in reply.coverage] == ["counter equal"]


def test_a_history_without_its_counters_or_too_long_is_still_missing(tmp_path, busy):
    with asked(tmp_path, busy) as a:
        reply = EsploraSource(a.source.endpoint, a.door, most=BUSY - 1).reply(
            MissingHistory(Account(address("busy"), a.source.reply)), a.at
        )
        assert (reply.still_missing, reply.coverage, pages(a)) == (True, (), 0)
        assert "it has 60 transactions, and at most 59 are read" in reply.gaps[0].text
        a.server.change(lambda _, given: replace(given, status=400, body=b"Too many."), on="/api/address/")
        a.theft.ledger.mine()
        reply = history(a, "busy")
        assert (reply.still_missing, reply.transactions, reply.coverage) == (True, (), ())
        assert "the server refuses its counters (Too many)" in reply.gaps[0].text


FAULTS = {
    "page twice": (lambda page, path: page if path.endswith("chain") else page * 2, None),
    "the first page for every page": (
        lambda page, path: page if path.endswith("chain") else FIRST,
        "pages are in the wrong order; pages repeat; its funded_txo_count is 60",
    ),
    "pages backwards": (lambda page, _: page[::-1], None),
    "the second page first": (
        lambda page, path: SECOND if path.endswith("chain") else page,
        "its tx_count is 60, and the pages give 35",
    ),
    "pages that shrink": (lambda page, _: page[:-5] + page[-1:], "its tx_count is 60, and the pages give 48"),
    "an end too early": (
        lambda page, path: page if path.endswith("chain") else [],
        "its tx_count is 60, and the pages give 25",
    ),
    "no page at all": (lambda *_: [], "its tx_count is 60, and the pages give 0"),
}
FIRST: list = []
SECOND: list = []


@pytest.mark.parametrize("name", FAULTS)
def test_pages_that_go_wrong_lose_nothing_and_are_said(tmp_path, busy, name):
    how, said = FAULTS[name]
    with asked(tmp_path, busy) as a:
        start = f"/address/{address('busy')}/txs/chain"
        FIRST[:] = json.loads(a.esplora.answer(start).body)
        SECOND[:] = json.loads(a.esplora.answer(f"{start}/{FIRST[-1]['txid']}").body)
        change_pages(a, how)
        reply = history(a, "busy")
        assert not reply.still_missing
        if said is None:
            assert (len(reply.transactions), reply.gaps) == (BUSY, ())
            assert [coverage.how for coverage in reply.coverage] == ["counter equal"]
            return
        assert [coverage.how for coverage in reply.coverage] == ["claimed"]
        (gap,) = reply.gaps
        assert (gap.kind, gap.subject) == ("claimed", address("busy"))
        assert said in gap.text or all(part in gap.text for part in said.split("; "))
        assert gap.text.endswith("what was read is kept; run again, or ask a source of your own")
        listed = {"no page at all": 0, "pages that shrink": 48, "an end too early": 25}
        assert len(reply.transactions) >= listed.get(name, 25)


def test_a_page_that_ends_early_is_gone_on_from_there(tmp_path, busy):
    with asked(tmp_path, busy) as a:
        change_pages(a, lambda page, _: page[:3], times=2)
        reply = history(a, "busy")
        assert (len(reply.transactions), reply.gaps, pages(a)) == (BUSY, (), 5)


def test_a_page_that_shrinks_once_is_read_again_past_the_archive(tmp_path, busy):
    with asked(tmp_path, busy) as a:
        change_pages(a, lambda page, _: page[5:], times=1)
        reply = history(a, "busy")
        assert (len(reply.transactions), reply.gaps, pages(a)) == (BUSY, (), 7)


@pytest.mark.parametrize(
    "counter", ["tx_count", "funded_txo_count", "funded_txo_sum", "spent_txo_count", "spent_txo_sum"]
)
def test_each_counter_that_does_not_agree_is_named(tmp_path, counter):
    with asked(tmp_path) as a:
        change_counters(a, **{counter: 1})
        reply = history(a, "thief")
        assert len(reply.transactions) == 3
        assert [coverage.how for coverage in reply.coverage] == ["claimed"]
        assert f"its {counter} is " in reply.gaps[0].text


def test_a_counter_of_none_where_pages_have_some_is_a_gap_too(tmp_path):
    with asked(tmp_path) as a:
        change_counters(a, tx_count=-3, funded_txo_count=-2)
        reply = history(a, "thief")
        assert "its funded_txo_count is 0" in reply.gaps[0].text or "its funded_txo_sum is" in reply.gaps[0].text


def test_a_block_that_comes_while_it_is_read_makes_it_be_read_again(tmp_path):
    with asked(tmp_path) as a:
        mined = []

        def mine(_, given):
            if not mined:
                mined.append(a.theft.ledger.mine(to=pay("thief")))
            return given

        a.server.change(mine, on=f"/api/address/{address('thief')}/txs/chain")
        reply = history(a, "thief")
        assert [found.status for found in reply.transactions] == ["confirmed"] * 3 + ["pending"]
        assert reply.gaps == ()
        assert [(coverage.how, coverage.end) for coverage in reply.coverage] == [("counter equal", 4)]


def test_a_reorganisation_while_it_is_read_is_unavailable(tmp_path):
    with asked(tmp_path) as a:
        a.source.reply(MissingHistory(Account(address("nobody"), None)), a.at)
        a.theft.ledger.rewind(1)
        a.theft.ledger.mine(tag=b"other")
        with pytest.raises(Unavailable, match="the chain was re-organised; run again"):
            history(a, "thief")


def test_what_two_readings_gave_is_kept_even_where_the_second_is_refused(tmp_path, busy):
    with asked(tmp_path, busy) as a:
        change_pages(a, lambda page, _: page[5:])
        plain = f"/api/address/{address('busy')}"
        refused = replace(a.esplora.answer("/nowhere"), status=400, body=b"Too many.")
        a.server.change(lambda request, given: refused if pages(a) and request.path == plain else given, on=plain)
        reply = history(a, "busy")
        assert (len(reply.transactions), reply.still_missing) == (45, False)
        assert [coverage.how for coverage in reply.coverage] == ["claimed"]
        assert "the server refuses its counters (Too many)" in reply.gaps[0].text


def test_a_name_that_is_no_address_is_not_asked_for(tmp_path):
    with asked(tmp_path) as a:
        reply = a.source.reply(MissingHistory(Account("nonsense", None)), a.at)
        assert (reply.still_missing, reply.transactions, reply.coverage) == (True, (), ())
        assert "it is no address" in reply.gaps[0].text


def test_a_listed_transaction_that_is_another_is_malformed(tmp_path):
    def swap(page, _):
        page[0]["vout"][0]["value"] += 1
        return page

    with asked(tmp_path) as a:
        change_pages(a, swap, "thief")
        with pytest.raises(Malformed, match=r"but what it lists is [0-9a-f]{64}: nothing of it is used"):
            history(a, "thief")
