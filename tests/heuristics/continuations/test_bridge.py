"""Bridge: the key joins the two sides, the emitter decides, and a forged path never does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heuristics.continuations.bridge import LEAD, bridge, bridges
from heuristics.continuations.entered import BY_POOL
from heuristics.continuations.verdict import seen
from tests.heuristics.continuations.crossing_cases import (
    ARRIVED,
    CASES,
    ESCROW,
    HERE,
    ID,
    NAME,
    RECIPIENT,
    RELAYER,
    SENT,
    THERE,
    THIEF,
    across,
    cctp_v2,
    celer,
    event,
    hop_out,
    polygon,
    thorchain,
)
from tests.heuristics.continuations.making import SHIPPED, receipt, said, town, tx, who, word


def sides(case, *, moves=(), came=(), **there):
    """The receipts of a crossing: the bridge takes and pays it itself, where no other moves are given."""
    paid = moves or ((HERE, THIEF, case.sent[0].emitter, SENT),)
    first = receipt(NAME, *paid, chain=case.here, logs=case.sent, sender=THIEF, to=ESCROW)
    payer = case.received[0].emitter if case.received else RELAYER
    came = came or ((THERE, payer, RECIPIENT, ARRIVED),)
    return first, receipt("delivery", *came, chain=case.there, logs=case.received, sender=RELAYER, to=ESCROW, **there)


def found(one, *others):
    view = town(one, *others)
    return list(bridge(one.transaction, view))


def reasons(one, *others):
    view = town(one, *others)
    return [verdict.text for verdict in bridges(seen(one.transaction, view), view) if verdict.finding is None]


@pytest.mark.parametrize("made", CASES, ids=lambda made: made.__name__)
def test_the_two_sides_of_every_bridge_meet_by_their_key_from_either_side(made):
    case = made()
    first, second = sides(case)
    [finding] = found(first, second)
    assert (finding.subject, finding.object) == (first.transaction.txid, second.transaction.txid)
    assert [(leg.chain, leg.index) for leg in finding.outgoing] == [(case.here, "log:0")]
    assert [(leg.chain, leg.index) for leg in finding.incoming] == [(case.there, "log:0")]
    assert (finding.protocol, finding.to_chain, finding.recipient) == (case.protocol, case.there, RECIPIENT)
    assert finding.evidence == (first.transaction.txid, second.transaction.txid)
    assert f"delivers it on {case.there}, to {RECIPIENT}, key {finding.key}." in finding.text


COMPUTED = {"superchain", "scroll", "synapse", "stargate_v1"}
"""Whose deposit does not hold the key as a word that can be searched for."""
SEARCHED = [made for made in CASES if made.__name__ not in COMPUTED]


@pytest.mark.parametrize("made", SEARCHED, ids=lambda made: made.__name__)
def test_a_delivery_finds_its_deposit_where_the_deposit_writes_the_key(made):
    first, second = sides(made())
    [finding] = found(second, first)
    assert (finding.subject, finding.object) == (first.transaction.txid, second.transaction.txid)


@pytest.mark.parametrize("made", CASES, ids=lambda made: made.__name__)
def test_a_deposit_alone_names_chain_recipient_and_key(made):
    case = made()
    first, _ = sides(case)
    [finding] = found(first)
    assert (finding.incoming, finding.object, finding.to_chain) == ((), finding.key, case.there)
    assert (finding.recipient, bool(finding.key)) == (case.recipient, True)


@pytest.mark.parametrize("made", CASES, ids=lambda made: made.__name__)
def test_what_another_contract_logs_is_no_deposit_and_no_delivery(made):
    case = made()
    forged = replace(case, sent=tuple(replace(log, emitter=who("forger")) for log in case.sent))
    first, second = sides(forged)
    assert found(first, second) == []
    forged = replace(case, received=tuple(replace(log, emitter=who("forger")) for log in case.received))
    first, second = sides(forged)
    assert [finding.incoming for finding in found(first, second)] == [()]
    assert found(second, first) == []


def test_a_key_that_two_deliveries_have_joins_nothing():
    first, second = sides(across())
    again = receipt("again", (THERE, RELAYER, RECIPIENT, ARRIVED), chain="arbitrum", logs=across().received)
    [finding] = found(first, second, again)
    assert (finding.incoming, finding.object) == ((), "1:7")
    assert finding.text.endswith("But the key was delivered twice: nothing is followed.")
    assert reasons(second, first, again) == ["delivered by Across, key 1:7: the key was delivered twice"]


def test_a_key_that_two_deposits_have_joins_nothing():
    first, second = sides(hop_out())
    again = receipt("twin", (HERE, who("other"), ESCROW, SENT), chain="base", logs=hop_out().sent)
    [finding] = found(first, second, again)
    assert finding.incoming == ()
    assert finding.text.endswith("But the key was used by two deposits: nothing is followed.")
    assert found(second, first, again) == []


def test_two_equal_burns_of_the_second_cctp_have_one_key_and_are_not_joined():
    first, second = sides(cctp_v2())
    again = receipt("equal", (HERE, THIEF, ESCROW, SENT), chain="ethereum", logs=cctp_v2().sent, sender=THIEF)
    [finding] = found(first, second, again)
    assert finding.incoming == ()
    assert "two deposits" in finding.text


def test_a_delivery_that_failed_delivered_nothing():
    first, second = sides(across(), status="failed")
    assert [finding.incoming for finding in found(first, second)] == [()]
    assert found(second, first) == []


def test_a_state_that_failed_delivered_nothing():
    case = polygon()
    failed = tuple(replace(log, data=f"0x{'00' * 32}") for log in case.received)
    first, second = sides(replace(case, received=failed))
    assert [finding.incoming for finding in found(first, second)] == [()]


def test_the_two_sides_may_have_other_decimals():
    case = celer()
    told = tuple(replace(log, data=log.data.replace(f"{ARRIVED:064x}", f"{ARRIVED * 10**12:064x}"))
                 for log in case.received)  # fmt: skip
    first, second = sides(replace(case, received=told), came=((THERE, RELAYER, RECIPIENT, ARRIVED * 10**12),))
    [finding] = found(first, second)
    assert [leg.index for leg in finding.incoming] == ["log:0"]
    assert f"sent {SENT} base units of {HERE}" in finding.details


def test_a_swap_before_the_bridge_and_a_refund_are_the_payers():
    own, pool = who("own"), who("pool")
    moves = [(own, THIEF, pool, 500), (HERE, pool, ESCROW, SENT), (own, pool, THIEF, 20)]
    first, second = sides(across(), moves=moves)
    [finding] = found(first, second)
    assert [leg.index for leg in finding.outgoing] == ["log:0"]
    assert [leg.index for leg in finding.refunded] == ["log:2"]
    assert finding.confidence == BY_POOL  # no contract tells of the exchange


def test_a_little_of_the_native_asset_beside_a_token_is_the_price_of_the_crossing():
    moves = [("", THIEF, ESCROW, 3), (HERE, THIEF, ESCROW, SENT)]
    [finding] = found(sides(across(), moves=moves)[0])
    assert [leg.index for leg in finding.outgoing] == ["log:1"]


def test_two_tokens_beside_each_other_are_not_told_apart():
    moves = [(who("one"), THIEF, ESCROW, 3), (who("two"), THIEF, ESCROW, SENT)]
    first, _ = sides(across(), moves=moves)
    assert found(first) == []
    assert "which of them crossed is not told" in reasons(first)[0]


def test_two_deposits_of_one_transaction_are_told_apart_by_their_values():
    [log] = across().sent
    other = replace(log, index=60, topics=(*log.topics[:2], "0x" + (8).to_bytes(32, "big").hex(), log.topics[3]))
    other = replace(other, data=other.data.replace(f"{SENT:064x}", f"{SENT + 1:064x}"))
    moves = [(HERE, THIEF, ESCROW, SENT), (HERE, THIEF, ESCROW, SENT + 1)]
    case = replace(across(), sent=(log, other))
    legs = [[leg.index for leg in finding.outgoing] for finding in found(sides(case, moves=moves)[0])]
    assert legs == [["log:0"], ["log:1"]]
    [leg] = [(HERE, THIEF, ESCROW, 2 * SENT + 1)]
    assert "several deposits" in reasons(sides(case, moves=[leg])[0])[0]


def test_a_refund_of_thorchain_goes_back_on_the_same_chain():
    out = event("THORChain", "ethereum", "TransferOut")
    back = said(out, to=THIEF, asset=HERE, amount=ARRIVED, memo=f"REFUND:{tx(NAME)[2:].upper()}")
    first, _ = sides(thorchain())
    second = receipt("refund", (HERE, who("vault"), THIEF, ARRIVED), chain="ethereum", logs=(back,))
    [finding] = found(second, first)
    assert (finding.subject, finding.object) == (first.transaction.txid, second.transaction.txid)
    assert (finding.to_chain, finding.recipient, finding.is_lead) == ("ethereum", THIEF, True)
    view = town(second)
    [verdict] = bridges(seen(second.transaction, view), view)
    assert (verdict.what, verdict.address) == ("delivery", THIEF)
    assert found(first, second)[0].to_chain == "bsc"


def test_a_log_whose_data_are_cut_says_nothing():
    case = across()
    cut = replace(case, sent=tuple(replace(log, data=log.data[:66]) for log in case.sent))
    assert found(sides(cut)[0]) == []


def test_of_a_delivery_that_only_its_txid_names_no_value_is_told():
    """The deposit says how much went and in which transaction it arrives; what arrived, no log says."""
    ships = event("Across", "ethereum", "V3FundsDeposited")
    wants = replace(
        ships,
        arguments=tuple(
            replace(one, type="bytes32") if one.name == "exclusiveRelayer" else one for one in ships.arguments
        ),
        fields={**ships.fields, "txid": ("exclusiveRelayer",)},
    )
    there = {"destinationChainId": 42161, "recipient": RECIPIENT, "exclusiveRelayer": bytes.fromhex(tx("delivery")[2:])}
    log = said(wants, depositId=7, inputToken=HERE, inputAmount=SENT, depositor=THIEF, **there)
    first, second = sides(replace(across(), sent=(log,), received=()))
    view = town(first, second, known=replace(SHIPPED, rows=(wants,)))
    [finding] = bridge(first.transaction, view)
    assert (finding.object, [leg.index for leg in finding.incoming]) == (second.transaction.txid, ["log:0"])
    assert finding.details == (f"sent {SENT} base units of {HERE}", "at least 0 base units were to arrive")


def test_a_token_of_multichain_that_is_a_bridge_itself_is_burned_here_and_made_there():
    sent, done = event("Multichain", "ethereum", "LogSwapout"), event("Multichain", "bsc", "LogSwapin")
    gone = said(sent, account=THIEF, bindaddr=RECIPIENT, amount=SENT)
    made = said(done, txhash=bytes.fromhex(tx(NAME)[2:]), account=RECIPIENT, amount=ARRIVED)
    first = receipt(NAME, (sent.contract, THIEF, None, SENT), logs=(gone,), sender=THIEF, to=sent.contract)
    second = receipt("there", (done.contract, None, RECIPIENT, ARRIVED), chain="bsc", logs=(made,), to=done.contract)
    [finding] = found(first, second)
    assert (finding.subject, finding.object) == (first.transaction.txid, second.transaction.txid)
    assert [leg.index for leg in (*finding.outgoing, *finding.incoming)] == ["log:0", "log:0"]
    [alone] = found(first)
    assert (alone.incoming, alone.to_chain, alone.recipient) == ((), "", RECIPIENT)


def nomad_sent(*others):
    """A deposit of Nomad, and other messages of the same transaction: where each stands, and what it hashes to."""
    sent, message = event("Nomad", "moonbeam", "Send"), event("Nomad", "moonbeam", "Dispatch")
    told = {"token": HERE, "from": THIEF, "toId": word(RECIPIENT), "amount": SENT}
    logs = (said(message, place, messageHash=hashed) for place, hashed in ((50, ID), *others))
    logs = (*logs, said(sent, 51, toDomain=6648936, **told))
    return receipt(NAME, (HERE, THIEF, ESCROW, SENT), chain="moonbeam", logs=logs, sender=THIEF, to=ESCROW)


@pytest.mark.parametrize("place", [40, 49, 52, 60])
def test_a_message_of_ones_own_beside_that_of_the_bridge_leads_nowhere(place):
    """Anybody can send a message. Its delivery is real, has a valid key, and pays the same recipient something."""
    own = b"\x66" * 32
    done = said(event("Nomad", "ethereum", "Process"), messageHash=own, success=True, returnData=bytes(32))
    second = receipt("own", (THERE, RELAYER, RECIPIENT, 1), logs=(done,), sender=THIEF, to=ESCROW)
    assert found(nomad_sent((place, own)), second) == []
    [finding] = found(nomad_sent(), second)
    assert finding.incoming == ()


def test_of_two_deposits_whose_messages_stand_nearer_to_the_other_none_is_told():
    sent = event("OP Stack bridge", "ethereum", "ERC20DepositInitiated", route="base")
    message = event("OP Stack bridge", "ethereum", "SentMessage", route="base")
    told = {"l1Token": HERE, "from": THIEF, "to": RECIPIENT}
    logs = [said(sent, 50, amount=SENT, **told), said(sent, 55, amount=60, **told)]
    logs += [said(message, place, sender=ESCROW, messageNonce=place) for place in (53, 58)]
    moves = [(HERE, THIEF, ESCROW, SENT), (HERE, THIEF, ESCROW, 60)]
    assert found(receipt(NAME, *moves, logs=tuple(logs), sender=THIEF, to=ESCROW)) == []


@pytest.mark.parametrize("value", [ARRIVED, 5])
def test_another_token_that_comes_beside_is_not_what_was_delivered(value):
    """The log names the token. Native value that a wrapper paid out is not seen, and the other token is anybody's."""
    first, second = sides(across(), came=((who("worthless"), RELAYER, RECIPIENT, value),))
    [finding] = found(first, second)
    assert (finding.object, finding.incoming) == (second.transaction.txid, ())
    assert "no source tells of the transfer there" in finding.text


