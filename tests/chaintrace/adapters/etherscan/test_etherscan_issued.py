"""What an issuer destroys without a transfer: its log tells it, and no list of transfers; else the gap says why."""

from __future__ import annotations

import pytest

from chaintrace.model.view import MissingTransaction
from tests.chaintrace.adapters.etherscan.town import CHAIN, PATH, asked
from tests.hostile.etherscan_books import Books, address, digest, time_of
from tests.hostile.etherscan_server import given, nothing

USDT = "0xdac17f958d2ee523a2206206994597c13d831ec7"
DESTROYED = "0x61e6e66b0d6339b2980aecc6ccc0039736791f0ccde9ed512e789a7fbdd698c6"


def word(value: int | str) -> str:
    return f"{value:064x}" if isinstance(value, int) else value[2:].rjust(64, "0")


def log(one, party: str, value: int, **more) -> dict:
    """A DestroyedBlackFunds as recorded answers have logs."""
    return {
        "address": USDT,
        "topics": [DESTROYED],
        "data": "0x" + word(address(party)) + word(value),
        "blockNumber": hex(one.height),
        "blockHash": digest("block", one.height),
        "timeStamp": hex(time_of(one.height)),
        "logIndex": "0x3",
        "transactionHash": one.txid,
        "transactionIndex": hex(one.position),
        **more,
    }


@pytest.fixture
def story():
    """A thief who was paid 10 and sent 3, and whose 7 were destroyed; another one's were too."""
    books = Books()
    books.pay("x", USDT, tokens=[(USDT, "victim", "thief", 10)])
    books.pay("thief", USDT, tokens=[(USDT, "thief", "next", 3)])
    wiped = [books.pay("issuer", USDT, data="0xf3bdc228"), books.pay("issuer", USDT, data="0xf3bdc228")]
    books.balance = lambda *_: 0
    return books, [log(wiped[0], "other", 5), log(wiped[1], "thief", 7)]


def serve(a, rows):
    def logs(request, _):
        start = int(request.path.partition("fromBlock=")[2].partition("&")[0])
        found = [row for row in rows if int(row["blockNumber"], 16) >= start and DESTROYED in request.path]
        return given(found) if "page=1" in request.path and found else nothing("No records found")

    a.server.change(logs, on=f"{PATH}?chainid=1&module=logs")


def moves(reply):
    return [(one.index[:5], one.kind, one.value) for tx in reply.transactions for one in tx.transfers]


def test_what_was_destroyed_is_found_in_the_logs_where_the_balance_asks_for_it(tmp_path, story):
    books, rows = story
    with asked(tmp_path, books) as a:
        serve(a, rows)
        reply = a.history("thief", USDT)
        assert [(kind, value) for _, kind, value in moves(reply)] == [("token", 10), ("token", 3), ("burn", 7)]
        assert moves(reply)[-1][0] == "log:3"
        assert (reply.coverage[0].how, reply.gaps) == ("balance equal", ())
        assert 1 <= a.actions().count("getLogs") <= 3


def test_a_balance_that_agrees_asks_for_no_logs(tmp_path):
    books = Books()
    books.pay("x", USDT, tokens=[(USDT, "0x" + "0" * 40, "thief", 10)])
    with asked(tmp_path, books) as a:
        assert a.history("thief", USDT).coverage[0].how == "balance equal"
        assert "getLogs" not in a.actions()


@pytest.mark.parametrize("rows", [[], None])
def test_where_no_log_tells_it_the_gap_says_why_lists_may_not(tmp_path, story, rows):
    books, told = story
    with asked(tmp_path, books) as a:
        serve(a, told[:1] if rows is None else rows)
        (gap,) = a.history("thief", USDT).gaps
        assert (gap.kind, gap.effect_value) == ("balance", 7)
        assert "Issue, Redeem and DestroyedBlackFunds of USDT" in gap.text


def test_the_receipt_of_the_issuer_tells_the_burn(tmp_path, story):
    books, rows = story
    one = books.mined[-1]
    with asked(tmp_path, books) as a:
        one.receipt_logs = lambda: [
            {name: value for name, value in rows[1].items() if name != "timeStamp"} | {"removed": False}
        ]
        (made,) = a.source.reply(MissingTransaction(CHAIN, one.txid), a.at).transactions
        assert [(each.index, each.kind, each.value) for each in made.transfers][-1] == ("log:3", "burn", 7)
        assert made.transfers[-1].inputs[0].address == address("thief")
