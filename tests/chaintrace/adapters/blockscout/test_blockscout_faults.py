"""Every fault of docs/reliability.md against the adapter `blockscout`, over a real connection."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chaintrace.errors import Malformed
from chaintrace.model.view import MissingTransaction
from tests.chaintrace.adapters.blockscout.case import CHAIN, USDT, A, B, C, asked, connected, story, told
from tests.hostile import reliability
from tests.hostile.blockscout_ledger import ZERO, Ledger, Move, Tx
from tests.hostile.doors import quick_door
from tests.hostile.faults import CARRIAGE
from tests.hostile.server import Given

TX = "/api/v2/transactions/"
LIST = f"/api/v2/addresses/{A}/transactions"
_NOT_POSSIBLE = {"merkle branch": "Not possible: the API has no Merkle branches"}


def edited(**fields):
    """A change of a JSON object's fields."""
    return lambda _, given: replace(given, body=json.dumps(json.loads(given.body) | fields).encode())


def each(edit):
    """A change of each row of a page."""

    def change(_, given):
        page = json.loads(given.body)
        return replace(given, body=json.dumps(page | {"items": [edit(one) for one in page["items"]]}).encode())

    return change


def question(a, height: int = 3) -> MissingTransaction:
    return MissingTransaction(CHAIN, a.ledger.blocks[height].txs[0].txid)


def carriage(folder, name: str) -> str:
    """A fault of the connection, met by the question for a transaction; then all is well, and nothing is lost."""
    with asked(folder) as a:
        a.source.reply(question(a, 2), a.at)
        a.server.fault(name, on="eth_getTransactionReceipt" if name == "wrong id" else TX)
        if name == "refused":  # by a connection of its own: the old one would be answered still
            with quick_door(folder) as door:
                source = connected(a.server, door)
                return reliability.outcome(lambda: source.reply(question(a), a.at), a.server.host)
        said = reliability.outcome(lambda: a.source.reply(question(a), a.at), a.server.host)
        a.server.good()
        assert a.source.reply(question(a), a.at).transactions[0].txid == question(a).txid
        return said


def history_outcome(a) -> str:
    """The gap of a history: nothing that was listed is lost, and no history is empty."""
    reply = a.history(A)
    assert reply.transactions
    assert [coverage.how for coverage in reply.coverage] == ["claimed"]
    assert told(reply, A) <= a.ledger.told(A, "")
    return f"Gap: {reply.gaps[-1].text.replace(a.server.host, reliability.HOST)}"


def twice(a) -> None:
    """The first page, whatever was asked for."""
    page = a.scout.listed(A, "transactions", {})
    a.server.change(lambda *_: page, on=LIST)


def out_of_order(a) -> None:
    """The second page first, and the first one never."""
    first = json.loads(a.scout.listed(A, "transactions", {}).body)
    second = a.scout.listed(A, "transactions", {k: str(v) for k, v in first["next_page_params"].items()})
    a.server.change(lambda request, given: second if request.path == LIST else given, on=LIST)


def shrinks(a) -> None:
    """Each page without its first row."""

    def change(_, given):
        page = json.loads(given.body)
        return replace(given, body=json.dumps(page | {"items": page["items"][1:]}).encode())

    a.server.change(change, on=LIST)


def counters(a) -> None:
    """Forty of everything, and no balance."""
    a.scout.balances = False
    names = ("transactions_count", "internal_transactions_count", "withdrawals_count", "validations_count")
    a.server.change(edited(**dict.fromkeys(names, 40)), on=f"/api/v2/addresses/{A}/tabs-counters")


PAGES = {"page twice": twice, "page out of order": out_of_order, "page shrinks": shrinks, "counters": counters}


