"""What a wallet of an issuer answers of its proposals: the pending ones are found, and nothing odd is read as none."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from eth_abi.abi import encode

from chaintrace.adapters.evm_rpc.adapter import EvmRpc
from chaintrace.adapters.evm_rpc.issuer_proposals import COUNT, NEWEST, PROPOSAL
from chaintrace.adapters.issuers import proposed_at, selector, state_at
from chaintrace.adapters.network import Endpoint
from chaintrace.errors import Refused
from chaintrace.model.chain import Account, Asset
from chaintrace.model.view import MissingState
from tests.chaintrace.adapters.evm_rpc.test_issuer_state import ANN, AT, FREE, NO_STATE, USDT, WALLET, Node, ask, words
from tests.hostile.doors import QUICK, quick_door
from tests.hostile.server import HostileServer

BOB, ELSEWHERE = "0x" + "bb" * 20, "0x" + "ee" * 20
OWNER = "owner()"
BLOCK = "addBlackList(address)"
WHAT = proposed_at(USDT)


def blocking(who, signature=BLOCK):
    return bytes.fromhex(selector(signature)[2:]) + encode(["address"], [who])


def proposal(data, *, to=USDT, executed=False):
    """What `transactions(uint256)` answers, as the compiler's getter writes it."""
    return "0x" + encode(["address", "uint256", "bytes", "bool"], [to, 0, data, executed]).hex()


class Wallet(Node):
    """A node on which USDT is owned by a wallet with these proposals; `odd` answers otherwise, by the question."""

    def __init__(self, *proposals, first=0, odd=None, said=FREE, chain=1):
        super().__init__(said, chain=chain, logs=[])
        self.proposals, self.first, self.odd, self.asked = proposals, first, odd or {}, []

    def proposed(self, to, data):
        names = {selector(name): name for name in (OWNER, COUNT, PROPOSAL)}
        name = names[data[:10]]
        self.asked.append((to, name, int(data[10:] or "0", 16)))
        if name in self.odd:
            return self.odd[name]
        if name == PROPOSAL:
            return self.proposals[int(data[10:], 16) - self.first]
        return "0x" + (WALLET[2:].rjust(64, "0") if name == OWNER else f"{self.first + len(self.proposals):064x}")


def pending(reply):
    return [one.value for one in reply.observations if one.what == WHAT]


def test_a_pending_proposal_to_block_the_address_is_told_with_its_number_and_wallet(tmp_path):
    node = Wallet(proposal(blocking(BOB)), proposal(blocking(ANN)), proposal(blocking(ANN), executed=True))
    reply = ask(tmp_path, node)
    assert (reply.gaps, reply.still_missing, words(reply)[state_at(USDT)]) == ((), False, "not blocked")
    (one,) = (one for one in reply.observations if one.what == WHAT)
    assert (one.value, one.height, one.subject) == (f"1 {BLOCK} {WALLET}", 100, ANN)
    assert one.source.sha256
    heights = {params[1] for method, params in node.calls if method == "eth_call"}
    assert heights == {"0x64"}


@pytest.mark.parametrize(
    "other",
    [
        proposal(blocking(BOB)),
        proposal(blocking(ANN), executed=True),
        proposal(blocking(ANN), to=ELSEWHERE),
        proposal(blocking(ANN, "removeBlackList(address)")),
        proposal(blocking(ANN, "destroyBlackFunds(address)")),
        proposal(blocking(ANN) + b"\0"),
        proposal(blocking(ANN)[:-1]),
        proposal(blocking(ANN)[:4] + b"\1" + blocking(ANN)[5:]),
        proposal(b""),
        proposal(bytes(10_000)),
    ],
)
def test_what_is_no_pending_call_that_blocks_the_address_is_not_told(tmp_path, other):
    reply = ask(tmp_path, Wallet(other))
    assert (pending(reply), reply.gaps, reply.still_missing) == ([], (), False)


def test_two_proposals_are_two(tmp_path):
    node = Wallet(proposal(blocking(ANN)), proposal(blocking(ANN)))
    assert pending(ask(tmp_path, node)) == [f"0 {BLOCK} {WALLET}", f"1 {BLOCK} {WALLET}"]


def test_the_newest_are_read_and_no_older_one(tmp_path):
    """The oldest that is read and the newest are told; the one before is not asked for."""
    first = 2**200
    rest = [proposal(blocking(BOB)) for _ in range(NEWEST - 2)]
    node = Wallet(proposal(blocking(ANN)), proposal(blocking(ANN)), *rest, proposal(blocking(ANN)), first=first)
    found = pending(ask(tmp_path, node))
    assert found == [f"{first + 1} {BLOCK} {WALLET}", f"{first + NEWEST} {BLOCK} {WALLET}"]
    assert [number for _, name, number in node.asked if name == PROPOSAL] == [first + n + 1 for n in range(NEWEST)]