def test_where_no_token_is_named_two_that_come_are_not_told_apart():
    """A fee was taken of what was delivered, and a token of anybody's comes in just the value that was sent."""
    came = ((THERE, RELAYER, RECIPIENT, ARRIVED), (who("worthless"), RELAYER, RECIPIENT, SENT))
    first, second = sides(hop_out(), came=came)
    [finding] = found(first, second)
    assert (finding.object, finding.incoming) == (second.transaction.txid, ())


ACCOMPLICE, OWN = who("accomplice"), who("contract of their own")
USDC, JUNK = HERE, who("junk")


@pytest.mark.parametrize(
    ("moves", "why"),
    [
        # the bridge takes a token of their own, and the good one goes to a person
        ([(JUNK, OWN, ESCROW, SENT), (USDC, THIEF, ACCOMPLICE, SENT)], "100 of them are not seen to go into"),
        ([(JUNK, None, OWN, SENT), (JUNK, OWN, ESCROW, SENT), (USDC, THIEF, OWN, 100), (USDC, OWN, ACCOMPLICE, 100)],
         "100 of them are not seen to go into"),
        # the bridge takes a little of the good one
        ([(USDC, THIEF, ESCROW, SENT), (USDC, THIEF, ACCOMPLICE, 900)], "900 of them are not seen to go into"),
        ([(USDC, THIEF, OWN, 1000), (USDC, OWN, ESCROW, SENT), (USDC, OWN, ACCOMPLICE, 900)], "900 of them"),
        # what is destroyed beside it goes nowhere, or by another way
        ([(USDC, THIEF, ESCROW, SENT), (USDC, THIEF, None, 900)], "900 of them are not seen to go into"),
        ([(USDC, THIEF, ESCROW, SENT), (USDC, THIEF, None, SENT)], "100 of them are not seen to go into"),
        ([(JUNK, OWN, ESCROW, SENT), (USDC, THIEF, None, SENT)], "100 of them are not seen to go into"),
        # the bridge takes the same value of the good one, and it was not the thief's
        ([(USDC, OWN, ESCROW, SENT), (USDC, THIEF, ACCOMPLICE, SENT)], "others give the same asset"),
    ],
)  # fmt: skip
def test_what_goes_to_a_person_beside_a_genuine_deposit_does_not_cross(moves, why):
    """Everybody can make a deposit of their own in the same transaction. Its log is genuine, and so is its delivery."""
    case = across()
    token = JUNK if moves[0][0] == JUNK else USDC
    log = said(event("Across", "ethereum", "V3FundsDeposited"), destinationChainId=42161, depositId=7, inputToken=token,
               inputAmount=SENT, outputAmount=ARRIVED, depositor=who("nobody"), recipient=RECIPIENT)  # fmt: skip
    first, second = sides(replace(case, sent=(log,)), moves=moves)
    assert found(first, second) == []
    assert why in reasons(first, second)[0]


