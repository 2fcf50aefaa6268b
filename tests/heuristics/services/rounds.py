"""Coinjoins under test, written as values: who pays how much, who gets how much, at which height and time."""

from __future__ import annotations

from dataclasses import replace

from chaintrace.case.view import CaseView
from chaintrace.model.attribution import Tag
from chaintrace.model.chain import Asset, Block, OutPoint
from chaintrace.model.finding import Service
from chaintrace.model.transaction import Leg, Transaction, Transfer
from chaintrace.store import MemoryFacts
from heuristics import ALL

RULES = {rule.id: rule.rule for rule in ALL if rule.id.startswith("coinjoin_") or rule.id == "whirlpool_tx0"}
LATE = (900_000, 1_750_000_000)
"""A height and a time at which every family existed."""


def transaction(paid, made, *, at=LATE, chain="bitcoin", txid="t", kind="p2wpkh", final=True) -> Transaction:
    """A transaction. What is paid and made are values, or pairs of a value and an address."""

    def legs(sides, name, holding) -> tuple[Leg, ...]:
        told = [one if isinstance(one, tuple) else (one, f"{name}{number}") for number, one in enumerate(sides)]
        sequence = 0xFFFF_FFFF if final else 0xFFFF_FFFD
        return tuple(
            Leg(value, OutPoint(chain, holding, number), address, number, kind, sequence=sequence)
            for number, (value, address) in enumerate(told)
        )

    height, time = at
    block = None if height is None and time is None else Block(height, "", time)
    spent, paid_out = legs(paid, "in", f"before {txid}"), legs(made, "out", txid)
    transfer = Transfer("utxo", "utxo", Asset(chain, "", "BTC", 8), spent, paid_out, (0, 0, 0))
    return Transaction(chain, txid, block, 0, (transfer,))


def with_legs(one: Transaction, *, inputs=None, outputs=None) -> Transaction:
    """The same with other legs."""
    transfer = one.transfers[0]
    transfer = replace(transfer, inputs=inputs or transfer.inputs, outputs=outputs or transfer.outputs)
    return replace(one, transfers=(transfer,))


def note(one: Transaction, length: int = 64) -> Transaction:
    """The same with an OP_RETURN of so many bytes put first."""
    pushed = f"40{'00' * 64}" if length == 64 else f"4c{length:02x}{'00' * length}"
    outputs = (Leg(0, None, "", 0, "nulldata", f"6a{pushed}"), *one.transfers[0].outputs)
    return with_legs(one, outputs=tuple(replace(leg, index=number) for number, leg in enumerate(outputs)))


def view_of(*known: Transaction, exchange: str = "") -> CaseView:
    """What is known: these transactions, and a tag that says that an address is an exchange's."""
    tag = Tag("bitcoin", exchange, "Exchange", "exch", "exchange", 70, "a list", stops=True)
    return CaseView(MemoryFacts(known), all_tags={("bitcoin", exchange): (tag,)} if exchange else {})


def said(one: Transaction, *known: Transaction, exchange: str = "") -> list[str]:
    """The rules about coinjoins that speak of a transaction, each of which may say one thing, and about it alone."""
    view, found = view_of(one, *known, exchange=exchange), []
    for name, rule in RULES.items():
        told = list(rule(one, view))
        assert len(told) <= 1
        for finding in told:
            assert isinstance(finding, Service)
            assert (finding.chain, finding.subject, finding.evidence) == (one.chain, one.txid, (one.txid,))
            assert not finding.is_stop
            assert finding.text.endswith(".")
        found += [name for _ in told]
    return found


def zerolink(number=12, base=9_990_000, **told) -> Transaction:
    """A round of Wasabi 1: everybody brings one coin, gets an equal output and a change of its own."""
    paid = [base + 1_000_000 + 7 * place for place in range(number)]
    made = [base] * number + [990_000 + 7 * place for place in range(number - 1)] + [30_000]
    return transaction(paid, made, **told)


def wabisabi(**told) -> Transaction:
    """A round of Wasabi 2 with 15 inputs, in the protocol's order."""
    made = (
        [531_441] * 3 + [354_294] * 4 + [200_000] * 2 + [131_072] * 5 + [100_000] * 2 + [65_536] * 2 + [12_345, 5_555]
    )
    made[-2], paid = 19_683, sorted((200_000 + 13_579 * place for place in range(15)), reverse=True)
    return transaction(paid, made, **told)


def mix(number=5, pool=1_000_000, entering=2, premium=4_462, **told) -> Transaction:
    """A mix of Whirlpool."""
    paid = [pool + premium + place for place in range(entering)] + [pool] * (number - entering)
    return transaction(paid, [pool] * number, **told)


def joinmarket(equal=5_000_000, **told) -> Transaction:
    """A round of four makers and a taker, who pays their fees of 300 satoshi each and that of the network."""
    makers = [7_000_000, 6_500_123, 9_100_000, 23_000_000]
    change = [coin - equal + 300 for coin in makers]
    return transaction([*makers, 8_000_000], [*[equal] * 5, *change, 8_000_000 - equal - 1_200 - 5_000], **told)


def tx0(fee=50_000, premix=1_004_462, number=3, change=177_275, length=64, **told) -> Transaction:
    """A preparation for Whirlpool."""
    made = [fee, change, *[premix] * number]
    return note(transaction([(sum(made) + 2_000) // 2] * 2, made, **told), length)
