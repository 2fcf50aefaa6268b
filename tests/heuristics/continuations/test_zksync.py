"""zkSync Era: the request says the txid of the delivery, and the router's log says whose the tokens are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heuristics.continuations.bridge import bridge
from tests.heuristics.continuations.crossing_cases import HERE, NAME, RECIPIENT, SENT, THERE, THIEF, event
from tests.heuristics.continuations.making import SHIPPED, kind, receipt, said, town, tx, who, word

BRIDGE = "zkSync Era bridge"
LAYER = who("the bridge on the layer")
HASH = bytes.fromhex(tx("delivery")[2:])


def row(name, argument=""):
    """The row of an event, by an argument that only one version has."""
    return next(
        one
        for one in SHIPPED.rows
        if (one.protocol, one.name) == (BRIDGE, name) and (not argument or argument in str(one.arguments))
    )


def request(index, to=LAYER, key=HASH):
    return said(row("NewPriorityRequest"), index, txHash=key, transaction={"to": int(to, 16)})


def of_bridge(index):
    told = {"l2DepositTxHash": HASH, "from": THIEF, "to": RECIPIENT, "l1Token": HERE, "amount": SENT}
    return said(row("DepositInitiated"), index, **told)


def legacy(index, chain=324):
    told = {"l2DepositTxHash": HASH, "from": THIEF, "to": RECIPIENT, "l1Token": HERE, "amount": SENT}
    return said(row("LegacyDepositInitiated"), index, chainId=chain, **told)


def shared(index, chain=324, to=RECIPIENT):
    told = {"from": THIEF, "to": to, "l1Token": HERE, "amount": SENT}
    return said(row("BridgehubDepositInitiated", "l1Token"), index, chainId=chain, **told)


def router(index, chain=324):
    data = word(THIEF) + word(RECIPIENT) + word(HERE) + SENT.to_bytes(32, "big") + (160).to_bytes(32, "big") + bytes(32)
    told = {"from": THIEF, "bridgeMintCalldata": data}
    return said(row("BridgehubDepositInitiated", "bridgeMintCalldata"), index, chainId=chain, **told)


def deposit(*logs, moves=None):
    moves = moves or ((HERE, THIEF, who("vault"), SENT),)
    return receipt(NAME, *moves, logs=logs, sender=THIEF, to=row("NewPriorityRequest").contract)


def delivery(*moves):
    return receipt("delivery", *(moves or ((THERE, None, RECIPIENT, SENT),)), chain="zksync", sender=THIEF)


def found(one, *others):
    return list(bridge(one.transaction, town(one, *others)))


LOGS = [
    (request(50), of_bridge(51)),
    (request(50), legacy(51), of_bridge(52)),
    (request(51), legacy(52)),
    (shared(50), request(51)),
    (router(50), request(51)),
]


@pytest.mark.parametrize("logs", LOGS)
def test_tokens_are_delivered_to_the_person_and_not_to_the_bridge_on_the_layer(logs):
    [finding] = found(deposit(*logs), delivery())
    assert (finding.object, finding.to_chain, finding.recipient) == (tx("delivery"), "zksync", RECIPIENT)
    assert [leg.index for leg in finding.outgoing] == ["log:0"]
    assert [(leg.chain, leg.index) for leg in finding.incoming] == [("zksync", "log:0")]


@pytest.mark.parametrize("logs", LOGS)
def test_gas_that_is_paid_back_beside_the_token_is_not_taken_for_it(logs):
    gas = "0x000000000000000000000000000000000000800a"
    [finding] = found(deposit(*logs), delivery((gas, who("bootloader"), RECIPIENT, 7), (THERE, None, RECIPIENT, SENT)))
    assert [leg.index for leg in finding.incoming] == ["log:1"]


def test_ether_alone_is_delivered_to_whom_the_request_names():
    ether = deposit(request(50, RECIPIENT), moves=(("", THIEF, row("NewPriorityRequest").contract, SENT),))
    [finding] = found(ether, delivery(("", who("bootloader"), RECIPIENT, SENT)))
    assert (finding.recipient, [leg.index for leg in finding.incoming]) == (RECIPIENT, ["value"])


def test_tokens_for_another_chain_of_the_stack_are_not_said_to_go_to_era():
    """The request of that chain stands at a contract that is not in the table: there is no key."""
    other = replace(request(51), emitter=who("another diamond"))
    assert found(deposit(shared(50, chain=388), other), delivery()) == []


def test_two_deposits_in_one_transaction_keep_their_requests():
    second = bytes.fromhex(tx("second")[2:])
    logs = (shared(50), request(51), shared(60, to=who("other")), request(61, key=second))
    one = deposit(*logs, moves=((HERE, THIEF, who("vault"), SENT), (HERE, THIEF, who("vault"), SENT)))
    assert {finding.recipient for finding in found(one, delivery()) if finding.incoming} == set()


@pytest.mark.parametrize("name", ["DepositInitiated", "LegacyDepositInitiated", "BridgehubDepositInitiated"])
def test_a_forged_log_names_nobody(name):
    """Another contract says that the tokens go to somebody: what the request itself says stands."""
    [log] = [log for logs in LOGS for log in logs if log.topic == row(name).topic][:1]
    forged = replace(log, index=60, emitter=who("forger"))
    assert all(finding.recipient != RECIPIENT for finding in found(deposit(request(50), forged), delivery()))


def test_the_tuple_of_a_request_is_read():
    assert kind(row("NewPriorityRequest").arguments[3]).startswith("(uint256,uint256,uint256,")
    assert event(BRIDGE, "ethereum", "DepositInitiated").contract == "0x57891966931eb4bb6fb81430e6ce0a03aabde063"
