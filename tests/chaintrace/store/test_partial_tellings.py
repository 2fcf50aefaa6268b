"""Lists tell parts of a transaction, without places: they unite, and give way to whoever tells it in exact places."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chaintrace.adapters.listing import row_index
from chaintrace.model.chain import MAX_VALUE, Account, Asset, Block
from chaintrace.model.provenance import Source
from chaintrace.model.transaction import Leg, Transaction, Transfer
from chaintrace.store import MemoryStore

TOKEN, COIN = Asset("ethereum", "0xt0ken", "TOK", 6), Asset("ethereum", "", "ETH", 18)
TXID, BLOCK = "a" * 64, Block(90, "b" * 64, 1_600_000_000)
FIRST, SECOND, THIRD = (Source("etherscan", f"GET {name}", str(n) * 64) for n, name in enumerate(("x", "y", "z")))


def one(index, sender, receiver, value, place, asset=TOKEN):
    legs = (((Leg(value, Account(who, asset), who),) if who else ()) for who in (sender, receiver))
    return Transfer(index, "token" if asset is TOKEN else "internal", asset, *legs, (90, 4, place))


def row(sender, receiver, value, place=2, ordinal=0):
    return one(row_index(TOKEN.contract, sender, receiver, value, ordinal), sender, receiver, value, place)


def log(number, sender, receiver, value):
    return one(f"log:{number}", sender, receiver, value, number)


def telling(*transfers, block=BLOCK):
    return Transaction("ethereum", TXID, block, 4, transfers)


def united(store, tellings):
    """What a store says of the transaction that these sources tell, in this order."""
    sources = (FIRST, SECOND, THIRD)[: len(tellings)]
    for source, told in zip(sources, tellings, strict=True):
        store.add([told], source)
    return store.facts(sources)


def places(facts):
    return [transfer.index for transfer in facts.transaction("ethereum", TXID).transfers]


def test_the_lists_of_sender_and_receiver_name_a_transfer_alike(store):
    facts = united(store, [telling(row("ann", "bob", 5)), telling(row("ann", "bob", 5), row("bob", "carl", 5, 3))])
    assert len(places(facts)) == 2
    assert [m.transfer.value for m in facts.movements(Account("ann", TOKEN))] == [5]
    assert [m.transfer.value for m in facts.movements(Account("bob", TOKEN))] == [5, 5]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_whoever_tells_the_exact_place_replaces_the_rows_of_lists(store, order):
    whole = telling(log(7, "ann", "bob", 5), log(9, "bob", "carl", 5), one("call:0", "ann", "bob", 5, 6, COIN))
    tellings = [whole, telling(row("ann", "bob", 5)), telling(row("bob", "carl", 5))]
    facts = united(store, [tellings[number] for number in order])
    assert places(facts) == ["call:0", "log:7", "log:9"]
    assert [m.transfer.index for m in facts.movements(Account("bob", TOKEN))] == ["log:7", "log:9"]


def test_a_block_whose_hash_only_one_of_them_knows_parts_nothing(store):
    unnamed = Block(90, "", BLOCK.time)
    facts = united(store, [telling(row("ann", "bob", 5), block=unnamed), telling(log(7, "ann", "bob", 5))])
    assert places(facts) == ["log:7"]
    assert facts.transaction("ethereum", TXID).block == BLOCK


def test_what_a_list_alone_tells_is_kept_beside_the_exact_ones(store):
    facts = united(store, [telling(log(7, "ann", "bob", 5)), telling(row("ann", "bob", 5), row("ann", "bob", 6))])
    assert [m.transfer.value for m in facts.movements(Account("bob", TOKEN))] == [6, 5]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_what_was_told_while_it_was_pending_adds_nothing_to_what_a_block_holds(store, order):
    """A source that is behind tells whole, as it waits, what another one lists from its block."""
    waits = replace(telling(log(7, "ann", "bob", 5), log(8, "ann", "carl", 6), block=None), status="pending")
    listed = telling(row("ann", "bob", 5))
    facts = united(store, [(listed, waits)[number] for number in order])
    (found,) = [move.transfer for move in facts.movements(Account("bob", TOKEN))]
    assert (found, facts.transaction("ethereum", TXID).status) == (listed.transfers[0], "confirmed")
    assert not facts.movements(Account("carl", TOKEN))


def test_two_equal_rows_stay_two_until_both_have_their_places(store):
    twice = telling(row("ann", "bob", 5), row("ann", "bob", 5, 3, ordinal=1))
    facts = united(store, [twice, telling(log(7, "ann", "bob", 5))])
    assert [m.transfer.value for m in facts.movements(Account("bob", TOKEN))] == [5, 5]
    facts = united(store, [twice, telling(log(7, "ann", "bob", 5)), telling(log(8, "ann", "bob", 5))])
    assert [m.transfer.index for m in facts.movements(Account("bob", TOKEN))] == ["log:7", "log:8"]


def test_a_row_is_named_by_all_that_it_is():
    names = {
        row_index(*what)
        for what in (
            ("t", "a", "b", 1),
            ("u", "a", "b", 1),
            ("t", "b", "a", 1),
            ("t", "a", "c", 1),
            ("t", "a", "b", MAX_VALUE),
            ("t", "a", "b", 1, 1),
        )
    }
    assert len(names) == 6
    assert all(name.startswith("row:") and len(name) == 12 for name in names)


NAMES = st.sampled_from(["ann", "bob", "carl"])


@given(moves=st.lists(st.tuples(NAMES, NAMES, st.integers(0, 3)), min_size=1, max_size=6), data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_lists_of_every_account_and_the_whole_give_the_whole(moves, data):
    """Whichever tellings there are and in whichever order: with the whole one among them, nothing is told twice."""
    whole = telling(*(log(number, *move) for number, move in enumerate(moves)))
    lists = []
    for who in ("ann", "bob", "carl"):
        seen: dict[tuple, int] = {}
        rows = []
        for number, move in enumerate(moves):
            ordinal = seen[move] = seen.get(move, -1) + 1
            if who in move[:2]:
                rows.append(row(*move, number, ordinal))
        if rows:
            lists.append(telling(*rows))
    chosen = data.draw(st.lists(st.sampled_from(lists), max_size=2, unique_by=id))
    tellings = data.draw(st.permutations([whole, *chosen]))
    facts = united(MemoryStore(), tellings)
    assert facts.transaction("ethereum", TXID).transfers == whole.transfers
