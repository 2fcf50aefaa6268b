"""Nodes that can do less than anvil: no traces, no old states. What they tell is true, and what they cannot is said."""

from __future__ import annotations

import pytest

import chaintrace as ct
from chaintrace.case.endpoints import connected, endpoint
from chaintrace.model.view import MissingHistory
from tests.hostile.doors import quick_door
from tests.nodes import anvil as nodes
from tests.nodes import evm_case, evm_story
from tests.nodes.anvil import CHAIN, CHAIN_ID, address
from tests.nodes.evm_books import GWEI
from tests.nodes.evm_histories import PATIENT, PROVEN, account, booked, opened, told
from tests.nodes.evm_less import NO_METHOD, pruned, standing_before, without, without_traces
from tests.nodes.evm_story import SUPPLY, UNIT
from tests.oracle import compare
from tests.oracle.compare import against

METHODS = ("fifo",)
TOKENS = ("drained", "cut", "deceit")


def followed(folder, server, books, origins):
    """The result and the report of a case that asks what stands before the node."""
    source = f"adapter = 'evm-rpc'\nurl = '{server.url}'"
    case = evm_case.write_case(folder, source, books, methods=METHODS, origins=origins)
    return ct.open_case(case).follow(), case / "report"


def of_seeds(books):
    """The transactions of the seeds: whole transactions, of which a node without traces does not tell the inside."""
    return {books.pages[name].txid for _, name, _ in evm_case.SEEDS}


def test_tokens_need_no_traces(tmp_path, anvil, evm_told):
    with standing_before(anvil, without_traces) as server:
        _, report = followed(tmp_path / "case", server, evm_told.books, TOKENS)
    assert (
        against(evm_case.expected(tmp_path / "oracle", evm_told.books, methods=METHODS, origins=TOKENS), report) == []
    )
    assert {row["subject"] for row in compare.rows(report / "gaps.csv")} <= of_seeds(evm_told.books)


def test_what_contracts_send_on_is_missed_where_nothing_traces_it(tmp_path, anvil, evm_told):
    """The splitter's balance shows that something is missing."""
    with standing_before(anvil, without_traces) as server:
        result, report = followed(tmp_path / "case", server, evm_told.books, ("theft",))
    assert not result.complete
    gaps = {row["subject"]: row for row in compare.rows(report / "gaps.csv")}
    assert gaps[evm_told.splitter]["kind"] in {"balance", "source"}
    rests = compare.resting(report)
    assert sum(value for key, value in rests.items() if key[2] == evm_told.splitter) <= anvil.balance(evm_told.splitter)


def test_without_old_states_a_supply_that_no_log_tells_of_is_a_gap(tmp_path, anvil, evm_told):
    """Nobody can say what the issuer had: the least that explains its payments is assumed, and the difference named."""
    with standing_before(anvil, pruned(anvil)) as server:
        result, report = followed(tmp_path / "case", server, evm_told.books, TOKENS)
    gaps, issuer = compare.rows(report / "gaps.csv"), address("rich 0")
    assert {row["subject"] for row in gaps} - of_seeds(evm_told.books) == {issuer}
    effects = {row["kind"]: row["effect_value"] for row in gaps if row["subject"] == issuer}
    assert effects["balance"] == str(SUPPLY)
    paid_out, charged = (9_000 + 1_000 + 50 + 1_000) * UNIT, 5_750_000
    assert int(effects["opening"]) == paid_out - charged
    assert not result.complete
    expected = evm_case.expected(tmp_path / "oracle", evm_told.books, methods=METHODS, origins=TOKENS)
    assert compare.of_method(expected["endpoints"], "fifo") == compare.endpoints(report)
    resting = compare.of_method(expected["resting"], "fifo").items()
    assert {key: value for key, value in resting if key[2] != issuer}.items() <= compare.resting(report).items()


@pytest.mark.parametrize("name", ["eth_getLogs", "eth_getBlockReceipts"])
def test_what_a_node_does_not_offer_is_said_and_nothing_is_empty(tmp_path, anvil, evm_told, name):
    with standing_before(anvil, lambda method, _: NO_METHOD if method == name else None) as server:
        result, report = followed(tmp_path / "case", server, evm_told.books, TOKENS)
    if result.complete:
        expected = evm_case.expected(tmp_path / "oracle", evm_told.books, methods=METHODS, origins=TOKENS)
        assert (against(expected, report), compare.rows(report / "gaps.csv")) == ([], [])
    else:
        assert any("the method does not exist" in row["text"] for row in compare.rows(report / "gaps.csv"))
        assert sum(compare.not_followed(report).values()) == 9_000 * UNIT


