"""What an issuer's contract says of an address, from a real node: as of the pinned height, in all four forms."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest

import chaintrace as ct
from chaintrace.adapters.issuers import CODE, NO_CODE, balance_at, issued, selector, state_at, topic, wiped_at
from chaintrace.case.endpoints import connected, endpoint
from chaintrace.model.chain import Account, Asset
from chaintrace.model.view import MissingState
from tests.hostile.doors import quick_door
from tests.nodes.anvil import address, call
from tests.nodes.evm_histories import PATIENT
from tests.nodes.evm_issued import CHAIN, TOKENS, VALUE, issuing, live
from tests.nodes.evm_less import NO_METHOD, NO_STATE, standing_before

WHO = address("mule one")
IDS = [token.name for token in TOKENS]


@pytest.fixture(scope="module")
def issuer(anvil_program, tmp_path_factory):  # noqa: ARG001  # asked first
    with issuing(tmp_path_factory.mktemp("issuer")) as one:
        live(one, WHO)
        yield one


def question(token, who=WHO):
    return MissingState(Account(who, Asset(CHAIN, token.contract)))


def asked(door, url, node, token, height, who=WHO):
    """What a source says of an address, as of a height of the chain."""
    source = connected(endpoint("evm-rpc", CHAIN, url), door)
    at = replace(source.status(), height=height, block_hash=node.block_hash(height))
    return source.state(question(token, who), at)


def words(reply):
    return {one.what: (one.value, one.height) for one in reply.observations}


@pytest.mark.parametrize("token", TOKENS, ids=IDS)
def test_the_state_is_that_of_the_pinned_height_and_not_of_the_last(tmp_path, issuer, token):
    """Before, after the block, the release, the second block and the destruction: all asked at the end."""
    told = issuer.told[token.name]
    assert {one.state for one in told} == {"blocked", "not blocked"}
    with quick_door(tmp_path, patience=PATIENT) as door:
        for one in told:
            reply = asked(door, issuer.node.url, issuer.node, token, one.height)
            assert (reply.gaps, reply.still_missing) == ((), False)
            assert words(reply) == {
                state_at(token.contract): (one.state, one.height),
                balance_at(token.contract): (one.balance, one.height),
                CODE: (NO_CODE, one.height),
            }
            assert all(seen.source is not None and seen.source.sha256 for seen in reply.observations)


@pytest.mark.parametrize("token", TOKENS, ids=IDS)
def test_of_another_address_another_thing_is_said(tmp_path, issuer, token):
    last = issuer.told[token.name][-1].height
    with quick_door(tmp_path, patience=PATIENT) as door:
        said = {
            who: words(asked(door, issuer.node.url, issuer.node, token, last, who))[state_at(token.contract)][0]
            for who in (WHO, address("stranger"), address("mule two"))
        }
        contract = words(asked(door, issuer.node.url, issuer.node, token, last, token.contract))
    assert said == {WHO: "blocked", address("stranger"): "blocked", address("mule two"): "not blocked"}
    assert contract[CODE][0] != NO_CODE


@pytest.mark.parametrize("token", TOKENS, ids=IDS)
def test_a_node_without_the_state_is_asked_for_the_events(tmp_path, issuer, token):
    """They give the same states at the same heights, and what was destroyed; the balance is then not known."""

    def refuses(method, _params):
        return NO_STATE if method == "eth_call" else None

    with standing_before(issuer.node, refuses) as server, quick_door(tmp_path, patience=PATIENT) as door:
        for one in issuer.told[token.name]:
            reply = asked(door, server.url, issuer.node, token, one.height)
            assert words(reply)[state_at(token.contract)] == (one.state, one.height)
            assert (reply.still_missing, balance_at(token.contract) in words(reply)) == (False, False)
            assert [gap.text for gap in reply.gaps if "missing trie node" in gap.text]
    destroyed = words(reply).get(wiped_at(token.contract))
    if token.wipe:
        assert destroyed == (str(VALUE) if token.name != "IssuedPaxos" else "", issuer.told[token.name][-1].height)
    assert (destroyed is not None, issued(CHAIN, token.contract).power) in {(True, "wipe"), (False, "block")}


def test_without_state_and_without_events_nothing_is_known(tmp_path, issuer):
    """And nothing is taken for "not blocked"."""
    token = TOKENS[0]

    def refuses(method, _params):
        return {"eth_call": NO_STATE, "eth_getLogs": NO_METHOD, "eth_getCode": NO_STATE}.get(method)

    with standing_before(issuer.node, refuses) as server, quick_door(tmp_path, patience=PATIENT) as door:
        reply = asked(door, server.url, issuer.node, token, issuer.told[token.name][0].height)
    assert (reply.observations, reply.still_missing) == ((), True)
    assert len(reply.gaps) == 4
    assert all("not blocked" not in gap.text for gap in reply.gaps)


def test_a_contract_without_the_question_is_told_as_that(anvil_program, tmp_path):  # noqa: ARG001  # asked first
    """Another token's code at the address: the call fails, and no event is read instead."""
    other = replace(TOKENS[2], contract=TOKENS[0].contract)
    with issuing(tmp_path / "node", (other,)) as issuer, quick_door(tmp_path / "door", patience=PATIENT) as door:
        height = issuer.do(other, "mint(address,uint256)", WHO, VALUE)
        reply = asked(door, issuer.node.url, issuer.node, other, height)
    assert (reply.still_missing, words(reply)[balance_at(other.contract)][0]) == (True, str(VALUE))
    gap, wallet = reply.gaps
    assert f"{other.contract} refuses the question isBlackListed(address) at height {height}" in gap.text
    assert f"is not read: {other.contract} refuses the question for its wallet at height {height}" in wallet.text