def test_a_wrapped_asset_that_goes_to_a_person_does_not_cross():
    weth = next(row.contract for row in SHIPPED.rows if row.shape == "wrapper" and row.chain == "ethereum")
    log = said(event("Across", "ethereum", "V3FundsDeposited"), destinationChainId=42161, depositId=7, inputToken=weth,
               inputAmount=1, outputAmount=1, recipient=RECIPIENT)  # fmt: skip
    moves = [("", THIEF, weth, 1000), (weth, None, OWN, 1000), (weth, OWN, ESCROW, 1), (weth, OWN, ACCOMPLICE, 999)]
    first, second = sides(replace(across(), sent=(log,)), moves=moves)
    assert found(first, second) == []
    moves = [("", THIEF, weth, 1000), (weth, None, ESCROW, 1000)]
    whole = replace(log, data=log.data.replace(f"{1:064x}", f"{1000:064x}"))
    [finding] = found(*sides(replace(across(), sent=(whole,)), moves=moves))
    assert [leg.index for leg in finding.outgoing] == ["value"]


POOL = event("Across", "ethereum", "V3FundsDeposited").contract


@pytest.mark.parametrize("moves", [[(None, SENT)], [(None, 96), (POOL, 4)], [(None, SENT), (POOL, 30)]])
def test_what_is_destroyed_for_a_deposit_crosses_with_what_the_bridge_keeps(moves):
    """Of a fee beside the value that the log names too."""
    [finding] = found(*sides(across(), moves=[(USDC, THIEF, place, value) for place, value in moves]))
    assert [leg.index for leg in finding.outgoing] == [f"log:{place}" for place in range(len(moves))]


