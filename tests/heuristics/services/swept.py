"""Ledgers with a deposit address `D` that is swept to the exchange `E`, written as plain rows of `payments`."""

from __future__ import annotations

from dataclasses import replace

from chaintrace.model.attribution import Tag
from chaintrace.model.transaction import Transaction
from heuristics.services.deposit_address import deposit_address
from tests.chaintrace.tracing.ledger import Ledger, payments

DAY = 144
"""Heights of a day in these ledgers: ten minutes a block."""


def tag(address: str, actor: str = "exch", **more: object) -> Tag:
    """What a list says of an address of an exchange."""
    said = {"category": "exchange", "confidence": 70, "source": "a list", "stops": True, **more}
    return Tag("ledger", address, f"{actor} hot", actor, **said)  # type: ignore[arg-type]  # fields by their names


def ledger(*rows: tuple, tags: tuple[Tag, ...] = (tag("E"),), native: bool = False) -> Ledger:
    """A ledger of these rows; `native`: its asset is the chain's own, with 18 decimals."""
    made = payments(*rows)
    for one in tags:
        made = replace(made, tagged={**made.tagged, one.address: (*made.tagged.get(one.address, ()), one)})
    return as_native(made) if native else made


def as_native(made: Ledger) -> Ledger:
    """The same with the chain's own asset instead of a token."""
    asset = replace(made.account("").asset, contract="", decimals=18)
    transactions: dict[str, Transaction] = {}
    for txid, tx in made.transactions.items():
        parts = tuple(replace(part, asset=asset) for part in tx.transfers)
        transactions[txid] = replace(tx, transfers=parts)
    return replace(made, transactions=transactions)


def said(made: Ledger, address: str = "D", *, native: bool = False) -> list:
    """What the rule says of an address."""
    account = made.account(address)
    if native:
        account = replace(account, asset=replace(account.asset, contract="", decimals=18))
    return list(deposit_address(account, made))
