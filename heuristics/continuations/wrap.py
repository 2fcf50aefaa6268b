"""Wrap: the native asset becomes the token of its wrapper, one to one, and back."""

from collections.abc import Iterator

from chaintrace.model.chain import Asset
from chaintrace.model.finding import AnyFinding, Continues
from chaintrace.model.transaction import Transaction, Transfer
from chaintrace.model.view import View
from heuristics.continuations.crossings import crossings
from heuristics.continuations.flows import Party, legs, moved, native, parties
from heuristics.continuations.swappers import actors
from heuristics.continuations.verdict import Seen, Verdict, findings, seen


def wrap(transaction: Transaction, view: View) -> Iterator[AnyFinding]:
    """Value goes on in another form: a wrapper takes the native asset and makes a token for it, or the other way.

    Only the wrappers of the table, whose code gives one for one. What an address gives and gets besides makes the rule
    silent, for then the wrapper is a part of something larger. Where no source tells of calls, the native asset that a
    wrapper pays out is not seen, and the legs that came are left empty.
    Source: WETH9 (github.com/gnosis/canonical-weth): `deposit()` and `withdraw(uint256)`.
    Known failures: none known; a wrapper that is not in the table is not seen.
    Measured: docs/protocols.md, every recorded receipt of a wrapper.
    """
    yield from findings(wraps(seen(transaction, view)))


def wraps(seen: Seen) -> Iterator[Verdict]:
    """What can be said of each address that gives or gets the token of a wrapper."""
    transaction = seen.transaction
    if transaction.status != "confirmed" or transaction.utxo is not None or crossings(seen, "sent"):
        return
    known = parties(transaction)
    for address in actors(seen, known):
        yield from _wrapped(seen, known[address])
        yield from _unwrapped(seen, known[address])


def _wrapped(seen: Seen, party: Party) -> Iterator[Verdict]:
    """The native asset goes, and the token of a wrapper comes."""
    transaction, coin = seen.transaction, native(seen.transaction.chain)
    if party.lost == (coin,) and len(party.gained) == 1 and _is_wrapper(seen, party.gained[0]):
        went = legs(transaction, party.address, coin, paid=True)
        came = legs(transaction, party.address, party.gained[0], paid=False)
        yield _found(seen, party, went, came, legs(transaction, party.address, coin, paid=False))


def _unwrapped(seen: Seen, party: Party) -> Iterator[Verdict]:
    """The token of a wrapper goes, and the native asset comes, where a source tells of the call that pays it."""
    transaction, coin = seen.transaction, native(seen.transaction.chain)
    if len(party.lost) != 1 or not _is_wrapper(seen, party.lost[0]) or party.gained not in ((), (coin,)):
        return
    went = legs(transaction, party.address, party.lost[0], paid=True)
    if party.gained or all(not one.outputs for one in went):
        came = legs(transaction, party.address, coin, paid=False)
        yield _found(seen, party, went, came, legs(transaction, party.address, party.lost[0], paid=False))


def _is_wrapper(seen: Seen, asset: Asset) -> bool:
    """Whether an asset is the token of a wrapper that is listed."""
    return bool(asset.contract) and bool(seen.rows(asset.contract, "wrapper"))


def _found(
    seen: Seen, party: Party, went: tuple[Transfer, ...], came: tuple[Transfer, ...], back: tuple[Transfer, ...]
) -> Verdict:
    """The finding about one address."""
    transaction = seen.transaction
    contract = next(one.asset.contract for one in (*went, *came) if one.asset.contract)
    (row, *_) = seen.rows(contract, "wrapper")
    unseen = "" if came else " The native value that the wrapper pays is a call, which no source tells of."
    text = f"{party.address} changed the native asset and the token of its wrapper {contract}, one to one.{unseen}"
    finding = Continues(
        transaction.chain,
        transaction.txid,
        transaction.txid if came else "",
        (transaction.txid,),
        text=text,
        outgoing=moved(transaction, went),
        incoming=moved(transaction, came),
        refunded=moved(transaction, back),
        protocol=row.protocol,
        to_chain=transaction.chain,
        recipient=party.address,
    )
    return Verdict("wrap", party.address, text, finding)
