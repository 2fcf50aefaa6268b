"""When a trace has ended, the contracts of tokens are asked about where it ended: once, everybody, within budgets."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chaintrace.adapters.issuers import CODE, NO_CODE, balance_at, proposed_at, seen, state_at, wiped_at
from chaintrace.adapters.network import Reply
from chaintrace.case.follow import Budgets, Goal, follow
from chaintrace.case.issuer_states import MOST, at_issuers, in_turn, together, wanted
from chaintrace.case.rules import nobody
from chaintrace.errors import Refused, Unavailable
from chaintrace.model.attribution import Tag
from chaintrace.model.chain import Account, Asset, OutPoint
from chaintrace.model.provenance import Gap, Source
from chaintrace.model.trace import Endpoint, Limits, NotFollowed, Resting, Trace
from chaintrace.model.view import MissingHistory, MissingState, MissingTransaction
from chaintrace.report.wording import counted
from chaintrace.store import Answered, MemoryStore, Network, SqliteStore
from chaintrace.tracing import trace
from tests.chaintrace.case.fake_accounts import CHAIN, FakeAccounts
from tests.chaintrace.case.fake_source import ground
from tests.chaintrace.tracing.ledger import payments

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
USDT, DAI = "0xdac17f958d2ee523a2206206994597c13d831ec7", "0x6b175474e89094c44da98b954eedeac495271d0f"
TOKEN = Asset(CHAIN, USDT, "USDT", 6)
BANK = Tag(CHAIN, "bank", "Bank", "", "exchange", 70, "a list", "2026-01-01", stops=True)
ROWS = [("victim", "ann", 90), ("ann", "bob", 30), ("ann", "bank", 20), ("victim", "carl", 7, DAI)]


class FakeIssuer(FakeAccounts):
    """Tells states too: `blocked` are the addresses that the contract blocks; `lost` are those that it cannot tell."""

    def __init__(self, transactions, *, blocked=(), lost=(), **more):
        self.blocked, self.lost = set(blocked), set(lost)
        super().__init__(transactions, **more)

    def state(self, missing, at):
        self._met(missing)
        account = missing.account
        if account.address in self.lost:
            gap = Gap("source", account.chain, account.address, None, "missing trie node", account.asset.contract)
            return Reply(gaps=(gap,), still_missing=True)
        said = "blocked" if account.address in self.blocked else "not blocked"
        source = Source("evm-rpc", f"state of {account.address} at {at.height}", "9" * 64)
        told = ((state_at(USDT), said), (balance_at(USDT), "5"), (CODE, NO_CODE))
        return Reply(observations=tuple(seen(account, what, at.height, value, source) for what, value in told))


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    opened = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "facts.sqlite")
    yield opened
    opened.close()


def theft(*more):
    return payments(*((*row, USDT) if len(row) == 3 else row for row in (*ROWS, *more)), chain=CHAIN)


def goal(ledger, methods=("fifo", "haircut")):
    seeds = (ledger.seed("t1", "0", "theft"), ledger.seed("t4", "0", "coins"))
    return Goal(seeds, Limits(), lambda view: {name: trace(view, seeds, name, Limits()) for name in methods})


def followed(store, ledger, *sources, **budgets):
    """What came of a follow, the words about places, and which places each source was asked about."""
    tags = {(CHAIN, "bank"): (BANK,)}
    made = goal(ledger)
    found = follow(made, ground(store, *sources, tags=tags), sources, Budgets(**budgets), nobody, lambda: NOON)
    told = at_issuers(found.view, made.traced(found.view).values())
    return found, {key[2]: one for key, one in told.items()}


def asked(source):
    return {one.account.address: times for one, times in source.asked.items() if isinstance(one, MissingState)}


def test_each_place_is_asked_about_once_when_the_trace_has_ended(store):
    """Where USDT rests and where it was credited; not what has no issuer with a power, and nobody on the way."""
    ledger = theft()
    source = FakeIssuer(ledger.transactions.values(), blocked={"bob"})
    found, told = followed(store, ledger, source)
    assert asked(source) == {"ann": 1, "bob": 1, "bank": 1}
    assert {address: (one.state, one.height, one.balance, one.has_code) for address, one in told.items()} == {
        "ann": ("not blocked", 4, 5, False),
        "bob": ("blocked", 4, 5, False),
        "bank": ("not blocked", 4, 5, False),
    }
    assert [one.words for one in told.values()] == [(), (), ()]
    assert (found.gaps, found.notices) == ((), ())
    again = ground(store, source, tags={(CHAIN, "bank"): (BANK,)}).view()
    assert at_issuers(again, goal(ledger).traced(again).values()).keys() == {(CHAIN, USDT, name) for name in told}


def test_a_new_tip_is_a_new_question_and_the_newest_answer_counts(store):
    ledger = theft()
    source = FakeIssuer(ledger.transactions.values())
    followed(store, ledger, source)
    source.blocked = {"bob"}
    more = theft(("x", "y", 1))
    source.reorganise(more.transactions.values())
    _, told = followed(store, more, source)
    assert asked(source) == {"ann": 2, "bob": 2, "bank": 2}
    assert (told["bob"].state, told["bob"].height) == ("blocked", 5)


def test_a_chain_that_is_reorganised_meanwhile_is_asked_again(store):
    ledger = theft()
    source = FakeIssuer(ledger.transactions.values())
    tell, forked = source.state, {tx.txid: replace(tx, block=replace(tx.block, hash=f"f{tx.block.height}"))
                                  for tx in ledger.transactions.values()}  # fmt: skip

    def state(missing, at):
        reply = tell(missing, at)
        if len(asked(source)) == 3 and source.blocks.get(4) != "f4":
            source.blocked = {"bob"}
            source.reorganise(forked.values())
        return reply

    source.state = state
    found, told = followed(store, ledger, source)
    assert told["bob"].state == "blocked"
    assert any("no longer part of the chain" in text for text in found.notices)


def test_every_source_is_asked_and_where_they_differ_none_counts(store):
    ledger = theft()
    one = FakeIssuer(ledger.transactions.values(), blocked={"bob"}, name="one")
    two = FakeIssuer(ledger.transactions.values(), blocked={"bob", "ann"}, name="two")
    plain = FakeAccounts(ledger.transactions.values(), name="plain")
    _, told = followed(store, ledger, plain, one, two)
    assert asked(one) == asked(two) == {"ann": 1, "bob": 1, "bank": 1}
    assert asked(plain) == {}
    assert {address: (said.state, said.height) for address, said in told.items()} == {
        "ann": ("sources differ", None),
        "bob": ("blocked", 4),
        "bank": ("not blocked", 4),
    }
    said = ("one says not blocked, as of height 4.", "two says blocked, as of height 4.")
    assert told["ann"].words == (*said, "By a source, it has 5 base units, as of height 4.")


@pytest.mark.parametrize("error", [Unavailable("it timed out"), Refused("no key")])
def test_what_fails_is_kept_with_its_reason_and_is_no_answer(store, error):
    ledger = theft()
    source = FakeIssuer(ledger.transactions.values(), lost={"bob"})
    source.failing = lambda question: error if question == MissingState(Account("ann", TOKEN)) else None
    found, told = followed(store, ledger, source)
    assert {address: said.state for address, said in told.items() if address != "bank"} == {"ann": "", "bob": ""}
    assert told["ann"].words == (f"fake: {error}.",)
    assert "not blocked" not in "".join(told["ann"].words + told["bob"].words)
    assert (told["ann"].height, told["ann"].balance, told["ann"].has_code) == (None, None, None)
    assert found.gaps == ()  # no amount rests on it


@pytest.mark.parametrize(("error", "times"), [(Refused("not in this plan"), 1), (Unavailable("it timed out"), 3)])
def test_who_refuses_a_state_is_asked_for_no_other_one_and_still_for_the_blocks(store, error, times):
    ledger = theft()
    source = FakeIssuer(ledger.transactions.values())
    source.failing = lambda question: error if isinstance(question, MissingState) else None
    before = sum(isinstance(question, tuple) for question in source.asked.elements())
    found, told = followed(store, ledger, source)
    assert sum(asked(source).values()) == times
    assert {said.words for said in told.values()} == {(f"fake: {error}.",)}
    assert (found.notices, found.gaps) == ((), ())
    assert sum(isinstance(question, tuple) for question in source.asked.elements()) > before


def test_what_failed_is_asked_again_under_the_same_tip_and_what_was_told_is_not(store):
    ledger = theft()
    source = FakeIssuer(ledger.transactions.values(), lost={"bob"})
    followed(store, ledger, source)
    pin = store.pins()[CHAIN]
    store.end(pin, NOON, (), stays_open=True)
    source.lost = set()
    _, told = followed(store, ledger, source)
    assert asked(source) == {"ann": 1, "bob": 2, "bank": 1}
    assert (told["bob"].state, store.pins()[CHAIN].number) == ("not blocked", pin.number)


def test_a_source_that_cannot_tell_states_leaves_them_open(store):
    ledger = theft()
    _, told = followed(store, ledger, FakeAccounts(ledger.transactions.values()))
    assert {(said.state, said.words) for said in told.values()} == {("", ())}


@pytest.mark.parametrize(("more", "answered"), [(3, 3), (2, 2), (1, 1), (0, 0)])
def test_the_budget_of_requests_ends_the_asking_and_that_is_said(store, more, answered):
    ledger = theft()
    questions = FakeAccounts(ledger.transactions.values())
    followed(MemoryStore(), ledger, questions, workers=1)
    asks = sum(times for one, times in questions.asked.items() if isinstance(one, MissingTransaction | MissingHistory))
    source = FakeIssuer(ledger.transactions.values())
    found, told = followed(store, ledger, source, requests=asks + more, workers=1)
    assert found.gaps == ()
    assert sum(bool(said.state) for said in told.values()) == answered == len(asked(source))
    text = f"Of {counted(3 - more, 'place')} it was not asked what the issuer's contract says: the budget ended."
    assert (text in found.notices) == (more < 3)


@pytest.mark.parametrize(("more", "places"), [(6, 3), (5, 2), (4, 2), (3, 1), (1, 0), (0, 0)])
def test_where_several_sources_are_asked_the_budget_is_not_overrun(store, more, places):
    """All three places are one batch for eight workers, and each of them two questions."""
    ledger = theft()
    questions = FakeAccounts(ledger.transactions.values())
    followed(MemoryStore(), ledger, questions, workers=8)
    asks = sum(times for one, times in questions.asked.items() if isinstance(one, MissingTransaction | MissingHistory))
    sources = [FakeIssuer(ledger.transactions.values(), name=name) for name in ("one", "two")]
    found, _ = followed(store, ledger, *sources, requests=asks + more, workers=8)
    assert [len(asked(source)) for source in sources] == [places, places]
    said = f"Of {counted(3 - places, 'place')} it was not asked what the issuer's contract says: the budget ended."
    assert (said in found.notices) == (places < 3)


def test_at_most_so_many_places_are_asked_about_the_largest_first(store):
    rows = [("victim", "ann", 10_000_000), *(("ann", f"bob{n}", 1000 + n) for n in range(MOST + 20))]
    ledger = payments(*((*row, USDT) for row in rows), chain=CHAIN)
    seeds = (ledger.seed("t1", "0", "theft"),)
    source = FakeIssuer(ledger.transactions.values())
    made = Goal(seeds, Limits(), lambda view: {"fifo": trace(view, seeds, "fifo", Limits())})
    found = follow(made, ground(store, source), (source,), Budgets(), nobody, lambda: NOON)
    told = asked(source)
    assert (len(told), "ann" in told, f"bob{MOST + 19}" in told, "bob0" in told) == (MOST, True, True, False)
    assert f"Of 21 places it was not asked what the issuer's contract says: {MOST} are the most." in found.notices


def rests(address, value, asset=TOKEN, outpoint=None):
    return Resting("theft", asset, value, address, "", "", 1, 4, outpoint)


def test_what_is_asked_about():
    native, other = Asset(CHAIN, "", "ETH", 18), Asset(CHAIN, "0x" + "99" * 20, "USDT", 6)
    first = Trace("fifo", (), (), (
        *(rests("ann", 5), rests("ann", 6), rests("bob;carl", 3), rests("dora", 1, native), rests("eve", 1, other)),
        rests("out", 9, outpoint=OutPoint(CHAIN, "t", 0)),
        Endpoint("theft", TOKEN, 4, "bank", "t", "0", 1, 4, tags=(BANK,)),
        NotFollowed("theft", TOKEN, 4, "far", "t", "0", 1, 4),
    ), (), ())  # fmt: skip
    second = replace(first, method="lifo", outcomes=(rests("ann", 20), rests("gil", 2)))
    found = {one.account.address: value for one, value in wanted([first, second]).items()}
    assert found == {"ann": 20, "bob": 3, "carl": 3, "bank": 4, "gil": 2}


def test_amounts_of_two_tokens_take_turns():
    gold = Asset(CHAIN, "0x45804880de22913dafe09f4980848ece6ecbaf78", "PAXG", 18)
    waiting = {
        MissingState(Account(name, asset)): value
        for name, asset, value in (
            *(("a", gold, 10**18), ("b", gold, 2 * 10**18), ("c", TOKEN, 5), ("d", TOKEN, 7)),
            ("e", TOKEN, 6),
        )
    }
    assert [one.account.address for one in in_turn(waiting)] == ["b", "d", "a", "e", "c"]


ANN = Account("ann", TOKEN)
NODE, GRID = Network(CHAIN, "evm-rpc", "node"), Network(CHAIN, "trongrid", "grid")


def says(network, *told, gaps=()):
    observed = tuple(seen(ANN, what, height, value, None) for what, value, height in told)
    return Answered(network, MissingState(ANN), "told", gaps=gaps, observations=observed)


def state(value, height=4):
    return state_at(USDT), value, height


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("blocked",), "blocked"),
        (("not blocked",), "not blocked"),
        (("no block listed",), "no block listed"),
        (("no block listed", "not blocked"), "not blocked"),
        (("blocked", "blocked"), "blocked"),
        (("blocked", "not blocked"), "sources differ"),
        (("blocked", "no block listed"), "sources differ"),
        (("of another kind",), ""),
        ((), ""),
    ],
)
def test_what_several_sources_say_of_one_place(values, expected):
    told = together(ANN, [says(network, state(value)) for network, value in zip((NODE, GRID), values, strict=False)])
    assert told.state == expected
    assert bool(told.words) == (expected == "sources differ")


def test_the_newest_height_counts_for_the_balance_and_of_two_of_one_height_none():
    held = balance_at(USDT)
    told = together(
        ANN, [says(NODE, state("blocked", 4), (held, "7", 4)), says(GRID, state("blocked", 6), (held, "9", 6))]
    )
    assert (told.height, told.balance) == (6, 9)
    told = together(ANN, [says(NODE, (held, "7", 4)), says(GRID, (held, "9", 4))])
    assert (told.balance, told.height, told.state) == (None, 4, "")
    words = ("By a source, it has 7 base units, as of height 4.", "By a source, it has 9 base units, as of height 4.")
    assert told.words == words
    told = together(ANN, [says(NODE, state("blocked", 4)), says(GRID, (held, "9", 6))])
    assert (told.height, told.balance, told.words) == (4, None, ("By a source, it has 9 base units, as of height 6.",))


def test_what_was_destroyed_and_what_is_open_is_told_in_words():
    gap = Gap("source", CHAIN, "ann", None, "no balance is told", USDT)
    told = together(
        ANN, [says(NODE, state("blocked"), (wiped_at(USDT), "70", 3), (wiped_at(USDT), "", 2), gaps=(gap,))]
    )
    assert told.words == (
        "By an event at height 3, 70 base units were destroyed.",
        "By an event at height 2, the balance was destroyed.",
        "node: no balance is told.",
    )


def test_what_is_proposed_is_told_in_words_and_is_no_state():
    """Each proposal once, though two sources tell it; of another token nothing."""
    wallet = "0x" + "c6" * 20
    proposed = (proposed_at(USDT), f"7 addBlackList(address) {wallet}", 4)
    again = (proposed_at(USDT), f"9 addBlackList(address) {wallet}", 4)
    other = (proposed_at(DAI), f"8 addBlackList(address) {wallet}", 4)
    told = together(ANN, [says(NODE, state("not blocked"), proposed, again, other), says(GRID, proposed)])
    assert (told.state, told.height) == ("not blocked", 4)
    assert told.words == tuple(
        f"A proposal to block this address is pending in the issuer's wallet {wallet} (number {number}), as of height "
        "4; whether it will be carried out is the issuer's decision."
        for number in (7, 9)
    )


def test_what_is_said_of_another_token_or_address_is_not_taken():
    other = seen(Account("bob", TOKEN), state_at(USDT), 4, "blocked", None)
    wrong = Answered(NODE, MissingState(ANN), "told", observations=(other,))
    told = together(ANN, [wrong, says(GRID, (state_at(DAI), "blocked", 4), (CODE, "12 bytes", 4))])
    assert (told.state, told.balance, told.has_code) == ("", None, True)