def test_a_fee_of_a_tenth_goes_elsewhere_and_the_rest_crosses():
    moves = [(USDC, THIEF, OWN, 110), (USDC, OWN, ESCROW, SENT), (USDC, OWN, who("broker"), 10)]
    [finding] = found(*sides(across(), moves=moves))
    assert [leg.index for leg in finding.outgoing] == ["log:0"]


def test_of_two_deposits_the_leg_of_a_person_is_neither():
    [log] = across().sent
    other = replace(log, index=60, topics=(*log.topics[:2], "0x" + (8).to_bytes(32, "big").hex(), log.topics[3]))
    other = replace(other, data=other.data.replace(f"{SENT:064x}", f"{SENT + 1:064x}"))
    bridge_itself = log.emitter
    moves = [(USDC, THIEF, ACCOMPLICE, SENT), (USDC, OWN, bridge_itself, SENT), (USDC, THIEF, bridge_itself, SENT + 1)]
    first, second = sides(replace(across(), sent=(log, other)), moves=moves)
    assert [[leg.index for leg in finding.outgoing] for finding in found(first, second)] == [["log:2"]]
    assert "several deposits" in reasons(first, second)[0]


def test_what_waits_for_a_bus_of_stargate_says_where_it_goes_and_with_which_ticket():
    """The layout is that of BusCodec.sol: asset, receiver, value in shared decimals, whether gas is dropped."""
    rode = event("Stargate v2", "ethereum", "BusRode")
    gone = event("Stargate v2", "ethereum", "OFTSent", shape="detail")
    passenger = b"\0\x02" + word(RECIPIENT) + (100).to_bytes(8, "big") + b"\0"
    logs = (
        said(rode, 50, dstEid=30110, ticketId=77, passenger=passenger),
        said(gone, 51, guid=bytes(32), dstEid=30110, fromAddress=THIEF, amountSentLD=SENT, amountReceivedLD=ARRIVED),
    )
    [finding] = found(receipt(NAME, (HERE, THIEF, gone.contract, SENT), logs=logs, sender=THIEF, to=gone.contract))
    assert (finding.to_chain, finding.recipient, finding.key) == ("arbitrum", RECIPIENT, "30101:30110:77")
    assert (finding.incoming, [leg.index for leg in finding.outgoing]) == ((), ["log:0"])


def test_what_multichain_sends_to_an_address_that_is_text_names_it():
    sent = event("Multichain", "ethereum", "LogAnySwapOut", route="to text")
    gone = said(
        sent, token=HERE, **{"from": THIEF}, to="near.account", amount=SENT, fromChainID=1, toChainID=1313161554
    )
    [finding] = found(receipt(NAME, (HERE, THIEF, None, SENT), logs=(gone,), sender=THIEF, to=sent.contract))
    assert (finding.recipient, finding.key, finding.incoming) == ("near.account", tx(NAME), ())


def test_what_anybody_can_make_a_router_log_is_a_lead():
    """The vault and the memo are the caller's: the value may lie at an account of their own."""
    first, second = sides(thorchain())
    [finding] = found(first, second)
    assert (finding.confidence, finding.is_lead) == (LEAD, True)
    assert "A lead: anybody can call the router" in finding.text
