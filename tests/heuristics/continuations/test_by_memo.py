"""By memo: THORChain on a chain of outputs, both directions and from either side: leads, for anybody writes memos."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.receipts import Receipt, Receipts
from chaintrace.model.chain import Asset, Block, OutPoint
from chaintrace.model.log import Sent
from chaintrace.model.transaction import Leg, Movement, Transaction, Transfer
from chaintrace.model.view import History, MissingHistory
from heuristics import ALL
from heuristics.continuations.by_memo import by_memo
from heuristics.continuations.memos import memo_of
from tests.heuristics.continuations.crossing_cases import ARRIVED, ESCROW, HERE, NAME, RECIPIENT, SENT, THIEF, event
from tests.heuristics.continuations.making import SHIPPED, receipt, said, tx

BTC = Asset("bitcoin", "", "BTC", 8)
MINE = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
VAULT = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"


def script(memo: str) -> str:
    """OP_RETURN and the data behind it."""
    data = memo.encode()
    head = bytes([0x6A, len(data)]) if len(data) <= 75 else bytes([0x6A, 0x4C, len(data)])
    return (head + data).hex()


def outputs(name, payer, *paid, memo="", code=None, status="confirmed"):
    """A transaction on Bitcoin: what it pays, and last an output with a memo."""
    txid = tx(name)[2:]
    made = [Leg(value, OutPoint("bitcoin", txid, vout), address, vout) for vout, (address, value) in enumerate(paid)]
    if memo or code:
        made.append(Leg(0, None, "", len(made), "nulldata", code or script(memo)))
    spent = (Leg(2_000_000, OutPoint("bitcoin", "aa" * 32, 0), payer, 0),)
    transfer = Transfer("utxo", "utxo", BTC, spent, tuple(made), (1, 0, 0))
    transaction = Transaction("bitcoin", txid, Block(1, "", 1_700_000_000), 0, (transfer,), status)
    return Receipt("made", transaction, (), Sent("bitcoin", txid, "", "", "0x", 0))


class Town(Receipts):
    """Receipts that tell the movements of addresses on Bitcoin too."""

    def history(self, account, since=0):
        made = [one.transaction for one in self.told if one.transaction.utxo is not None]
        moves = [Movement((1, 0, 0), one, one.transfers[0]) for one in made]
        return History(account, tuple(moves), 0, ()) if account.chain == "bitcoin" else MissingHistory(account, since)


def found(one, *others):
    return list(by_memo(one.transaction, Town((one, *others), SHIPPED)))


def to_ethereum(**other):
    """From Bitcoin: the payment to a vault, and the payment out that answers it."""
    paid = outputs("in", MINE, (VAULT, 1_000_000), (MINE, 900_000), memo=f"=:ETH.ETH:{RECIPIENT}:0/1/0", **other)
    gone = event("THORChain", "ethereum", "TransferOut")
    log = said(gone, to=RECIPIENT, asset=HERE, amount=ARRIVED, memo=f"OUT:{tx('in')[2:].upper()}")
    return paid, receipt("out", (HERE, gone.contract, RECIPIENT, ARRIVED), logs=(log,), sender=THIEF, to=ESCROW)


def to_bitcoin(*names, memo="OUT"):
    """From Ethereum: the deposit, and the payments out on Bitcoin that name it."""
    sent = event("THORChain", "ethereum", "Deposit")
    log = said(sent, asset=HERE, amount=SENT, memo=f"=:BTC.BTC:{MINE}:0/1/0")
    paid = receipt(NAME, (HERE, THIEF, sent.contract, SENT), logs=(log,), sender=THIEF, to=sent.contract)
    gone = [
        outputs(name, VAULT, (MINE, 5_000), (VAULT, 900_000), memo=f"{memo}:{tx(NAME)[2:].upper()}") for name in names
    ]
    return paid, *gone


@pytest.mark.parametrize("side", [0, 1])
def test_bitcoin_to_ethereum_meets_by_the_txid_in_the_memo_from_either_side(side):
    case = to_ethereum()
    [lead] = found(case[side], case[1 - side])
    assert (lead.subject, lead.object) == (tx("in")[2:], tx("out"))
    assert [(leg.chain, leg.index) for leg in (*lead.outgoing, *lead.incoming)] == [
        ("bitcoin", "0"),
        ("ethereum", "log:0"),
    ]
    assert (lead.to_chain, lead.recipient, lead.protocol) == ("ethereum", RECIPIENT, "THORChain")


@pytest.mark.parametrize("side", [0, 1])
def test_ethereum_to_bitcoin_meets_too(side):
    case = to_bitcoin("out")
    [lead] = found(case[side], case[1 - side])
    assert (lead.chain, lead.subject, lead.object) == ("ethereum", tx(NAME), tx("out")[2:])
    assert [(leg.chain, leg.index) for leg in (*lead.outgoing, *lead.incoming)] == [
        ("ethereum", "log:0"),
        ("bitcoin", "0"),
    ]
    assert (lead.to_chain, lead.recipient) == ("bitcoin", MINE)


def test_several_payments_out_that_name_one_payment_are_listed_each():
    leads = found(*to_bitcoin("out", "more"))
    assert sorted(lead.object for lead in leads) == sorted(tx(name)[2:] for name in ("out", "more"))


def test_a_payment_whose_answer_no_source_has_names_chain_and_recipient():
    [lead] = found(to_ethereum()[0])
    assert (lead.incoming, lead.to_chain, lead.recipient) == ((), "ethereum", RECIPIENT)
    assert "no source tells of it. A lead: anybody can write a memo." in lead.text


def test_it_is_a_lead_and_never_followed():
    [rule] = [rule for rule in ALL if rule.id == "by_memo"]
    [lead] = found(*to_ethereum())
    assert replace(lead, confidence=rule.confidence).is_lead


def test_a_refund_on_bitcoin_goes_back_to_the_payer():
    paid, _ = to_ethereum()
    back = outputs("back", VAULT, (MINE, 990_000), (VAULT, 5_000), memo=f"REFUND:{tx('in')[2:].upper()}")
    [lead] = found(back, paid)
    assert (lead.subject, lead.object, lead.recipient, lead.to_chain) == (
        tx("in")[2:],
        tx("back")[2:],
        MINE,
        "bitcoin",
    )


@pytest.mark.parametrize(
    ("memo", "code"),
    [
        ("", ""),
        ("hello", ""),
        ("=:ETH.ETH", ""),
        ("", "6a"),
        ("", "6a05" + b"=:ETH.ETH:0x".hex()),
        ("", "6a4d0c00" + b"=:ETH.ETH:0x".hex()),
    ],
)
def test_what_is_no_swap_says_nothing(memo, code):
    assert found(outputs("in", MINE, (VAULT, 1_000_000), memo=memo, code=code)) == []


def test_a_payment_to_oneself_a_failed_one_and_a_forged_log_say_nothing():
    """The log stands at a contract that is not the router: the payment is a lead, its answer none."""
    assert found(outputs("in", MINE, (MINE, 1_000_000), memo=f"=:ETH.ETH:{RECIPIENT}")) == []
    assert found(to_ethereum(status="pending")[0]) == []
    paid, out = to_ethereum()
    forged = replace(out, logs=tuple(replace(log, emitter=THIEF) for log in out.logs))
    [lead] = found(paid, forged)
    assert lead.incoming == ()
    assert found(forged, paid) == []


def test_two_memos_in_one_transaction_say_nothing():
    one = outputs("in", MINE, (VAULT, 1_000_000), memo=f"=:ETH.ETH:{RECIPIENT}")
    [transfer] = one.transaction.transfers
    twice = replace(transfer, outputs=(*transfer.outputs, replace(transfer.outputs[-1], index=2)))
    assert memo_of(replace(one.transaction, transfers=(twice,))) == ""


def test_a_long_memo_is_pushed_by_its_length():
    memo = f"=:ETH.USDC-0XA0B86991C6218B36C1D19D4A2E9EB0CE3606EB48:{RECIPIENT}"
    assert memo_of(outputs("in", MINE, (VAULT, 1), memo=memo).transaction) == memo
    assert len(memo) > 75


def test_a_script_or_a_txid_in_words_as_other_chains_have_them_names_nothing():
    assert not memo_of(outputs("in", MINE, (VAULT, 1_000_000), code="OP_RETURN hello").transaction)
    asked = outputs("in", MINE, (VAULT, 1_000_000), memo=f"=:ETH.ETH:{RECIPIENT}")
    named = replace(asked.transaction, txid="payment one")
    assert [lead.incoming for lead in by_memo(named, Town((asked,), SHIPPED))] == [()]