def test_an_address_without_a_contract_answers_nothing_that_counts(anvil_program, tmp_path):  # noqa: ARG001  # asked first
    """A call to no code succeeds and returns no bytes: neither yes nor no, no balance, and nobody's wallet."""
    with issuing(tmp_path / "node", ()) as issuer, quick_door(tmp_path / "door", patience=PATIENT) as door:
        issuer.node.rpc("evm_mine")
        reply = asked(door, issuer.node.url, issuer.node, TOKENS[0], issuer.node.height)
    assert (reply.still_missing, set(words(reply))) == (True, {CODE})
    assert ["with 0 bytes" in gap.text for gap in reply.gaps] == [True, True, True]


def write_case(folder, source, txid):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.toml").write_text(
        f"[case]\nname = 'blocked'\nmethods = ['fifo', 'lifo']\n\n[[source]]\nchain = '{CHAIN}'\n{source}\n\n"
        f"[[seed]]\nchain = '{CHAIN}'\ntxid = '{txid}'\norigin = 'theft'\n\n[rules]\nuse = []\n",
        "utf-8",
    )
    return folder


def paid(issuer, token, sender, receiver, value):
    """A transfer of the token; its receipt."""
    return issuer.mine(token.contract, call(token.name, "transfer(address,uint256)", address(receiver), value), sender)


def files(folder):
    return {path.name: path.read_bytes() for path in (folder / "report").iterdir()}


def resting(folder):
    with (folder / "report" / "resting.csv").open(encoding="utf-8", newline="") as file:
        return {row["address"]: row for row in csv.DictReader(file)}


def test_a_case_asks_when_its_trace_has_ended_and_keeps_the_answer(anvil_program, tmp_path):  # noqa: ARG001  # asked first
    """A theft of USDT that two accounts share, one of them blocked; then it is the other, and the case is run again."""
    token, one, two = TOKENS[0], address("rich 1"), address("mule two")
    with issuing(tmp_path / "node", (token,)) as issuer:
        issuer.do(token, "mint(address,uint256)", address("rich 2"), VALUE)
        theft = paid(issuer, token, "rich 2", "rich 1", VALUE)
        paid(issuer, token, "rich 1", "mule two", VALUE // 5)
        height = issuer.do(token, token.block, two)
        source = f"adapter = 'evm-rpc'\nurl = '{issuer.node.url}'"
        case = write_case(tmp_path / "case", source, theft["transactionHash"])
        ct.open_case(case).follow()
        rows, before = resting(case), files(case)
        assert {(row["issuer"], row["issuer_power"], row["holder_kind"]) for row in rows.values()} == {
            ("Tether", "wipe", "private")
        }
        assert {key: (row["issuer_state"], row["actual_balance"]) for key, row in rows.items()} == {
            one: ("not blocked", str(VALUE - VALUE // 5)),
            two: ("blocked", str(VALUE // 5)),
        }
        assert {row["issuer_state_height"] for row in rows.values()} == {str(height)}
        page = before["report.html"].decode()
        assert "whether it will is Tether&#x27;s decision or a court&#x27;s" in page
        issuer.do(token, token.release, two)
        height = issuer.do(token, token.block, one)
        ct.open_case(case).follow(offline=True)
        assert files(case) == before  # what was answered as of the pinned tip is kept, and nobody is asked
        ct.open_case(case).follow()
        rows = resting(case)
        assert {key: row["issuer_state"] for key, row in rows.items()} == {one: "blocked", two: "not blocked"}
        assert {row["issuer_state_height"] for row in rows.values()} == {str(height)}


def test_a_case_says_what_it_could_not_read(anvil_program, tmp_path):  # noqa: ARG001  # asked first
    """A node that keeps no state and lists no such events: the cells stay empty, the page says why, and so offline."""
    token = TOKENS[0]
    with issuing(tmp_path / "node", (token,)) as issuer:
        issuer.do(token, "mint(address,uint256)", address("rich 2"), VALUE)
        theft = paid(issuer, token, "rich 2", "rich 1", VALUE)

        def refuses(method, params):
            asks_state = method == "eth_call" and params[0]["data"].startswith(selector("isBlackListed(address)"))
            lists = method == "eth_getLogs" and topic("AddedBlackList(address)") in str(params)
            return NO_STATE if asks_state or lists else None

        with standing_before(issuer.node, refuses) as server:
            source = f"adapter = 'evm-rpc'\nurl = '{server.url}'"
            case = write_case(tmp_path / "case", source, theft["transactionHash"])
            result = ct.open_case(case).follow()
        (row,) = resting(case).values()
        before = files(case)
        assert result.complete  # no amount rests on it
        assert (row["issuer"], row["issuer_state"], row["issuer_state_height"]) == (
            "Tether",
            "",
            str(issuer.node.height),
        )
        assert row["actual_balance"] == str(VALUE)
        page = before["report.html"].decode()
        assert "that is not the same as not blocked" in page
        assert "missing trie node" in page
        ct.open_case(case).follow(offline=True)
        assert files(case) == before