ABLE = {
    "no index of traces": (without("trace_filter"), 13),
    "debug alone": (without("trace_", "ots_"), 9),
    "parity alone": (without("trace_filter", "ots_", "debug_"), 9),
    "no traces": (without_traces, 4),
}
"""What a node refuses, and of how many of the 13 accounts it can still prove the history."""
NAMES = ("mule one", "mule two", "mule three", "mule four", "mule five", "mule six", "thief", "victim", "exchange")


SLOWER = {"no index of traces", "parity alone", "no traces"}


@pytest.mark.parametrize("able", [pytest.param(one, marks=pytest.mark.soak if one in SLOWER else ()) for one in ABLE])
def test_what_is_said_to_be_proven_is_what_the_books_have(tmp_path, anvil, evm_told, able):
    """Also of contracts: one passes on what it was paid, one was there for some blocks, two within a transaction."""
    books = evm_told.books
    contracts = [evm_told.splitter, *(books.pages[name].created for name in ("vault", "brief", "burned"))]
    refuses, provable = ABLE[able]
    proven = 0
    with standing_before(anvil, refuses) as server, quick_door(tmp_path, patience=PATIENT) as door:
        source = connected(endpoint("evm-rpc", CHAIN, server.url), door)
        at = source.status()
        for place in [*map(address, NAMES), *contracts]:
            reply = source.reply(MissingHistory(account(place, ""), 1), at)
            if reply.coverage and reply.coverage[0].how in PROVEN:
                (held,) = reply.coverage
                assert told(reply, place, "") == booked(books, place, "", held.start)
                assert (held.opening, reply.gaps) == (opened(books, place, "", held.start), ())
                proven += 1
            else:
                assert reply.gaps
    assert proven == provable


class Lender:
    """Lets others decide what code the victim's own account has, for some blocks (EIP-7702), and pays through it."""

    def __init__(self, node):
        self._node = node

    def send(self, to, *, value=0, data=b"", code=None):
        """Mine a transaction of the stranger; with `code`, the victim's account gets that of this address."""
        sent = {"chainId": CHAIN_ID, "nonce": self._sent("stranger"), "gas": 300_000, "value": value, "data": data}
        sent |= {"to": bytes.fromhex(to[2:]), "maxFeePerGas": 3 * GWEI, "maxPriorityFeePerGas": GWEI}
        if code is not None:
            lent = {"chainId": CHAIN_ID, "address": bytes.fromhex(code[2:]), "nonce": self._sent("victim")}
            sent |= {"authorizationList": [nodes.account("victim").sign_authorization(lent)]}
        raw = nodes.account("stranger").sign_transaction(sent).raw_transaction
        txid = self._node.rpc("eth_sendRawTransaction", "0x" + bytes(raw).hex())
        self._node.rpc("evm_mine")
        assert self._node.rpc("eth_getTransactionReceipt", txid)["status"] == "0x1"
        self._node.rpc("evm_mine")
        return txid

    def _sent(self, name):
        return int(self._node.rpc("eth_getTransactionCount", address(name), "latest"), 16)


def test_an_account_that_had_code_for_a_while_is_not_proven_by_its_balances(tmp_path, anvil_program):  # noqa: ARG001  # asked first
    with nodes.anvil(tmp_path / "node") as node:
        story, lender = evm_story.Story(node), Lender(node)
        story.before()
        lender.send(address("shop"), code=story.splitter)
        onward = nodes.call("Splitter", "split(address[],uint256[])", [address("mule one")], [evm_story.ETH])
        txid = lender.send(address("victim"), value=evm_story.ETH, data=onward)
        lender.send(address("shop"), code=evm_story.NOTHING)
        assert node.rpc("eth_getCode", address("victim"), "latest") == "0x"
        told_by = {}
        for name, refuses in (("everything", without("nothing")), ("no index", without("trace_", "ots_"))):
            with standing_before(node, refuses) as server, quick_door(tmp_path / name, patience=PATIENT) as door:
                source = connected(endpoint("evm-rpc", CHAIN, server.url), door)
                told_by[name] = source.reply(MissingHistory(account(address("victim"), ""), 2), source.status())
    whole = told(told_by["everything"], address("victim"), "")
    assert [one[1] for one in whole if one[0] == txid] == ["value", "call:0"]
    assert told_by["everything"].coverage[0].how in PROVEN
    assert (told_by["no index"].coverage, len(told_by["no index"].gaps)) == ((), 1)
