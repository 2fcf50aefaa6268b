"""Which payments fit, on which side an address stands, and how near the others come."""

from __future__ import annotations

from dataclasses import replace

from chaintrace.case.locating.candidates import Clues, candidates, nearly, payments
from chaintrace.case.locating.half_address import half
from chaintrace.case.locating.local_time import Window
from chaintrace.case.locating.shown_amount import readings
from chaintrace.model.chain import Account, Asset, Block, OutPoint
from chaintrace.model.transaction import Leg, Transaction, Transfer

GOLD = Asset("bank", "GOLD", "GOLD", 2)
BTC = Asset("bitcoin", "", "BTC", 8)
CLUES = Clues(readings("1.00", "--amount"), Window(100, 200))


def leg(address: str, value: int, asset: Asset = GOLD) -> tuple[Leg, ...]:
    return (Leg(value, Account(address, asset), address),) if address else ()


def paid(txid: str, time: int | None, *moves, status="confirmed") -> Transaction:
    """A transaction of (kind, from, to, value) or (kind, from, to, value, asset)."""
    transfers = []
    for number, (kind, sender, receiver, value, *rest) in enumerate(moves):
        asset = rest[0] if rest else GOLD
        sides = leg(sender, value, asset), leg(receiver, value, asset)
        token_id = 7 if kind == "nft" else None
        transfers.append(Transfer(str(number), kind, asset, *sides, (time or 0, 0, number), token_id))
    block = None if status == "pending" else Block(None, "", time)
    return Transaction("bank", txid, block, 0, tuple(transfers), status)


def found(clues: Clues, *transactions: Transaction):
    return candidates([one for tx in transactions for one in payments(tx)], clues)


def names(clues: Clues, *transactions: Transaction) -> list[tuple[str, str]]:
    return [(one.payment.transaction.txid, one.payment.index) for one in found(clues, *transactions)]


def test_every_equal_payment_is_listed_also_two_of_one_transaction():
    twice = paid("t1", 150, ("token", "a", "b", 100), ("token", "a", "b", 100))
    other = paid("t0", 120, ("token", "x", "y", 100))
    assert names(CLUES, twice, other) == [("t0", "0"), ("t1", "0"), ("t1", "1")]


def test_the_ends_of_the_window_are_within_it():
    four = [paid(f"t{time}", time, ("token", "a", "b", 100)) for time in (99, 100, 200, 201)]
    assert names(CLUES, *four) == [("t100", "0"), ("t200", "0")]


def test_a_fee_and_a_token_of_its_own_kind_are_no_payment_and_a_mint_is_one():
    mixed = paid(
        "t", 150, ("fee", "a", "", 100), ("nft", "a", "b", 100), ("mint", "", "b", 100), ("burn", "a", "", 100)
    )
    assert names(CLUES, mixed) == [("t", "2"), ("t", "3")]
    mint, burn = found(CLUES, mixed)
    assert (mint.payment.senders, burn.payment.receiver) == ((), "")


def test_what_is_pending_or_has_no_time_fits_every_window():
    waiting = paid("w", None, ("token", "a", "b", 100), status="pending")
    timeless = paid("n", None, ("token", "a", "b", 100))
    assert {txid for txid, _ in names(CLUES, waiting, timeless)} == {"w", "n"}


def test_an_address_may_be_on_either_side_and_it_is_said_on_which():
    clues = replace(CLUES, address="a")
    one, other, own = found(
        clues,
        paid("t1", 110, ("token", "a", "b", 100)),
        paid("t2", 120, ("token", "b", "a", 100)),
        paid("t3", 130, ("token", "b", "c", 100)),
        paid("t4", 140, ("token", "a", "a", 100)),
    )
    assert (one.address_is, other.address_is, own.address_is) == (("sender",), ("recipient",), ("sender", "recipient"))


def test_a_whole_and_a_half_address_must_both_be_there():
    clues = replace(CLUES, address="alice", half=half("bank", "th", "ef"))
    there = found(
        clues,
        paid("t1", 110, ("token", "alice", "thief", 100)),
        paid("t2", 120, ("token", "alice", "thug", 100)),
        paid("t3", 130, ("token", "bob", "thief", 100)),
    )
    assert [(one.payment.transaction.txid, one.half_is) for one in there] == [("t1", ("recipient",))]


def test_an_asset_is_its_contract():
    silver = Asset("bank", "SILVER", "GOLD", 2)
    both = paid("t", 150, ("token", "a", "b", 100), ("token", "a", "b", 100, silver))
    assert len(names(CLUES, both)) == 2
    assert names(replace(CLUES, contracts=frozenset({"SILVER"})), both) == [("t", "1")]


def test_exact_amounts_come_before_rounded_ones():
    clues = replace(CLUES, amounts=readings("1", "--amount"), fees=readings("0.50", "--fee"))
    values = [("token", "a", "b", value) for value in (149, 150, 100, 50)]
    assert names(clues, paid("t", 150, *values)) == [("t", "2"), ("t", "3"), ("t", "1"), ("t", "0")]


def test_each_output_is_a_payment_of_all_inputs():
    inputs = (Leg(5, OutPoint("bitcoin", "p", 0), "a"), Leg(None, OutPoint("bitcoin", "q", 0), "b"), Leg(1, None, "a"))
    outputs = (
        Leg(3, OutPoint("bitcoin", "t", 0), "c"),
        Leg(None, None, "", 1),
        Leg(2, OutPoint("bitcoin", "t", 2), "a", 2),
    )
    tx = Transaction("bitcoin", "t", Block(1, "", 150), 0, (Transfer("utxo", "utxo", BTC, inputs, outputs, (1, 0, 0)),))
    assert [(one.index, one.value, one.senders, one.receiver) for one in payments(tx)] == [
        ("0", 3, ("a", "b"), "c"),
        ("2", 2, ("a", "b"), "a"),
    ]


def test_it_is_counted_how_near_the_others_come():
    clues = Clues(
        readings("1.00", "--amount"), Window(100, 200), half=half("bank", "th", ""), contracts=frozenset({"GOLD"})
    )
    others = [
        paid("late", 300, ("token", "a", "thief", 100)),
        paid("more", 150, ("token", "a", "thief", 101)),
        paid("else", 160, ("token", "a", "thug!", 100)),
        paid("who", 170, ("token", "a", "bob", 100)),
        paid("case", 180, ("token", "a", "Thief", 100)),
        paid("what", 190, ("token", "a", "thief", 100, Asset("bank", "EUR", "EUR", 2))),
        paid("none", 50, ("token", "a", "bob", 5)),
    ]
    near = nearly([one for tx in others for one in payments(tx) if tx.txid != "else"], clues)
    assert (near.payments, near.in_window, near.begin, near.end) == (6, 4, 50, 300)
    assert (near.without_time, near.without_amount, near.without_asset) == (1, 1, 1)
    assert (near.without_address, near.letter_case) == (2, 1)
