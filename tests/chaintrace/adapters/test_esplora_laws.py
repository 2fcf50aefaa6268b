"""Whatever a server does to its pages and counters, a history that is called complete is complete, and none is lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.adapters.bitcoin.networks import native
from chaintrace.adapters.esplora import Esplora
from chaintrace.adapters.network import Endpoint
from chaintrace.adapters.transport import Answer, Request
from chaintrace.errors import AdapterError, Refused
from chaintrace.model.chain import Account
from chaintrace.model.provenance import Source
from chaintrace.model.view import MissingHistory, MissingSpender, MissingTransaction
from tests.chaintrace.adapters.esplora_case import CHAIN, Theft, address, outpoint
from tests.hostile import esplora_server
from tests.hostile.edited import edited
from tests.hostile.esplora_ledger import txid

if TYPE_CHECKING:
    from collections.abc import Callable

BUSY, PAGE = 9, 3
URL = "http://esplora.invalid/api"
_THEFT = Theft()
_THEFT.busy(BUSY)
_EVERY = {_THEFT.ledger.coinbase(height) for height in range(5, 5 + BUSY)}


class Within:
    """A door to a server in the same process, which keeps nothing. `spoil` changes the body of an answer."""

    def __init__(self, spoil: Callable[[str, bytes], bytes]) -> None:
        self._server = esplora_server.Esplora(_THEFT.ledger, page=PAGE)
        self._spoil = spoil

    def ask(self, request: Request) -> Answer:
        path = request.url.removeprefix(URL)
        given = self._server.answer(path)
        content = self._spoil(path, given.body)
        if given.status != 200 and given.status not in request.accept:
            raise Refused(path)
        if request.check is not None:
            request.check(content, given.status)
        return Answer(content, Source("esplora", request.text, "", datetime(2026, 1, 1, tzinfo=UTC)), given.status)


def source(spoil: Callable[[str, bytes], bytes]):
    """A source behind such a door."""
    return Esplora().connect(Endpoint("esplora", CHAIN, URL, "esplora", "own"), Within(spoil))


AT = source(lambda _, body: body).status()
BUSY_ONE = MissingHistory(Account(address("busy"), native(CHAIN)))


@given(st.data())
def test_a_history_that_is_called_complete_is_and_what_was_listed_is_kept(data):
    listed: set[str] = set()

    def spoil(path: str, body: bytes) -> bytes:
        """Drop, repeat and shuffle at will."""
        if "/txs/chain" not in path:
            return body
        page = json.loads(body)
        if page and data.draw(st.booleans()):
            places = data.draw(st.lists(st.integers(0, len(page) - 1), max_size=2 * len(page)))
            page = [page[place] for place in places]
        listed.update(entry["txid"] for entry in page)
        return json.dumps(page).encode()

    reply = source(spoil).reply(BUSY_ONE, AT)
    found = [transaction.txid for transaction in reply.transactions]
    assert set(found) == listed
    assert len(found) == len(set(found))
    assert [transaction.height for transaction in reply.transactions] == sorted(
        transaction.height for transaction in reply.transactions
    )
    (coverage,) = reply.coverage
    assert coverage.how != "counter equal" or set(found) == _EVERY
    assert (coverage.how == "claimed") == bool(reply.gaps)


QUESTIONS = {
    "transaction": MissingTransaction(CHAIN, txid(_THEFT.merge)),
    "spent": MissingSpender(outpoint(_THEFT.split, 1)),
    "unspent": MissingSpender(outpoint(_THEFT.split, 0)),
    "history": MissingHistory(Account(address("thief"), native(CHAIN))),
}
GOOD = {name: source(lambda _, body: body).reply(question, AT) for name, question in QUESTIONS.items()}


@pytest.mark.parametrize("name", QUESTIONS)
@given(st.data())
def test_whatever_one_answer_is_nothing_false_is_told_and_nothing_but_our_errors_is_raised(name, data):
    asked = data.draw(st.integers(0, 14))
    count = -1

    def spoil(_: str, body: bytes) -> bytes:
        nonlocal count
        count += 1
        return edited(body, data) if count == asked else body

    try:
        reply = source(spoil).reply(QUESTIONS[name], AT)
    except AdapterError as error:
        reply, refused = None, str(error)
    if reply is None:
        assert "esplora.invalid" in refused
        return
    if reply == GOOD[name] or reply.gaps or reply.still_missing:
        return
    assert reply.transactions
    assert {found.txid for found in reply.transactions} == {found.txid for found in GOOD[name].transactions}
    assert {found.status for found in reply.transactions} <= {"confirmed", "pending"}
    assert all(found.status == "pending" or found in GOOD[name].transactions for found in reply.transactions)