def content(folder) -> dict[str, str]:
    """The faults of content."""
    found: dict[str, str] = {}
    raised = {
        "wrong bytes": (edited(hash="0x" + "22" * 32), TX),
        "other chain": (edited(result="0x38"), "eth_chainId"),
        "unsynced": (lambda *_: Given.json({"message": "Not found"}, 404), "/api/v2/blocks/10"),
        "fork": (edited(hash="0x" + "55" * 32), "/api/v2/blocks/10"),
    }
    for name, (change, on) in raised.items():
        with asked(folder / name) as a:
            assert a.at.height == 10
            a.server.change(change, on=on)
            found[name] = reliability.outcome(lambda a=a: a.source.reply(question(a), a.at), a.server.host)
    for name, spoil in PAGES.items():
        with asked(folder / name, page=4) as a:
            spoil(a)
            found[name] = history_outcome(a)
    with asked(folder / "floats") as a:
        a.server.change(each(lambda one: one | {"value": int(one["value"]) + 0.5}), on=LIST)
        found["floats"] = reliability.outcome(lambda: a.history(A), a.server.host)
    return found


def test_every_fault_has_its_outcome_and_the_page_says_so(tmp_path):
    outcomes = {fault.name: carriage(tmp_path / fault.name, fault.name) for fault in CARRIAGE}
    outcomes |= _NOT_POSSIBLE | content(tmp_path)
    for name, said in outcomes.items():
        assert name in _NOT_POSSIBLE or any(
            word in said for word in ("again", "another source", "url", "check", "key")
        ), said
    reliability.compare("blockscout", outcomes)


LISTS = ("transactions", "internal-transactions", "withdrawals", "blocks-validated")


@pytest.mark.parametrize("name", ["half a body", "web page", "reset", "500", "429", "200 MB", "401", "redirect"])
@pytest.mark.parametrize("on", LISTS)
def test_no_fault_makes_a_history_shorter(tmp_path, name, on):
    with asked(tmp_path) as a:
        a.server.fault(name, on=f"/api/v2/addresses/{A}/{on}")
        reliability.outcome(lambda: a.history(A), a.server.host)
        a.server.good()
        reply = a.history(A)
        assert told(reply, A) == a.ledger.told(A, "")
        assert reply.coverage[0].how == "balance equal"


@pytest.mark.parametrize("name", ["half a body", "reset", "500", "429", "401"])
def test_a_balance_or_a_counter_that_is_not_answered_proves_nothing(tmp_path, name):
    with asked(tmp_path) as a:
        for on in ("tabs-counters", "counters"):
            a.server.fault(name, on=f"/api/v2/addresses/{A}/{on}")
        try:
            reply = a.history(A)
        except Malformed:
            return
        assert reply.coverage[0].how == "balance equal"
        assert told(reply, A) == a.ledger.told(A, "")


@pytest.mark.parametrize("contract", ["", USDT])
def test_pages_that_name_no_next_one_are_read_on_and_the_history_is_whole(tmp_path, contract):
    with asked(tmp_path, page=2) as a:
        name = "token-transfers" if contract else "transactions"
        a.server.change(edited(next_page_params=None), on=f"/api/v2/addresses/{A}/{name}")
        reply = a.history(A, contract)
        assert told(reply, A, contract) == a.ledger.told(A, contract)
        assert (reply.coverage[0].how, reply.gaps) == ("balance equal", ())


def test_a_page_that_came_twice_once_is_seen_through(tmp_path):
    with asked(tmp_path, page=4) as a:
        first = a.scout.listed(A, "transactions", {})
        a.server.change(
            lambda request, given: first if "block_number" in request.path else given, on=f"{LIST}?", times=1
        )
        reply = a.history(A)
        assert (told(reply, A), reply.coverage[0].how) == (a.ledger.told(A, ""), "balance equal")


