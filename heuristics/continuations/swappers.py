"""Whose exchange it is: the maker of an order, the account that was told to act, or who sent the transaction."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from chaintrace.model.chain import Asset
from heuristics.continuations.flows import Party
from heuristics.continuations.verdict import Seen

_Told: TypeAlias = tuple[tuple[str, ...], tuple[str, ...], int | None]
"""Who paid whom, and how much."""


def makers(seen: Seen, known: Mapping[str, Party]) -> tuple[str, ...]:
    """Whose orders the transaction settles, as the settling contracts name them."""
    chain = seen.transaction.chain
    named = dict.fromkeys(
        maker
        for said in seen.said("order")
        for part in said.event.fields.get("maker", ())
        if (maker := said.address(part, chain)) in known and not seen.protocols.of(chain, maker)
    )
    return tuple(maker for maker in named if known[maker].net)


def actors(seen: Seen, known: Mapping[str, Party]) -> tuple[str, ...]:
    """Whose exchange a transaction can be: makers of orders and accounts that are contracts, else who sent it.

    Where a contract settles an order without naming its maker, the maker is the one address that gives something, that
    logs nothing and that the call names.
    """
    named = (*makers(seen, known), *accounts(seen, known))
    nameless = any("maker" not in said.event.fields for said in seen.said("order"))
    sender = seen.sender
    acts = sender in known and bool(known[sender].net or known[sender].pieces)
    if not named and (nameless or not acts):
        named = _signed_for(seen, known)
    if acts and (not named or (nameless and known[sender].gained)):
        named = (*named, sender)
    return tuple(dict.fromkeys(named))


def accounts(seen: Seen, known: Mapping[str, Party]) -> tuple[str, ...]:
    """The accounts that are contracts and that the transaction made act."""
    chain = seen.transaction.chain
    named = (
        said.address(part, chain)
        for said in seen.said("account")
        for part in said.event.fields.get("maker", ("@emitter",))
    )
    return tuple(one for one in dict.fromkeys(named) if one in known and known[one].net)


def _signed_for(seen: Seen, known: Mapping[str, Party]) -> tuple[str, ...]:
    """The one address that gives something and logs nothing, where the call names it; none where there are several."""
    if seen.sent is None or not (seen.rows(seen.sent.to, "router", "order", "trade") or seen.said("order")):
        return ()
    apart = {*seen.emitters, seen.sent.to, seen.sender}
    named = [
        address
        for address, party in known.items()
        if address not in apart and party.lost and address.removeprefix("0x") in seen.sent.input
    ]
    return tuple(named) if len(named) == 1 else ()


def mirrors(seen: Seen) -> frozenset[Asset]:
    """The second names of tokens that move under two contracts at once, as the table lists them.

    Where each transfer of the one is told again by the other one, with the same parties and values in the same order,
    the first one told stands. Two assets that only happen to move alike are two.
    """
    told: dict[Asset, list[_Told]] = {}
    names: dict[Asset, str] = {}
    for one in seen.transaction.transfers:
        for row in seen.rows(one.asset.contract, "twin"):
            sides = [tuple(leg.address for leg in side) for side in (one.inputs, one.outputs)]
            told.setdefault(one.asset, []).append((sides[0], sides[1], one.value))
            names[one.asset] = row.protocol
    first: dict[tuple[str, tuple[_Told, ...]], Asset] = {}
    return frozenset(
        asset for asset, rows in told.items() if first.setdefault((names[asset], tuple(rows)), asset) != asset
    )


def without(party: Party, left_out: Collection[Asset]) -> Party:
    """A party without some assets."""
    return replace(party, net={asset: value for asset, value in party.net.items() if asset not in left_out})


def shown(assets: Iterable[Asset]) -> str:
    """Assets by their names or contracts, for a sentence."""
    return ", ".join(one.name or one.contract or "the native asset" for one in assets)
