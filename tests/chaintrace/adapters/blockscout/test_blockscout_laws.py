"""Random ledgers come back exactly; whatever an instance does to its pages, what is called complete is complete."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.adapters.blockscout import Blockscout
from chaintrace.adapters.network import Endpoint
from chaintrace.adapters.transport import Answer, Request
from chaintrace.errors import AdapterError, Refused
from chaintrace.model.provenance import Source
from chaintrace.model.view import MissingTransaction
from tests.chaintrace.adapters.blockscout.case import CHAIN, USDT, A, B, C, D, missing, story, told
from tests.hostile import blockscout_server
from tests.hostile.blockscout_ledger import ZERO, Call, Ledger, Move, Tx
from tests.hostile.edited import edited
from tests.hostile.server import Asked

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.hostile.blockscout_server import Blockscout as Scout

URL = "http://scout.invalid"
WHO = (A, B, C, D)
RICH = tuple((name, 10**30) for name in ("alice", "bob", "carol", "router"))


class Within:
    """A door to a stand-in in the same process, which keeps nothing. `spoil` changes the body of an answer."""

    def __init__(self, scout: Scout, spoil: Callable[[str, bytes], bytes] = lambda _, body: body) -> None:
        self._scout = scout
        self._spoil = spoil

    def ask(self, request: Request) -> Answer:
        path = request.url.removeprefix(URL)
        asked = Asked(request.method, path, request.body, {})
        given = self._scout(asked)
        content = self._spoil(asked.call or path, given.body)
        if given.status != 200 and given.status not in request.accept:
            raise Refused(f"scout.invalid refuses {path}: ask another source")
        if request.check is not None:
            request.check(content, given.status)
        return Answer(content, Source("blockscout", request.text, "", datetime(2026, 1, 1, tzinfo=UTC)), given.status)


def source(scout: Scout, spoil: Callable[[str, bytes], bytes] = lambda _, body: body):
    """A source behind such a door."""
    return Blockscout().connect(Endpoint("blockscout", CHAIN, URL, "blockscout", "own"), Within(scout, spoil))


values = st.integers(0, 50) | st.integers(0, 10**24)
who = st.sampled_from(WHO)
calls = st.builds(
    Call,
    who,
    who,
    values,
    st.sampled_from(["call", "call", "create", "delegatecall", "selfdestruct"]),
    failed=st.booleans(),
    undone=st.booleans(),
)
moves = st.builds(Move, st.just(USDT), who | st.just(ZERO), who | st.just(ZERO), values)
transactions = st.builds(
    Tx,
    who,
    who,
    values,
    st.sampled_from(["0x", "0xa9059cbb"]),
    ok=st.integers(0, 5).map(bool),
    calls=st.lists(calls, max_size=3),
    moves=st.lists(moves, max_size=3),
    extra_fee=st.integers(0, 9),
)
blocks = st.tuples(st.lists(transactions, max_size=3), st.sampled_from(["alice", "nobody"]), st.integers(0, 9))


@st.composite
def ledgers(draw) -> Ledger:
    """A ledger in which everybody begins rich, in ether and in the token."""
    ledger = Ledger()
    ledger.mine(issues=RICH)
    ledger.mine(Tx(B, C, moves=[Move(USDT, ZERO, name, 10**30) for name in WHO]))
    for txs, miner, reward in draw(st.lists(blocks, max_size=5)):
        for tx in txs:
            for call in tx.calls:  # nobody pays himself: a self-destruct to itself burns or does not
                call.receiver = (
                    next(name for name in WHO if name != call.sender) if call.sender == call.receiver else call.receiver
                )
                call.undone = call.undone and not call.failed
            if not tx.ok:
                tx.calls = [Call(one.sender, one.receiver, one.value, failed=True) for one in tx.calls]
        ledger.mine(*txs, miner=miner, reward=reward)
    return ledger


@given(
    ledgers(),
    who,
    st.sampled_from(["", USDT]),
    st.integers(1, 5),
    st.sampled_from([6, 9, 11, 12]),
    st.booleans(),
    st.booleans(),
)
def test_a_random_ledger_comes_back_exactly(ledger, account, contract, page, version, raw_trace, rpc):
    methods = blockscout_server.Blockscout.methods if rpc else frozenset({"eth_chainId"})
    scout = blockscout_server.Blockscout(ledger, version=version, page=page, methods=methods, raw_trace=raw_trace)
    asked = source(scout)
    reply = asked.reply(missing(account, contract), asked.status())
    (coverage,) = reply.coverage
    whole = {(txid, name.split()[0], change) for txid, name, change in ledger.told(account, contract)}
    if coverage.how == "claimed":
        assert not raw_trace  # a list of calls does not say what was undone
        assert any(call.undone for tx in ledger.everything() for call in tx.calls)
        return
    assert coverage.how in {"balance equal", "counter equal"}
    assert {(txid, name.split()[0], change) for txid, name, change in told(reply, account, contract)} == whole
    assert coverage.opening == 0
    assert [made.height for made in reply.transactions] == sorted(made.height for made in reply.transactions)


STORY = story()


@given(st.data())
def test_a_history_that_is_called_complete_is_and_what_was_listed_is_kept(data):
    contract = data.draw(st.sampled_from(["", USDT]))
    listed: set[str] = set()
    name = "token-transfers" if contract else "transactions"

    def spoil(path: str, body: bytes) -> bytes:
        """Drop, repeat and shuffle at will; sometimes name no next page."""
        if urlsplit(path).path != f"/api/v2/addresses/{A}/{name}":
            return body
        page = json.loads(body)
        items = page["items"]
        if items and data.draw(st.booleans()):
            places = data.draw(st.lists(st.integers(0, len(items) - 1), max_size=2 * len(items)))
            page["items"] = [items[place] for place in places]
        if data.draw(st.integers(0, 3)) == 0:
            page["next_page_params"] = None
        listed.update(one.get("hash") or one["transaction_hash"] for one in page["items"])
        return json.dumps(page).encode()

    asked = source(blockscout_server.Blockscout(STORY, page=3), spoil)
    reply = asked.reply(missing(A, contract), asked.status())
    found = [made.txid for made in reply.transactions]
    assert len(found) == len(set(found))
    (coverage,) = reply.coverage
    assert coverage.how != "claimed" or listed <= set(found)
    assert coverage.how == "claimed" or told(reply, A, contract) == STORY.told(A, contract)
    assert (coverage.how == "claimed") == bool(reply.gaps)


_ROUTER = STORY.blocks[3].txs[0].txid
QUESTIONS = {
    "transaction": MissingTransaction(CHAIN, _ROUTER),
    "native": missing(A),
    "token": missing(A, USDT),
}


@pytest.mark.parametrize("name", QUESTIONS)
@given(st.data())
def test_whatever_one_answer_is_nothing_but_our_errors_is_raised(name, data):
    scout = blockscout_server.Blockscout(STORY, page=4)
    asked = data.draw(st.integers(0, 14))
    count = -1

    def spoil(_: str, body: bytes) -> bytes:
        nonlocal count
        count += 1
        return edited(body, data) if count == asked else body

    at = source(scout).status()
    try:
        reply = source(scout, spoil).reply(QUESTIONS[name], at)
    except AdapterError as error:
        reply, refused = None, str(error)
    if reply is None:
        assert any(words in refused for words in ("scout.invalid", "ask another source", "ask again"))
    else:
        assert reply.transactions or reply.gaps


def test_a_path_with_a_query_is_what_the_real_one_takes():
    scout = blockscout_server.Blockscout(STORY, version=12)
    strange = scout(Asked("GET", f"/api/v2/addresses/{A}/transactions?page=2", b"", {}))
    assert strange.status == 422
    assert dict(parse_qsl("a=1")) == {"a": "1"}
