"""Tickets of Arbitrum: the txid there is the hash of what Ethereum logs, and a log of anybody else's makes none."""

from __future__ import annotations

import json

import pytest
import rlp

from heuristics.continuations.bridge import bridge
from heuristics.continuations.keys import keccak
from tests.heuristics.continuations.crossing_cases import HERE, NAME, RECIPIENT, SENT, THERE, THIEF, event
from tests.heuristics.continuations.making import moved, receipt, said, town, who, word

NUMBER, BASE_FEE = 0x16336D, 30 * 10**9
SENDER, BEYOND = who("alias of the gateway"), who("refund")
CALL = bytes.fromhex("2e567b36") + bytes(60)


def one_of(name, shape, **more):
    return event("Arbitrum bridge", "ethereum", name, shape=shape, route="in", **more)


def told(kind, contents, emitter=None):
    """The two logs of a message: the bridge's and the inbox's."""
    delivered, inbox = one_of("MessageDelivered", "detail"), one_of("InboxMessageDelivered", "detail")
    return (
        said(
            delivered, 40, emitter=emitter, messageIndex=NUMBER, inbox=inbox.contract, kind=kind, sender=SENDER,
            baseFeeL1=BASE_FEE,
        ),
        said(inbox, 41, messageNum=NUMBER, data=contents),
    )  # fmt: skip


def whole(value):
    return value.to_bytes(32, "big")


def ticket_of(to, value, calldata=CALL):
    """What the inbox writes of a ticket, and its txid as the documents of the protocol compute it."""
    numbers = {"deposit": 7_000, "submission": 500, "gas": 90_000, "price": 10**8}
    contents = b"".join((
        word(to), whole(value), whole(numbers["deposit"]), whole(numbers["submission"]), word(BEYOND), word(THIEF),
        whole(numbers["gas"]), whole(numbers["price"]), whole(len(calldata)), calldata,
    ))  # fmt: skip
    fields = [
        42_161, whole(NUMBER), bytes.fromhex(SENDER[2:]), BASE_FEE, numbers["deposit"], numbers["price"],
        numbers["gas"], bytes.fromhex(to[2:]), value, bytes.fromhex(THIEF[2:]), numbers["submission"],
        bytes.fromhex(BEYOND[2:]), calldata,
    ]  # fmt: skip
    return contents, "0x" + keccak(b"\x69" + rlp.encode(fields)).hex()


def renamed(one, txid):
    """A receipt of that txid."""
    from dataclasses import replace

    logs = tuple(replace(log, txid=txid) for log in one.logs)
    transaction = replace(one.transaction, txid=txid)
    return replace(one, transaction=transaction, logs=logs, sent=replace(one.sent, txid=txid))


def carried(ticket):
    """The transaction of a ticket, and the one to which it hands on, that mints for the recipient."""
    redeem = event("Arbitrum bridge", "arbitrum", "RedeemScheduled")
    retry = receipt("retry", (THERE, None, RECIPIENT, SENT), chain="arbitrum", sender=SENDER)
    scheduled = said(
        redeem, 1, ticketId=bytes.fromhex(ticket[2:]), retryTxHash=bytes.fromhex(retry.transaction.txid[2:])
    )
    return renamed(receipt("ticket", chain="arbitrum", logs=(scheduled,), sender=SENDER), ticket), retry


def deposited(logs):
    gateway = event("Arbitrum bridge", "ethereum", "DepositInitiated")
    log = said(gateway, 45, l1Token=HERE, **{"from": THIEF}, to=RECIPIENT, sequenceNumber=NUMBER, amount=SENT)
    return receipt(NAME, (HERE, THIEF, gateway.contract, SENT), logs=(*logs, log), sender=THIEF, to=gateway.contract)


def found(one, *others):
    return list(bridge(one.transaction, town(one, *others)))


