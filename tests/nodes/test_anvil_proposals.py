"""What is proposed in an issuer's wallet and not carried out, from a real node: as of the pinned height."""

from __future__ import annotations

import pytest

import chaintrace as ct
from chaintrace.adapters.issuers import proposed_at, state_at
from tests.hostile.doors import quick_door
from tests.nodes.anvil import address, call
from tests.nodes.evm_histories import PATIENT
from tests.nodes.evm_issued import TOKENS, VALUE, issuing
from tests.nodes.evm_less import NO_STATE, standing_before
from tests.nodes.test_anvil_issuers import asked, files, paid, resting, words, write_case

WHO = address("mule one")
TOKEN = TOKENS[0]
STATE, PROPOSED = state_at(TOKEN.contract), proposed_at(TOKEN.contract)

pytestmark = pytest.mark.usefixtures("anvil_program")


def blocking(who):
    return call(TOKEN.name, TOKEN.block, who)


def test_a_proposal_is_pending_from_when_it_is_submitted_until_it_is_carried_out(tmp_path):
    """All asked at the end, each as of its height; what is proposed about another address is told of that one."""
    other = address("stranger")
    with issuing(tmp_path / "node", (TOKEN,)) as issuer, quick_door(tmp_path / "door", patience=PATIENT) as door:
        before = issuer.propose(TOKEN.contract, blocking(other))
        issuer.propose(TOKEN.contract, call(TOKEN.name, TOKEN.release, WHO))
        submitted = issuer.propose(TOKEN.contract, blocking(WHO))
        issuer.propose(address("mule two"), blocking(WHO))
        executed = issuer.execute(2)
        told = {
            (who, height): asked(door, issuer.node.url, issuer.node, TOKEN, height, who)
            for who in (WHO, other)
            for height in (before, submitted, executed)
        }
    assert {reply.gaps for reply in told.values()} == {()}
    said = {key: (words(reply)[STATE][0], words(reply).get(PROPOSED)) for key, reply in told.items()}
    pending = {number: f"{number} addBlackList(address) {issuer.wallet}" for number in (0, 2)}
    assert said == {
        (WHO, before): ("not blocked", None),
        (WHO, submitted): ("not blocked", (pending[2], submitted)),
        (WHO, executed): ("blocked", None),
        **{(other, height): ("not blocked", (pending[0], height)) for height in (before, submitted, executed)},
    }


@pytest.mark.parametrize("owner", ["nobody", "account", "contract"])
def test_an_owner_that_is_no_such_wallet_is_told_and_the_state_is_kept(tmp_path, owner):
    with issuing(tmp_path / "node", TOKENS[:2]) as issuer, quick_door(tmp_path / "door", patience=PATIENT) as door:
        issuer.propose(TOKEN.contract, blocking(WHO))
        owners = {"nobody": "0x" + "0" * 40, "account": address("rich 3"), "contract": TOKENS[1].contract}
        height = issuer.do(TOKEN, "transferOwnership(address)", owners[owner])
        reply = asked(door, issuer.node.url, issuer.node, TOKEN, height)
    assert (reply.still_missing, words(reply)[STATE], PROPOSED in words(reply)) == (
        False,
        ("not blocked", height),
        False,
    )
    (gap,) = reply.gaps
    reason = {
        "nobody": "which names nobody",
        "account": f"{owners['account']} answers transactionCount() with 0 bytes, which is no number",
        "contract": f"{owners['contract']} refuses the question transactionCount() at height {height}",
    }
    assert gap.text.startswith("what is proposed in the issuer's wallet is not read: ")
    assert reason[owner] in gap.text


def test_a_node_without_the_state_of_the_wallet_says_so(tmp_path):
    with issuing(tmp_path / "node", (TOKEN,)) as issuer, quick_door(tmp_path / "door", patience=PATIENT) as door:
        height = issuer.propose(TOKEN.contract, blocking(WHO))

        def refuses(method, params):
            return NO_STATE if method == "eth_call" and params[0]["to"] == issuer.wallet else None

        with standing_before(issuer.node, refuses) as server:
            reply = asked(door, server.url, issuer.node, TOKEN, height)
    assert (words(reply)[STATE][0], PROPOSED in words(reply)) == ("not blocked", False)
    assert ["missing trie node" in gap.text for gap in reply.gaps] == [True]


def test_a_case_says_what_is_proposed_and_its_columns_say_what_the_contract_says(tmp_path):
    """The theft rests at two accounts; a block of one is proposed, then carried out, and the case is run again."""
    one, two = address("rich 1"), address("mule two")
    with issuing(tmp_path / "node", (TOKEN,)) as issuer:
        issuer.do(TOKEN, "mint(address,uint256)", address("rich 2"), VALUE)
        theft = paid(issuer, TOKEN, "rich 2", "rich 1", VALUE)
        paid(issuer, TOKEN, "rich 1", "mule two", VALUE // 5)
        height = issuer.propose(TOKEN.contract, blocking(two))
        source = f"adapter = 'evm-rpc'\nurl = '{issuer.node.url}'"
        case = write_case(tmp_path / "case", source, theft["transactionHash"])
        ct.open_case(case).follow()
        rows, before = resting(case), files(case)
        assert {key: row["issuer_state"] for key, row in rows.items()} == {one: "not blocked", two: "not blocked"}
        assert {row["issuer_state_height"] for row in rows.values()} == {str(height)}
        page = before["report.html"].decode()
        sentence = (
            "A proposal to block this address is pending in the issuer&#x27;s wallet "
            f"{issuer.wallet} (number 0), as of "
            f"height {height}; whether it will be carried out is the issuer&#x27;s decision."
        )
        assert page.count(sentence) == 1
        assert f"{two}</code>: {sentence}" in page
        ct.open_case(case).follow(offline=True)
        assert files(case) == before
        issuer.execute(0)
        ct.open_case(case).follow()
        assert {key: row["issuer_state"] for key, row in resting(case).items()} == {one: "not blocked", two: "blocked"}
        assert "A proposal to block" not in files(case)["report.html"].decode()