def test_data_without_the_zeros_behind_it_is_read(tmp_path):
    """As getters of old compilers may write it: 36 bytes of data, and no more."""
    whole = proposal(blocking(ANN))
    assert len(blocking(ANN)) == 36
    assert pending(ask(tmp_path, Wallet(whole[: -2 * 28]))) == [f"0 {BLOCK} {WALLET}"]


TOO_OFTEN = {"code": -32005, "message": "too many requests per second"}
GOOD = proposal(blocking(ANN))
ODD = [
    *((OWNER, said) for said in ("0x", "0x01", FREE, "0x" + "ff" * 32, "0x" + WALLET[2:], FREE + "00")),
    *((COUNT, said) for said in ("0x", "0x05", FREE + "00", FREE * 2)),
    *((PROPOSAL, said) for said in ("0x", FREE, "0x" + "ff" * 32, "0x" + "ff" * 320, GOOD + "00" * 32, GOOD[:-58])),
    (PROPOSAL, "0x" + "00" * 32 + GOOD[66:]),
    (PROPOSAL, "0x" + "01" + GOOD[4:]),
    (PROPOSAL, GOOD[: 2 + 64 * 2] + f"{160:064x}" + GOOD[2 + 64 * 3 :]),
    (PROPOSAL, GOOD[: 2 + 64 * 2] + f"{2**255:064x}" + GOOD[2 + 64 * 3 :]),
    (PROPOSAL, GOOD[: 2 + 64 * 3] + f"{2:064x}" + GOOD[2 + 64 * 4 :]),
    (PROPOSAL, GOOD[: 2 + 64 * 4] + f"{2**255:064x}" + GOOD[2 + 64 * 5 :]),
    (PROPOSAL, GOOD[:-2] + "01"),
    *((name, {"code": 3, "message": "execution reverted"}) for name in (OWNER, COUNT, PROPOSAL)),
    *((name, NO_STATE) for name in (OWNER, COUNT, PROPOSAL)),
    *((name, {"code": -32601, "message": "the method is not available"}) for name in (OWNER, COUNT)),
    *((name, "not hex") for name in (OWNER, COUNT, PROPOSAL)),
    *((name, None) for name in (OWNER, COUNT, PROPOSAL)),
    (PROPOSAL, TOO_OFTEN),
]


@pytest.mark.parametrize(("name", "said"), ODD)
def test_an_odd_answer_is_told_and_loses_no_state(tmp_path, name, said):
    reply = ask(tmp_path, Wallet(GOOD, odd={name: said}))
    assert (words(reply)[state_at(USDT)], reply.still_missing, pending(reply)) == ("not blocked", False, [])
    (gap,) = reply.gaps
    assert (gap.kind, gap.subject, gap.contract) == ("source", ANN, USDT)
    assert gap.text.startswith("what is proposed in the issuer's wallet is not read: ")
    assert "no proposal is" not in gap.text


def test_a_key_that_is_refused_is_refused(tmp_path):
    with pytest.raises(Refused):
        ask(tmp_path, Wallet(GOOD, odd={COUNT: {"code": -32000, "message": "invalid api key"}}))


def test_where_no_wallet_is_known_nobody_is_asked(tmp_path):
    usdc = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48"
    node = Wallet(GOOD)
    node.question = selector("isBlacklisted(address)")
    reply = ask(tmp_path, node, contract=usdc)
    assert (node.asked, reply.gaps, words(reply)[state_at(usdc)]) == ([], (), "not blocked")


@pytest.mark.parametrize(
    ("odd", "asked"),
    [
        ({}, [OWNER, COUNT, PROPOSAL, PROPOSAL]),
        ({COUNT: "0x"}, [OWNER, COUNT]),
        ({COUNT: TOO_OFTEN}, [OWNER, *[COUNT] * QUICK.tries]),
    ],
)
def test_the_wallet_is_read_once_for_many_addresses_and_what_failed_once_is_told_to_each(tmp_path, odd, asked):
    node = Wallet(proposal(blocking(ANN)), proposal(blocking(BOB)), odd=odd)
    questions = [MissingState(Account(who, Asset("ethereum", USDT))) for who in (ANN, BOB, ELSEWHERE) * 3]
    with HostileServer(node) as server, quick_door(tmp_path, allowed="own") as door:
        source = EvmRpc().connect(Endpoint("evm-rpc", "ethereum", server.url, "node", "own"), door)
        with ThreadPoolExecutor(4) as pool:
            replies = list(pool.map(lambda one: source.state(one, AT), questions))
    assert [name for _, name, _ in node.asked] == asked
    expected = [] if odd else [[f"0 {BLOCK} {WALLET}"], [f"1 {BLOCK} {WALLET}"], []] * 3
    assert [pending(reply) for reply in replies] == (expected or [[]] * 9)
    assert {len(reply.gaps) for reply in replies} == {len(odd)}
