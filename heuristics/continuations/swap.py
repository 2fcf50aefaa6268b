"""Swap: inside one transaction an address gives one asset and gets another one. The net flow decides."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from chaintrace.model.chain import Asset
from chaintrace.model.finding import AnyFinding, Continues
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import View
from heuristics.continuations.arguments import Said
from heuristics.continuations.crossings import crossings
from heuristics.continuations.entered import SHARE, has_calls
from heuristics.continuations.flows import Party, legs, moved, native, parties, payees
from heuristics.continuations.pools import agreeing
from heuristics.continuations.swappers import actors, mirrors, shown, without
from heuristics.continuations.verdict import Seen, Verdict, findings, seen

BRIDGED = "a bridge takes value on in this transaction: it goes on by the bridge"
WRAPPED = "a wrapper of the native asset changes it one to one"
OTHERS = frozenset({BRIDGED, WRAPPED})
"""What another rule tells."""


class Told(NamedTuple):
    """A protocol that tells of an exchange, and how sure that is: 0, as sure as the rule; by which pools alone."""

    protocol: str
    confidence: int
    pools: tuple[str, ...] = ()


BY_CALL = 40
"""The confidence where somebody else gets what came, whom only the call names: a lead, for a call may be unseen."""

BY_POOL = 60
"""The confidence of a swap that no listed contract tells of: only the logs of pools, which anybody can write."""


def swap(transaction: Transaction, view: View) -> Iterator[AnyFinding]:
    """Value goes on in another asset: in one transaction an address gives one asset and gets another one for it.

    The net flow decides: what an address has less and more of when the transaction ends. It is the maker of an order
    whom a settling contract names, the account that was made to act, or the sender; pools, solvers and routers inherit
    nothing. A contract of the table must have been called or have logged the exchange, or a pool must say what it took
    and gave, and the transfers must bear it out (confidence 60). What came back of the asset that was given is a
    refund. Where nothing came that is known, and something says that an exchange took place, the native asset came by a
    call that no source told: the legs that came are left empty. Where one other address got something and the call
    names it, the swap was delivered to it: a lead (confidence 40), since native value may have come besides.
    It abstains where an address gives or gets more than one asset, where it gets a token while a wrapper pays the
    native asset to nobody knows whom and no listed contract logs the exchange (a token can lie in its transfers), where
    the asset is a piece of a collection, where what it got was made for it or what it gave was destroyed (a share of a
    pool, a deposit, a loan), where a bridge took the value on, where a pool and a token contradict each other, where
    what it gave went to somebody who gave nothing for it, where pools alone tell of it and none of them paid what came,
    and where nobody knows whose exchange it is.
    Source: docs/protocols.md, with the table in data/protocols/ and its sources.
    Known failures: a swap against a worthless token of one's own is a swap: both amounts stand in the finding, and the
    pools, where they alone tell of it; an exchange whose second half follows in another transaction; a payment to
    somebody else inside the same call, where a listed contract was called that pays whom its caller names.
    Measured: docs/protocols.md, every recorded receipt.
    """
    yield from findings(swaps(seen(transaction, view)))


def swaps(seen: Seen) -> Iterator[Verdict]:
    """What can be said of each address whose exchange the transaction may be."""
    transaction = seen.transaction
    if transaction.status != "confirmed" or transaction.utxo is not None:
        return
    second = mirrors(seen)
    known = {address: without(party, second) for address, party in parties(transaction).items()}
    held, lying = agreeing(seen.said("pool"), known)
    told = _protocol(seen, held)
    acting = actors(seen, known)
    if not acting and seen.said("order", "trade", "pool"):
        yield Verdict("none", "", "whose exchange it is is not told")
    for address in acting:
        reason = _against(seen, known[address], told) or _against_protocol(told, lying)
        reason = reason or _elsewhere_paid(seen, known[address], known)
        reason = reason or (_not_of_pools(known[address], held, known) if told is not None and told.confidence else "")
        receiver = _elsewhere(seen, known[address], known) if not reason else known[address]
        if not reason and not receiver.gained and has_calls(seen):
            reason = "nothing comes for what it gives, and a source tells of the calls that pay the native asset"
        if reason or told is None:
            yield Verdict("none", address, reason, is_others=reason in OTHERS)
        else:
            yield _found(seen, known[address], told, receiver)


def _protocol(seen: Seen, held: Sequence[Said]) -> Told | None:
    """Which protocol tells of an exchange, and how sure that is; None where none does."""
    called = seen.rows(seen.sent.to, "router", "order", "trade") if seen.sent is not None else ()
    listed = [row.protocol for row in called] or [said.event.protocol for said in seen.said("order", "trade")]
    if listed:
        return Told(listed[0], 0)
    pools = tuple(dict.fromkeys(said.log.emitter for said in held))
    return Told(held[0].event.protocol, BY_POOL, pools) if held else None


def _against_protocol(told: Told | None, lying: Sequence[str]) -> str:
    """Why what contracts say of an exchange does not count; `""` where it does."""
    if lying:
        return f"the pool {lying[0]} says that it paid less than the transfers of a token say: the token lies"
    if told is None:
        return "no contract or pool that is known says that something was exchanged"
    return ""


def _against(seen: Seen, party: Party, told: Told | None) -> str:
    """Why the net flow of an address is no swap; `""` where nothing speaks against one."""
    lost, gained = party.lost, party.gained
    coin = native(seen.transaction.chain)
    reasons = (
        (bool(crossings(seen, "sent")), BRIDGED),
        (party.pieces, "a piece of a collection moves, which has no price by the unit"),
        (not lost, "it gives nothing"),
        (
            len(lost) > 1 or len(gained) > 1,
            f"it gives {shown(lost)} and gets {shown(gained) or 'nothing'}: which goes into which is not told",
        ),
        (_is_wrapper(seen, (*lost, *gained)), WRAPPED),
        (not gained and lost == (coin,), "the native asset goes to a contract, and nothing that is known comes for it"),
        (not gained and not _is_exchanged(seen), "nothing that is known comes for what it gives"),
        (
            bool(gained) and coin not in (*lost, *gained) and not seen.said("order", "trade") and _is_unseen(seen),
            f"it gets {shown(gained)} while no source tells who gets native value: which of the two came is not told",
        ),
    )
    return next((reason for applies, reason in reasons if applies), "") or _share(seen, party, told)


def _elsewhere_paid(seen: Seen, party: Party, known: Mapping[str, Party]) -> str:
    """Whether what an address gives goes to somebody who gives nothing for it, but for a tenth; `""` where it does not.

    Somebody: who was not called, logs nothing, is no token that moves and is not listed; an account without code never
    logs. Anybody can let a contract of their own exchange a little beside a payment. Where a listed contract was
    called, it decides who is paid: makers of prices may take with one account and give with another.
    """
    (lost,), transaction = party.lost, seen.transaction
    if seen.sent is not None and seen.rows(seen.sent.to, "router", "order", "trade"):
        return ""
    tokens = {part.asset.contract for part in transaction.transfers}
    apart = {*seen.emitters, *tokens, party.address, seen.sent.to if seen.sent is not None else ""}
    stray = {
        address: other.net[lost]
        for address, other in known.items()
        if other.net.get(lost, 0) > 0 and not other.lost and address not in apart
        if not seen.protocols.of(transaction.chain, address)
    }
    if sum(stray.values()) * SHARE <= -party.net[lost]:
        return ""
    return f"{', '.join(sorted(stray))} gets what it gives, and gives nothing for it: what was paid was not exchanged"


def _not_of_pools(party: Party, held: Sequence[Said], known: Mapping[str, Party]) -> str:
    """Why pools alone do not tell of an exchange: none of them paid what came; `""` where one did.

    Somebody else can pay it in the same transaction. Native value, and what a token keeps to itself, are not seen.
    """
    pools = [known[said.log.emitter] for said in held if said.log.emitter in known]
    came = [asset for asset in party.gained if asset.contract]
    if all(any(pool.net.get(asset, 0) < 0 for pool in pools) for asset in came):
        return ""
    return f"it gets {shown(came)}, which none of the pools paid that log an exchange"


def _is_wrapper(seen: Seen, assets: Sequence[Asset]) -> bool:
    """Whether two assets are the native one and the token of a wrapper that is listed."""
    ends = [asset.contract for asset in assets]
    return "" in ends and any(seen.rows(contract, "wrapper") for contract in ends if contract)


def _is_exchanged(seen: Seen) -> bool:
    """Whether something says that an exchange took place: a log of one, or a wrapper that gives the native asset."""
    return bool(seen.said("pool", "trade", "order")) or _is_unwrapped(seen)


def _is_unwrapped(seen: Seen) -> bool:
    """Whether a wrapper gives the native asset."""
    return any(one.kind == "burn" and seen.rows(one.asset.contract, "wrapper") for one in seen.transaction.transfers)


def _is_unseen(seen: Seen) -> bool:
    """Whether a wrapper gives the native asset and no source tells of a call that pays any."""
    return _is_unwrapped(seen) and not any(one.index.startswith("call:") for one in seen.transaction.transfers)


def _elsewhere(seen: Seen, party: Party, known: Mapping[str, Party]) -> Party:
    """Who gets what an address gets nothing of: the one that the call names and that gives and logs nothing; or itself.

    Where a wrapper gave the native asset, that is what came, and others took a fee.
    """
    if party.gained or seen.sent is None or _is_unwrapped(seen):
        return party
    apart = {*seen.emitters, seen.sent.to, party.address}
    found = [
        other
        for address, other in known.items()
        if address not in apart and not other.lost and len(other.gained) == 1 and other.gained != party.lost
        if address.removeprefix("0x") in seen.sent.input
    ]
    return found[0] if len(found) == 1 else party


def _share(seen: Seen, party: Party, told: Told | None) -> str:
    """Why an exchange is that of a share of a pool, a vault or a loan; `""` where it is not.

    An aggregator may go through shares on its way: what its own contracts say counts.
    """
    sides = [legs(seen.transaction, party.address, asset, paid=paid) for asset, paid in _assets(party)]
    if any(side and all(not one.outputs for one in side) for side in sides):
        return "what it gives is destroyed and paid to nobody: it is redeemed, and not exchanged"
    if any(side and all(not one.inputs for one in side) for side in sides):
        return "what it gets is made for it: a share, a deposit or a loan, and no exchange"
    shares = {said.event.protocol for said in seen.said("share")}
    if shares and (told is None or told.confidence or told.protocol in shares):
        return f"a share of {', '.join(sorted(shares))} changes: liquidity is put in or taken out"
    return ""


def _assets(party: Party) -> Iterator[tuple[Asset, bool]]:
    """The assets that an address gives (True) and gets."""
    yield from ((asset, True) for asset in party.lost)
    yield from ((asset, False) for asset in party.gained)


def _found(seen: Seen, party: Party, told: Told, receiver: Party) -> Verdict:
    """The swap of one address, with the amounts of both sides; `receiver` is itself, or to whom it was delivered."""
    transaction, (lost,) = seen.transaction, party.lost
    went = legs(transaction, party.address, lost, paid=True)
    back = legs(transaction, party.address, lost, paid=False)
    came = tuple(leg for asset in receiver.gained for leg in legs(transaction, receiver.address, asset, paid=False))
    is_other = receiver != party
    is_alone = not came and bool(told.confidence) and not _is_unwrapped(seen)  # what comes, nobody shows or says
    text = f"{party.address} exchanged {shown((lost,))} through {told.protocol}"
    if came:
        to = f", delivered to {receiver.address} as the call says" if is_other else ""
        text = f"{text} for {shown(receiver.gained)}{to}: it is traced into a substitute asset."
    else:
        text = f"{text} for something that no source shows: value that a contract pays in the native asset is a call."
    details = (
        f"gave {-party.net[lost]} base units of {lost.contract or 'the native asset'}",
        *(
            f"got {receiver.net[asset]} base units of {asset.contract or 'the native asset'}"
            for asset in receiver.gained
        ),
        f"paid to {', '.join(payees(went)) or 'nobody'}",
        *([f"told by pools alone, which anybody can make: {', '.join(told.pools)}"] if told.pools else []),
    )
    finding = Continues(
        transaction.chain,
        transaction.txid,
        transaction.txid if came else "",
        (transaction.txid,),
        confidence=BY_CALL if is_other or is_alone else told.confidence,
        text=text,
        details=details,
        outgoing=moved(transaction, went),
        incoming=moved(transaction, came),
        refunded=moved(transaction, back),
        protocol=told.protocol,
        to_chain=transaction.chain,
        recipient=receiver.address,
    )
    return Verdict("swap", party.address, text, finding)