@pytest.mark.parametrize("contract", ["", USDT])
@pytest.mark.parametrize("value", ["1e18", "1.5", 1e18, 12.0, -1, "", "0x10", True, [], 1 << 256])
def test_an_amount_that_is_no_whole_number_is_malformed(tmp_path, contract, value):
    def spoiled(one):
        return one | ({"total": {"value": value, "decimals": "6"}} if contract else {"value": value})

    with asked(tmp_path) as a:
        a.server.change(each(spoiled), on=f"/api/v2/addresses/{A}/{'token-transfers' if contract else 'transactions'}")
        with pytest.raises(Malformed, match="nothing of it is used"):
            a.history(A, contract)


def test_rows_of_somebody_else_are_left_out_and_noted(tmp_path):
    with asked(tmp_path) as a:
        a.server.change(
            each(lambda one: one | {"token": {"address_hash": B, "type": "ERC-20"}}), on="/api/v2/addresses/"
        )
        a.server.change(lambda _, given: given, on=LIST)
        reply = a.history(A, USDT)
        assert reply.transactions == ()
        assert [gap.kind for gap in reply.gaps] == ["balance"]
        assert "rows of another token or address stand among its own" in reply.gaps[0].text


@pytest.mark.parametrize("said", ["A\x1b[2J\ud800" * 100_000, 1e300, [1] * 100_000])
def test_what_an_instance_says_instead_of_a_number_is_shown_in_short_and_plain(tmp_path, said):
    with asked(tmp_path) as a:
        a.server.change(edited(position=said), on=TX)
        with pytest.raises(Malformed) as caught:
            a.source.reply(question(a), a.at)
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 500


def test_the_largest_value_survives(tmp_path):
    most = (1 << 256) - 1
    with asked(tmp_path, story()) as a:
        tx = question(a)
        a.server.change(edited(value=str(most)), on=TX)
        a.server.fault("500", on=TX + tx.txid + "/")
        (made,) = a.source.reply(MissingTransaction(CHAIN, tx.txid), a.at).transactions
        assert made.transfers[1].value == most


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (Given.json({"message": "Not found"}, 404), "the explorer knows no such address or token"),
        (Given.json({"items": [], "next_page_params": None}), "its logs have 2 transactions that its list has not"),
    ],
)
def test_an_empty_list_of_an_account_that_holds_nothing_now_is_no_empty_history(tmp_path, given, said):
    ledger = Ledger()
    ledger.mine(Tx(B, USDT, moves=[Move(USDT, ZERO, A, 5)]), Tx(A, USDT, moves=[Move(USDT, A, B, 5)]))
    with asked(tmp_path, ledger) as a:
        a.server.change(lambda *_: given, on=f"/api/v2/addresses/{A}/token-transfers")
        reply = a.history(A, USDT)
        assert [coverage.how for coverage in reply.coverage] == ["claimed"]
        assert said in reply.gaps[0].text
    with asked(tmp_path / "no logs", ledger, methods=frozenset({"eth_chainId", "eth_call"})) as a:
        assert a.history(C, USDT).coverage[0].how == "claimed"
    with asked(tmp_path / "logs", ledger) as a:
        assert a.history(C, USDT).coverage[0].how == "balance equal"


def test_a_server_that_counts_on_for_ever_is_not_followed(tmp_path):
    with asked(tmp_path, page=4) as a:
        page = json.loads(a.scout.listed(A, "transactions", {}).body)
        numbers = iter(range(50, 100_000, 50))

        def change(*_):
            return Given.json(page | {"next_page_params": page["next_page_params"] | {"items_count": next(numbers)}})

        a.server.change(change, on=LIST)
        assert a.history(A).coverage[0].how == "claimed"
        assert sum(one.path.startswith(LIST) for one in a.server.asked) < 12
        places = iter(range(1, 100_000))

        def elsewhere(*_):
            return Given.json({"items": [], "next_page_params": {"block_number": next(places), "index": 0}})

        a.server.asked.clear()
        a.server.change(elsewhere, on=LIST)
        assert a.history(A).coverage[0].how == "claimed"
        assert sum(one.path.startswith(LIST) for one in a.server.asked) < 12
