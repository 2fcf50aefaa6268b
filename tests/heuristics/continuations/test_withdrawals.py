"""Withdrawals from zkSync Era: the layer logs a message's hash, and Ethereum what it read in the message."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import pytest
from eth_abi import encode

from heuristics.continuations.bridge import bridge, bridges
from heuristics.continuations.keys import keccak
from heuristics.continuations.verdict import seen
from heuristics.continuations.withdrawals import MOST, place
from heuristics.continuations.withdrawals import message as message_of
from tests.heuristics.continuations.crossing_cases import HERE, RECIPIENT, RELAYER, SENT, THERE, THIEF
from tests.heuristics.continuations.making import SHIPPED, receipt, said, town, tx, who, word

BRIDGE = "zkSync Era bridge"
PROVED = b"(uint256,uint256,uint16,bytes,bytes32[])"
NATIVE, TOKEN = (keccak(name + PROVED)[:4] for name in (b"finalizeEthWithdrawal", b"finalizeWithdrawal"))
ASSET = keccak(b"finalizeDeposit(uint256,bytes32,bytes)")[:4]
ETH, ASSET_ID = who("1")[:2] + "00" * 19 + "01", bytes(range(32))
OLD, CHAIN = 324, 388


def row(name, chain="ethereum"):
    return next(one for one in SHIPPED.rows if (one.protocol, one.name, one.chain) == (BRIDGE, name, chain))


def short(address):
    return bytes.fromhex(address[2:])


def of_ether(to=RECIPIENT, value=SENT, text=b""):
    return NATIVE + short(to) + value.to_bytes(32, "big") + text


def of_token(to=RECIPIENT, token=THERE, value=SENT):
    return TOKEN + short(to) + short(token) + value.to_bytes(32, "big")


def minted(caller=THIEF, to=RECIPIENT, token=THERE, value=SENT):
    return encode(["address", "address", "address", "uint256", "bytes"], [caller, to, token, value, b""])


def of_asset(data, chain=OLD):
    return ASSET + chain.to_bytes(32, "big") + ASSET_ID + data


def message(told, sender, index=50):
    return said(row("L1MessageSent", "zksync"), index, _sender=sender, _hash=keccak(told), _message=told)


def withdrawn(name, told, log, asset="", emitter=None):
    """What the layer logs: its message, and the withdrawal of the contract that sent it."""
    event = row(name, "zksync")
    logs = (message(told, event.contract if emitter is None else emitter), said(event, 51, **log))
    move = (asset, THIEF, event.contract if not asset else None, SENT)
    return receipt("withdrawal", move, chain="zksync", logs=logs, sender=THIEF, to=event.contract)


def ether(told=None, text=b"", **more):
    log = {"_l2Sender": THIEF, "_l1Receiver": RECIPIENT, "_amount": SENT}
    log |= {"_additionalData": text} if text else {}
    told = of_ether(text=text) if told is None else told
    return withdrawn("WithdrawalWithMessage" if text else "Withdrawal", told, log, **more)


def token(**more):
    log = {"l2Sender": THIEF, "l1Receiver": RECIPIENT, "l2Token": HERE, "amount": SENT}
    return withdrawn("WithdrawalInitiated", of_token(), log, HERE, **more)


def asset():
    data = encode(["uint256", "address", "address"], [SENT, RECIPIENT, HERE])
    log = {"chainId": 1, "l2Sender": THIEF, "assetId": ASSET_ID, "assetData": data}
    return withdrawn("WithdrawalInitiatedAssetRouter", of_asset(minted()), log, HERE)


def shown(*messages):
    """The call that shows the messages to a contract."""
    form = ["uint256", "uint256", "uint16", "bytes", "bytes32[]"]
    calls = [TOKEN + encode(form, [9, place, 3, one, [bytes(32)]]) for place, one in enumerate(messages)]
    return "0x" + (calls[0] if len(calls) == 1 else b"many" + encode(["bytes[]"], [calls])).hex()


def paid(name, log, data="0x", asset="", title="paid", emitter=None, **more):
    event = row(name)
    move = (asset, event.contract, RECIPIENT, SENT)
    log = said(event, emitter=emitter, **log)
    return receipt(title, move, logs=(log,), sender=RELAYER, to=event.contract, data=data, **more)


def ether_paid(*messages, **more):
    return paid("EthWithdrawalFinalized", {"to": RECIPIENT, "amount": SENT}, shown(*(messages or [of_ether()])), **more)


def shared(asset=THERE, chain=OLD, data="0x", named=None):
    log = {"chainId": chain, "to": RECIPIENT, "l1Token": asset if named is None else named, "amount": SENT}
    return paid("WithdrawalFinalizedSharedBridge", log, data, asset)


def routed(data, asset=THERE, call="0x", chain=OLD):
    log = {"chainId": chain, "assetId": ASSET_ID, "assetData": data}
    return paid("DepositFinalizedAssetRouter", log, call, asset)


def token_paid(**more):
    return paid("WithdrawalFinalized", {"to": RECIPIENT, "l1Token": THERE, "amount": SENT}, asset=THERE, **more)


NOBODY = "0x" + "00" * 20
PAIRS = [
    (ether(), ether_paid()),
    (ether(text=b"a text"), ether_paid(of_ether(text=b"a text"))),
    (ether(), shared("", data=shown(of_ether()), named=ETH)),
    (ether(), routed(minted(NOBODY, token=NOBODY), "", shown(of_ether()))),
    (token(), token_paid()),
    (token(), shared()),
    (token(), routed(minted(NOBODY))),
    (asset(), routed(minted())),
]


def found(one, *others):
    return list(bridge(one.transaction, town(one, *others)))


def joined(one, *others):
    return [finding.object for finding in found(one, *others) if finding.incoming]


@pytest.mark.parametrize(("one", "two"), PAIRS)
def test_a_withdrawal_and_what_was_paid_for_it_meet_by_chain_and_message_from_either_side(one, two):
    for first, second in ((one, two), (two, one)):
        [finding] = found(first, second)
        assert (finding.subject, finding.object) == (one.transaction.txid, two.transaction.txid)
        assert finding.key.startswith(f"{OLD}:0x")
        assert (finding.to_chain, finding.recipient, finding.confidence) == ("ethereum", RECIPIENT, 0)
        assert [len(legs) for legs in (finding.outgoing, finding.incoming)] == [1, 1]


@pytest.mark.parametrize("one", [ether(), token(), asset()])
def test_a_withdrawal_alone_says_to_whom_it_goes_and_by_which_message(one):
    [finding] = found(one)
    assert (finding.to_chain, finding.recipient, finding.incoming) == ("ethereum", RECIPIENT, ())


def test_two_equal_withdrawals_have_one_message_and_are_not_joined():
    one, two = ether(), ether_paid()
    other = again(one, "again")
    assert joined(one, other, two) == joined(two, one, other) == []
    assert "the key was used by two deposits" in found(one, other, two)[0].text


def again(one, name, batch=None):
    """The same withdrawal in another transaction, with what a receipt of the layer says of its batch."""
    told = replace(one, transaction=replace(one.transaction, txid=tx(name)))
    sent = replace(one.sent, txid=tx(name), batch=batch)
    return replace(told, logs=tuple(replace(log, txid=tx(name)) for log in one.logs), sent=sent)


CALLS = {
    "finalizeEthWithdrawal(uint256,uint256,uint16,bytes,bytes32[])": lambda batch, number, told: (
        [batch, 1, number, told, []]
    ),
    "finalizeWithdrawal(uint256,uint256,uint16,bytes,bytes32[])": lambda batch, number, told: (
        [batch, 1, number, told, []]
    ),
    "finalizeWithdrawal(uint256,uint256,uint256,uint16,bytes,bytes32[])": lambda batch, number, told: (
        [OLD, batch, 1, number, told, []]
    ),
    "finalizeDeposit((uint256,uint256,uint256,address,uint16,bytes,bytes32[]))": lambda batch, number, told: (
        [(OLD, batch, 1, THIEF, number, told, [])]
    ),
}


def called(batch, number, told=None, name="finalizeEthWithdrawal(uint256,uint256,uint16,bytes,bytes32[])"):
    """A call that shows a message with its batch and the number in it."""
    inside, forms, depth = name[name.index("(") + 1 : -1], [""], 0
    for sign in inside:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        forms = [*forms, ""] if sign == "," and not depth else [*forms[:-1], forms[-1] + sign]
    arguments = encode(forms, CALLS[name](batch, number, of_ether() if told is None else told))
    return "0x" + (keccak(name.encode())[:4] + arguments).hex()


def ether_called(title, *placed, to=None, **more):
    two = paid("EthWithdrawalFinalized", {"to": RECIPIENT, "amount": SENT}, called(*placed, **more), title=title)
    return two if to is None else replace(two, sent=replace(two.sent, to=to))


@pytest.mark.parametrize("name", CALLS)
def test_two_equal_withdrawals_are_told_apart_by_batch_and_number_where_both_sides_tell_them(name):
    ones = again(ether(), "first", (7, 3)), again(ether(), "second", (7, 4))
    twos = ether_called("paid first", 7, 3, name=name), ether_called("paid second", 7, 4, name=name)
    for one, two in zip(ones, twos, strict=True):
        assert joined(one, *ones, *twos) == [two.transaction.txid]
        assert [finding.subject for finding in found(two, *ones, *twos)] == [one.transaction.txid]
        assert joined(one, *ones, two) == [two.transaction.txid]
    assert joined(ones[0], *ones, twos[1]) == []
    assert joined(ones[0], again(ether(), "third", (8, 3)), twos[0]) == [twos[0].transaction.txid]


def test_equal_withdrawals_of_which_one_side_does_not_tell_the_batch_are_not_joined():
    ones = again(ether(), "first", (7, 3)), again(ether(), "second", (7, 4))
    silent = again(ether(), "third")
    through = ether_called("through a contract", 7, 3, to=who("any contract"))
    other = ether_called("another message", 7, 3, told=of_ether(text=b"a text"))
    assert joined(through, ones[0]) == [through.transaction.txid]  # alone, the message is enough
    assert joined(through, silent) == joined(silent, through) == [through.transaction.txid]
    for two in (through, ether_called("cut", 7, 3)):
        cut = replace(two, sent=replace(two.sent, input=two.sent.input[:-64]))
        assert joined(ones[0], *ones, cut) == joined(ones[1], *ones, cut) == joined(cut, *ones) == []
    assert joined(ones[0], *ones, through) == joined(ones[1], *ones, through) == joined(through, *ones) == []
    assert "which of them was delivered is not told" in found(ones[0], *ones, through)[0].text
    exact = ether_called("paid first", 7, 3)
    assert joined(ones[0], silent, exact) == joined(silent, ones[0], exact) == joined(exact, ones[0], silent) == []
    assert joined(silent, exact, ether_called("paid second", 7, 4)) == []
    assert found(other, ones[0]) == []


def test_what_was_paid_for_twice_or_failed_joins_nothing():
    one, two = token(), token_paid()
    assert joined(one, two, token_paid(title="again")) == []
    assert joined(one, token_paid(status="failed")) == []
    assert found(token_paid(status="failed"), one) == []


def test_another_chain_of_the_same_contracts_has_messages_of_its_own():
    one = token()
    for two in (shared(chain=CHAIN), routed(minted(NOBODY), chain=CHAIN)):
        assert joined(one, two) == joined(two, one) == []


def test_what_another_contract_logs_or_sends_is_no_withdrawal():
    """Anybody can send a message of the very same bytes; who sent it is proved with it."""
    two = token_paid()
    forged = token(emitter=who("forger"))
    assert found(forged, two) == found(two, forged) == []
    two = token_paid(emitter=who("forger"))
    assert joined(token(), two) == found(two, token()) == []


def test_a_message_beside_that_of_the_withdrawal_leaves_open_which_is_its_own():
    one = ether()
    other = message(of_ether(value=SENT + 1), row("Withdrawal", "zksync").contract, 49)
    other = replace(other, chain="zksync", txid=one.transaction.txid)
    assert found(replace(one, logs=(other, *one.logs)), ether_paid()) == []


@pytest.mark.parametrize("call", [[of_ether(value=SENT + 1)], [of_ether(), of_ether(text=b"a text")]])
def test_a_call_that_shows_no_message_of_what_was_paid_or_two_says_nothing(call):
    one, two = ether(), ether_paid(*call)
    assert joined(one, two) == found(two, one) == []


def test_a_message_with_a_text_is_not_that_of_the_same_value_without_one():
    plain, two = ether(), ether_paid(of_ether(text=b"a text"))
    assert joined(plain, two) == joined(two, plain) == []


def test_a_message_that_lies_about_its_length_is_none():
    data = shown(of_ether()).replace(len(of_ether()).to_bytes(32, "big").hex(), (10**6).to_bytes(32, "big").hex())
    two = paid("EthWithdrawalFinalized", {"to": RECIPIENT, "amount": SENT}, data)
    assert joined(ether(), two) == []
    view = town(two)
    assert list(bridges(seen(two.transaction, view), view)) == []


@pytest.mark.parametrize("more", [0, 1])
def test_a_call_that_is_larger_than_any_that_is_handed_on_says_nothing(more):
    one, call = ether(), shown(of_ether())
    data = call + "00" * (MOST - len(call) // 2 + 1 + more)
    two = paid("EthWithdrawalFinalized", {"to": RECIPIENT, "amount": SENT}, data)
    assert joined(one, two) == [two.transaction.txid] * (1 - more)
    assert len(found(two, one)) == 1 - more
    texts = [verdict.text for verdict in bridges(seen(two.transaction, town(two, one)), town(two, one))]
    assert [" more than is read, and nothing else tells " in text for text in texts] == [bool(more)]


@pytest.mark.parametrize("step", [0, 1])
def test_very_many_messages_of_one_call_are_compared_without_a_copy_of_each(step):
    """All of one length, so that they are equal, or each another one: they overlap, and reach to the end."""
    part = 32 + len(of_ether())
    count = MOST // part
    lengths = (part * (count // 2) + step * place for place in range(count))
    data = "0x" + b"".join(length.to_bytes(32, "big") + of_ether() for length in lengths).hex()
    two = paid("EthWithdrawalFinalized", {"to": RECIPIENT, "amount": SENT}, data)
    [told] = seen(two.transaction, town(two)).said("received")
    tracemalloc.start()
    try:
        key = message_of(told)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (key is None) == bool(step)
    assert peak < 8 * MOST


def test_a_word_of_the_layer_asks_for_its_recipient_on_ethereum():
    """The hash cannot be searched for there, and the recipient can."""
    from heuristics.continuations.crossings import crossings

    for one in (ether(), token(), asset()):
        [crossing] = crossings(seen(one.transaction, town(one)), "sent")
        assert crossing.key.word == "0x" + word(RECIPIENT).hex()


def test_what_a_node_of_the_layer_logged_is_the_hash_of_its_message_and_is_read_beside_its_other_logs():
    """Facts of 0x15c295874fe9ad8f6708def4208119c68999f7a76ac6447c111e658ba6bfaa1e, a receipt of a zkSync node.

    As wevm/viem, test/src/zksync.ts, has it. What is withdrawn is paid to the native asset's contract, and destroyed.
    """
    payer, value = "0x36615cf349d7f6344891b1e7ca7c72883f5dc049", 7_000_000_000
    native = row("Withdrawal", "zksync").contract
    told = of_ether(payer, value)
    logged = "0bc337b42226405c56d0c4db2bd874946831bd2b0b00e51e72d0cf430165fe7f"
    assert keccak(told).hex() == logged
    event = row("Withdrawal", "zksync")
    assert event.topic == "0x2717ead6b9200dd235aad468c9809ea400fe33ac69b5bfaa6d3e90fc922b6398"
    logs = (message(told, native, 4), said(event, 5, _l2Sender=payer, _l1Receiver=payer, _amount=value))
    moves = [("", payer, native, value), ("", native, None, value)]
    one = receipt("withdrawal", *moves, chain="zksync", logs=logs, sender=payer, to=native)
    [finding] = found(one)
    assert (finding.key, finding.recipient) == (f"{OLD}:0x{logged}", payer)
    assert [leg.index for leg in finding.outgoing] == ["value"]


def test_a_message_that_was_shown_for_a_withdrawal_of_the_main_chain_is_the_one_that_is_put_together():
    """Facts of 0x44ee1a78cded74543cae05e70dd936043bbae441ec2c7f968af4a6e888ccb07f of zkSync Era.

    Batch 497156, index 1, number 2167 in it: relay-protocol, test/bridges/ZkSyncBridgeProxy.ts. What Ethereum logged
    is not published there: its log is made.
    """
    account, value = "0x246a13358fb27523642d86367a51c2aeb137ac6c", 100_000_000_000_000
    shown_there = "6c0960f9246a13358fb27523642d86367a51c2aeb137ac6c" + f"{value:064x}"
    told = bytes.fromhex(shown_there)
    assert told == of_ether(account, value)
    form = ["uint256", "uint256", "uint256", "uint16", "bytes", "bytes32[]"]
    selector = keccak(b"finalizeWithdrawal(uint256,uint256,uint256,uint16,bytes,bytes32[])")[:4]
    data = "0x" + (selector + encode(form, [OLD, 497_156, 1, 2_167, told, [bytes(32)]])).hex()
    log = {"chainId": OLD, "to": account, "l1Token": ETH, "amount": value}
    two = paid("WithdrawalFinalizedSharedBridge", log, data)
    view = town(two)
    [verdict] = bridges(seen(two.transaction, view), view)
    assert f"key {OLD}:0x{keccak(told).hex()}: no source has the deposit" in verdict.text
    [said_there] = seen(two.transaction, view).said("received")
    assert place(said_there) == (497_156).to_bytes(32, "big") + (2_167).to_bytes(32, "big")