def test_a_token_is_found_in_the_transaction_to_which_its_ticket_hands_on():
    contents, ticket = ticket_of(who("gateway there"), 0)
    first = deposited(told(9, contents))
    made, retry = carried(ticket)
    [finding] = found(first, made, retry)
    assert (finding.object, finding.key, finding.to_chain) == (retry.transaction.txid, str(NUMBER), "arbitrum")
    assert [(leg.chain, leg.index) for leg in finding.incoming] == [("arbitrum", "log:0")]


def test_a_ticket_whose_second_transaction_is_not_held_or_failed_delivered_nothing():
    from dataclasses import replace

    contents, ticket = ticket_of(who("gateway there"), 0)
    first, (made, retry) = deposited(told(9, contents)), carried(ticket)
    failed = replace(retry, transaction=replace(retry.transaction, status="failed"))
    for others in ((made,), (made, failed)):
        [finding] = found(first, *others)
        assert (finding.incoming, finding.recipient, finding.key) == ((), RECIPIENT, str(NUMBER))


def test_a_message_that_another_contract_tells_of_makes_no_ticket():
    contents, ticket = ticket_of(who("gateway there"), 0)
    made, retry = carried(ticket)
    [finding] = found(deposited(told(9, contents, emitter=who("forger"))), made, retry)
    assert finding.incoming == ()


@pytest.mark.parametrize("kind", [9, 12])
def test_ether_is_found_as_a_deposit_and_as_the_value_of_a_ticket(kind):
    value = 10**18
    if kind == 12:
        contents = bytes.fromhex(RECIPIENT[2:]) + whole(value)
        fields = [42_161, whole(NUMBER), bytes.fromhex(SENDER[2:]), bytes.fromhex(RECIPIENT[2:]), value]
        txid = "0x" + keccak(b"\x64" + rlp.encode(fields)).hex()
    else:
        contents, txid = ticket_of(RECIPIENT, value)
    inbox = one_of("InboxMessageDelivered", "detail").contract
    bridge_itself = one_of("MessageDelivered", "detail").contract
    passed = moved("ethereum", 1, "", inbox, bridge_itself, value, index="call:0")
    first = receipt(NAME, ("", THIEF, inbox, value), logs=told(kind, contents), sender=THIEF, to=inbox, extra=(passed,))
    arrived = receipt("arrived", ("", SENDER, RECIPIENT, value), chain="arbitrum", sender=SENDER)
    if kind == 12:
        others = (renamed(arrived, txid),)
    else:
        redeem = event("Arbitrum bridge", "arbitrum", "RedeemScheduled")
        named = bytes.fromhex(arrived.transaction.txid[2:])
        log = said(redeem, 1, ticketId=bytes.fromhex(txid[2:]), retryTxHash=named)
        others = (renamed(receipt("ticket", chain="arbitrum", logs=(log,), sender=SENDER), txid), arrived)
    [finding] = found(first, *others)
    assert (finding.object, finding.recipient) == (others[-1].transaction.txid, RECIPIENT)
    assert [leg.index for leg in (*finding.outgoing, *finding.incoming)] == ["value", "value"]


def test_typed_transactions_of_arbitrum_are_hashed_as_their_type_and_their_fields(shared):
    """A recorded transaction that carried out a ticket: its txid is made in the same way as that of the ticket."""
    [path] = (shared / "data/evm/receipts/arbitrum_one_bridge").glob("42161_0x80e6c0835c3e*.json")
    tx = json.loads(path.read_text("utf-8"))["tx"]
    short = lambda name: int(tx[name], 16)  # noqa: E731  # one line
    raw = lambda name: bytes.fromhex(tx[name][2:])  # noqa: E731  # one line
    fields = [
        short("chainId"), short("nonce"), raw("from"), short("maxFeePerGas"), short("gas"), raw("to"), short("value"),
        raw("input"), raw("ticketId"), raw("refundTo"), short("maxRefund"), short("submissionFeeRefund"),
    ]  # fmt: skip
    assert "0x" + keccak(b"\x68" + rlp.encode(fields)).hex() == tx["hash"]
