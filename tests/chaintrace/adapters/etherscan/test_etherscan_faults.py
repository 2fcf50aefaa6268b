"""Every fault of docs/reliability.md against the adapters of Etherscan's API, over a real connection."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chaintrace.errors import Malformed, Refused, Unavailable
from chaintrace.model.view import MissingTransaction
from tests.chaintrace.adapters.etherscan.town import CHAIN, LIST, PROXY, TOKEN, asked, connected
from tests.hostile import reliability
from tests.hostile.doors import quick_door
from tests.hostile.etherscan_books import Books, digest
from tests.hostile.etherscan_server import given, refusal, result
from tests.hostile.faults import CARRIAGE
from tests.hostile.server import Given, bomb

ETH = 10**18
RECORDS = 4
_NOT_POSSIBLE = {
    "wrong id": "Not possible: what the proxy passes on always bears the id 1",
    "merkle branch": "Not possible: the API gives no branches",
    "unsynced": "Not possible: the API does not say it; a tip that it lacks is Unavailable",
}


def story() -> Books:
    """Nine payments to the thief, and two on."""
    books = Books()
    for place in range(9):
        books.pay("victim", "thief", ETH + place)
    books.pay("thief", "other", 3 * ETH)
    books.pay("router", TOKEN, tokens=[(TOKEN, "thief", "other", 3)])
    return books


def edited(edit):
    """A change of what an envelope or a proxy has as its result."""

    def change(_, answer):
        told = json.loads(answer.body)
        return replace(answer, body=json.dumps(told | {"result": edit(told["result"])}).encode())

    return change


def carriage(folder, name: str, adapter: str) -> str:
    """A fault of the connection, met in the middle of a history; then all is well, and nothing is lost."""
    bomb()  # it is made once, and slowly
    environment = {f"CHAINTRACE_{adapter.upper()}_KEY": "some-key-0123456789"}
    with asked(folder, story(), records=RECORDS, reach="public", environment=environment, adapter=adapter) as a:
        a.server.fault(name, on=a.on("txlistinternal"))
        if name == "refused":  # by a connection of its own: the old one would be answered still
            with quick_door(folder) as door:
                source = connected(a.server, door, adapter=adapter)
                question = MissingTransaction(CHAIN, a.books.mined[0].txid)
                return reliability.outcome(lambda: source.reply(question, a.at), a.server.host)
        said = reliability.outcome(lambda: a.history("thief"), a.server.host)
        a.server.good()
        a.explorer.asked.clear()
        assert len(a.history("thief").transactions) == 10
        assert "txlist" not in a.actions()
        return said


def history_outcome(a) -> str:
    """The gap of a history, or that it is whole all the same; no history is empty."""
    reply = a.history("thief")
    (coverage,) = reply.coverage
    if coverage.how == "balance equal":
        assert len(reply.transactions) == 10
        return "Answered: the pages were put in order by their heights, and the history adds up to the balance"
    assert coverage.how == "claimed"
    assert len(reply.transactions) >= RECORDS
    return f"Gap: {reply.gaps[0].text.replace(a.server.host, reliability.HOST)}"


def paged(query: str) -> int:
    """The height from which a page was asked for."""
    return int(query.partition("startblock=")[2].partition("&")[0])


def twice(a) -> None:
    """The first page, whatever was asked for."""
    first = a.explorer.answer({"action": "txlist", "address": a.thief})
    a.server.change(lambda *_: first, on=a.on("txlist&"))


def out_of_order(a) -> None:
    """Each page upside down."""
    a.server.change(edited(lambda rows: rows[::-1]), on=a.on("txlist&"))


def shrinks(a) -> None:
    """Each page without the row with which the one before it ended."""
    cut = edited(lambda rows: rows[1:])
    a.server.change(lambda asked, answer: cut(asked, answer) if paged(asked.path) else answer, on=a.on("txlist&"))


PAGES = {
    "page twice": twice,
    "page out of order": out_of_order,
    "page shrinks": shrinks,
    "counters": lambda a: a.server.change(edited(lambda told: str(int(told) + 1)), on=a.on("balance")),
}


def content(folder, adapter: str) -> dict[str, str]:
    """The faults of content."""
    found: dict[str, str] = {}
    raised = {
        "wrong bytes": (edited(lambda told: told | {"hash": digest("another")}), "eth_getTransactionByHash"),
        "other chain": (lambda *_: result("0x89"), "eth_chainId"),
        "fork": (edited(lambda told: told | {"hash": digest("fork")}), "eth_getBlockByNumber"),
    }
    for name, (change, action) in raised.items():
        with asked(folder / name, story(), adapter=adapter) as a, quick_door(folder / name / "other") as door:
            a.server.change(change, on=a.on(action))
            source = connected(a.server, door, adapter=adapter)
            question = MissingTransaction(CHAIN, a.books.mined[0].txid)
            found[name] = reliability.outcome(lambda s=source, q=question, a=a: s.reply(q, a.at), a.server.host)
    for name, spoil in PAGES.items():
        with asked(folder / name, story(), records=RECORDS, adapter=adapter) as a:
            a.thief = a.books.mined[0].receiver
            spoil(a)
            found[name] = history_outcome(a)
    with asked(folder / "floats", story(), adapter=adapter) as a:
        a.server.change(edited(lambda rows: [row | {"value": 1.5e18} for row in rows]), on=a.on("txlist&"))
        found["floats"] = reliability.outcome(lambda: a.history("thief"), a.server.host)
    return found


@pytest.mark.parametrize("adapter", ["etherscan", "routescan"])
def test_every_fault_has_its_outcome_and_the_page_says_so(tmp_path, adapter):
    outcomes = {
        fault.name: carriage(tmp_path / fault.name, fault.name, adapter)
        for fault in CARRIAGE
        if fault.name != "wrong id"
    }
    outcomes |= _NOT_POSSIBLE | content(tmp_path, adapter)
    for name, said in outcomes.items():
        remedies = ("again", "another source", "second source", "url", "check", "key", "Answered")
        assert name in _NOT_POSSIBLE or any(word in said for word in remedies), said
    reliability.compare(adapter, outcomes)


@pytest.mark.parametrize("adapter", ["etherscan", "routescan"])
@pytest.mark.parametrize("name", ["half a body", "web page", "reset", "500", "429", "200 MB"])
@pytest.mark.parametrize("action", ["txlist&", "txlistinternal", "balance"])
def test_no_fault_makes_a_history_shorter(tmp_path, name, action, adapter):
    with asked(tmp_path, story(), records=RECORDS, adapter=adapter) as a:
        a.server.fault(name, on=a.on(action))
        reliability.outcome(lambda: a.history("thief"), a.server.host)
        a.server.good()
        assert len(a.history("thief").transactions) == 10


@pytest.mark.parametrize("value", [1.5e18, "1.5e18", "1e18", "1.0", "-1", "", None, True, "0x10", " 1", str(2**256)])
@pytest.mark.parametrize(("action", "name"), [("txlist&", "value"), ("txlist&", "gasPrice"), ("tokentx", "value")])
def test_what_is_no_whole_number_of_base_units_is_malformed(tmp_path, action, name, value):
    with asked(tmp_path, story()) as a:
        a.server.change(edited(lambda rows: [row | {name: value} for row in rows]), on=LIST + action)
        with pytest.raises(Malformed, match="no whole number of base units"):
            a.history("thief", TOKEN if action == "tokentx" else "")


@pytest.mark.parametrize("name", ["blockNumber", "timeStamp", "hash", "from", "value", "gasUsed"])
def test_a_field_that_is_missing_is_malformed(tmp_path, name):
    with asked(tmp_path, story()) as a:
        cut = edited(lambda rows: [{key: value for key, value in row.items() if key != name} for row in rows])
        a.server.change(cut, on=f"{LIST}txlist&")
        with pytest.raises(Malformed, match=f"with {name} ="):
            a.history("thief")


@pytest.mark.parametrize("value", [[], {}, "x", 1.5, True])
@pytest.mark.parametrize("action", ["txlist&", "tokentx"])
def test_a_place_that_is_none_is_malformed(tmp_path, action, value):
    with asked(tmp_path, story()) as a:
        a.server.change(edited(lambda rows: [row | {"transactionIndex": value} for row in rows]), on=LIST + action)
        with pytest.raises(Malformed, match="with transactionIndex ="):
            a.history("other", TOKEN if action == "tokentx" else "")


def test_a_result_that_is_missing_is_no_absence(tmp_path):
    with asked(tmp_path, story()) as a:
        a.server.change(lambda *_: Given.json({"jsonrpc": "2.0", "id": 1}), on=f"{PROXY}eth_getTransactionByHash")
        reply = a.source.reply(MissingTransaction(CHAIN, a.books.mined[0].txid), a.at)
        assert (reply.absent, reply.still_missing) == (False, True)
        assert "passes no eth_getTransactionByHash on: ask another source" in reply.gaps[0].text


@pytest.mark.parametrize("gone", [("blockHash",), ("blockHash", "blockNumber", "transactionIndex")])
def test_a_transaction_without_its_block_is_in_that_of_its_receipt(tmp_path, gone):
    with asked(tmp_path, story()) as a:
        a.server.change(edited(lambda told: told | dict.fromkeys(gone)), on=f"{PROXY}eth_getTransactionByHash")
        one = a.books.mined[0]
        (told,) = a.source.reply(MissingTransaction(CHAIN, one.txid), a.at).transactions
        assert (told.status, told.height) == ("confirmed", one.height)


REFUSALS = {
    "Max rate limit reached, please use API Key for higher rate limit": (Unavailable, "asked 3 times: try again later"),
    "Max calls per sec rate limit reached (3/sec)": (Unavailable, "asked 3 times: try again later"),
    "Free API access is temporarily unavailable due to unusually high network activity. To maintain uninterrupted "
    "service, we recommend upgrading to a paid plan: https://etherscan.io/apis": (Unavailable, "try again later"),
    "Max daily rate limit reached. 100000 (100%) of 100000 day/limit": (Refused, "go on tomorrow"),
    "Invalid API Key": (Refused, "CHAINTRACE_ETHERSCAN_KEY"),
    "Missing or unsupported chainid parameter (required for v2 api), please see chainlist": (Refused, "blockscout"),
    "Free API access is not supported for this chain. Please upgrade your api plan for full chain coverage. "
    "https://etherscan.io/apis": (Refused, "use a plan that has it, or the adapter blockscout"),
}


@pytest.mark.parametrize("words", REFUSALS)
def test_words_of_refusal_are_told_apart_and_are_no_empty_list(tmp_path, words):
    error, sentence = REFUSALS[words]
    with asked(tmp_path, story()) as a:
        a.server.change(lambda *_: refusal(words), on=LIST)
        with pytest.raises(error) as caught:
            a.history("thief")
        assert sentence in str(caught.value)
        a.server.good()
        assert len(a.history("thief").transactions) == 10


def test_what_only_a_larger_plan_has_leaves_the_question_open_with_the_remedy(tmp_path):
    with asked(tmp_path, story()) as a:
        words = "Sorry, it looks like you are trying to access an API Pro endpoint. Contact us to upgrade to API Pro."
        a.server.change(lambda *_: refusal(words), on=f"{LIST}txlistinternal")
        reply = a.history("thief")
        assert reply.still_missing
        assert "use such a plan, or the adapter blockscout" in reply.gaps[0].text


def test_a_question_that_takes_too_long_is_put_in_smaller_parts(tmp_path):
    with asked(tmp_path, story()) as a:
        words = "Query Timeout occured. Please select a smaller result dataset"
        a.server.change(
            lambda asked, answer: refusal(words) if "offset=1000" in asked.path else answer, on=f"{LIST}txlist&"
        )
        assert a.history("thief").coverage[0].how == "balance equal"
        a.server.change(lambda *_: refusal(words), on=f"{LIST}tokentx")
        with pytest.raises(Unavailable, match="cannot answer so much"):
            a.history("thief", TOKEN)


@pytest.mark.parametrize("answer", [[], {}])
def test_an_answer_of_nothing_at_all_is_no_empty_list(tmp_path, answer):
    with asked(tmp_path, story()) as a:
        a.server.change(lambda *_: Given.json(answer), on=f"{LIST}txlist&")
        reply = a.history("thief")
        assert (reply.still_missing, reply.coverage) == (True, ())


@pytest.mark.parametrize("answer", [{"status": "1", "message": "OK", "result": None}, {"result": []}, [1], "no"])
def test_an_envelope_that_says_nothing_is_no_empty_list(tmp_path, answer):
    with asked(tmp_path, story()) as a:
        a.server.change(lambda *_: Given.json(answer), on=f"{LIST}txlist&")
        with pytest.raises(Malformed):
            a.history("thief")


def test_an_empty_list_of_routescan_is_one(tmp_path):
    with asked(tmp_path, story()) as a:
        a.server.change(lambda *_: given([]), on=LIST + "txlistinternal")
        assert a.history("thief").coverage[0].how == "balance equal"
