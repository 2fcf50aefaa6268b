"""Self-authorisation: an account that lets another account move its tokens, where nothing looks like a drain."""

from collections.abc import Iterator, Sequence

from chaintrace.addresses import family
from chaintrace.model.approval import Approval, approvals_in
from chaintrace.model.chain import Account, Asset
from chaintrace.model.finding import AnyFinding, CommonControl
from chaintrace.model.transaction import Movement, Order
from chaintrace.model.view import History, View
from heuristics.control.exclusions import NO_CODE, is_whole, known_history, may_join

FEW = 3
"""A spender that more holders than this let move their tokens is taken for a drainer's or a service's.

Chosen, not measured: drainers and shops are approved by many, a person's own account by the person's few others. A
drainer is young once, so that the number is kept small: a pair too few costs a lead, a pair too many names a victim.
"""


def self_authorisation(account: Account, view: View) -> Iterator[AnyFinding]:
    """A lead, no union: an account that itself let another account move its tokens was probably of the same hand.

    The holder sent the approval (EIP-20, TRC-20) itself and has not taken it back, and a source that looked for code
    found none at the two, nor code that one of them lends itself. The approval stands in a history that is known, and
    that of each token that was approved is known whole. Neither the spender nor anybody but the holder ever moved any
    of the holder's tokens to a third address: who does that may be a drainer, whom victims approve, some of them before
    its code is there. What went to the spender counts only where it had sent the holder native value before, as an
    operator does who pays for the gas; else that too looks like a drain. The rule abstains where more than 3 holders
    approved the spender, where it is not told who sent a transaction that moved the tokens, and where a tag that stops,
    a tag of a contract or a rule for services speaks of one of the two: exchanges, faucets, relayers, gateways.
    Source: Victor, Address Clustering Heuristics for Ethereum, FC 2020 (self-authorisation); that a spender who takes
    to others is never joined is our addition.
    Known failures: a drainer that has not taken yet, or that sends gas first, where few of its approvals are known, for
    only transactions that are told whole tell them; friends, employees, and services that nobody tagged; keys that were
    sold. What a contract approves, what a signed permit allows that somebody else sent, and whole collections are
    passed over.
    Measured: not measured; no set at hand says who controlled the two.
    """
    chain, asked = account.chain, account.address
    if family(chain) not in {"evm", "tron"}:
        return
    told = approvals_in(view.observations(chain, asked))
    for holder, spender in sorted({(one.holder, one.spender) for one in told}):
        if holder == spender or not may_join(view, chain, holder, spender):
            continue
        if not (is_without_code(view, chain, holder) and is_without_code(view, chain, spender)):
            continue
        pair = [one for one in told if (one.holder, one.spender) == (holder, spender)]
        own = [one for one in in_histories(pair, view) if one.sender == holder]
        known = approvers(view, chain, spender) if is_granted(own) else 0
        evidence = uses(own, view) if 0 < known <= FEW else None
        if evidence is not None:
            txids = tuple(dict.fromkeys((*(one.txid for one in own), *evidence)))
            number = f"{known} {'address' if known == 1 else 'addresses'}"
            text = f"a lead: {spender}, whom {holder} let move its tokens, is known to be approved by {number}"
            yield CommonControl(chain, asked, spender if asked == holder else holder, txids, text=text)


def histories(view: View, chain: str, address: str) -> Iterator[History]:
    """What is held of an address, in every asset that is known."""
    for contract in dict.fromkeys(("", *(one.contract for one in view.assets(chain)))):
        history = known_history(view, Account(address, Asset(chain, contract)))
        if history is not None:
            yield history


def in_histories(told: Sequence[Approval], view: View) -> list[Approval]:
    """Of approvals, those whose transaction stands in a history that is held of the holder or of the spender.

    What else was fetched depends on the order of the answers, and a finding may not.
    """
    txids: dict[str, set[str]] = {}
    for address in dict.fromkeys(side for one in told for side in (one.holder, one.spender)):
        held = histories(view, told[0].chain, address)
        txids[address] = {movement.transaction.txid for history in held for movement in history.movements}
    return [one for one in told if one.txid in txids[one.holder] or one.txid in txids[one.spender]]


def is_granted(own: Sequence[Approval]) -> bool:
    """Whether there are approvals, and the holder's last word on no contract takes one back."""
    newest: dict[str, int] = {}
    for one in own:
        newest[one.contract] = max(newest.get(one.contract, 0), one.height or 0)
    return bool(own) and all(one.allowance for one in own if (one.height or 0) == newest[one.contract])


def is_without_code(view: View, chain: str, address: str) -> bool:
    """Whether a source looked for code at the address, and none found any, nor code that it lends itself."""
    seen = view.observations(chain, address)
    if any(one.what in {"delegation", "delegation signed"} for one in seen):
        return False
    codes = {one.value for one in seen if one.what == "code"}
    return codes == {NO_CODE}


def approvers(view: View, chain: str, spender: str) -> int:
    """How many addresses are known to have let a spender move tokens, whoever sent the transaction."""
    told = approvals_in(view.observations(chain, spender))
    return len({one.holder for one in in_histories(told, view) if one.spender == spender and one.allowance})


def uses(own: Sequence[Approval], view: View) -> tuple[str, ...] | None:
    """The txids of what others moved to the spender, after that of its first payment to the holder; `()` for nothing.

    None where the rule has to abstain: a whole history is not held, somebody else than the holder may have moved tokens
    to a third address, or some went to the spender and it is not known to have paid the holder before.
    """
    chain, holder, spender = own[0].chain, own[0].holder, own[0].spender
    taken: list[Movement] = []
    held = {one.account.asset.contract: one for one in histories(view, chain, holder) if one.account.asset.contract}
    for contract in {one.contract for one in own}:
        history = held.get(contract) or known_history(view, Account(holder, Asset(chain, contract)))
        if history is None or not is_whole(history):
            return None
    for history in held.values():
        for movement in history.movements:
            sender, transfer = movement.transaction.sender, movement.transfer
            receivers = {leg.address for leg in transfer.outputs}
            if sender == holder or all(leg.address != holder for leg in transfer.inputs):
                continue
            if not receivers and sender not in {"", spender}:
                continue  # what an issuer destroys is taken by nobody
            if not sender or not receivers or not receivers <= {holder, spender}:
                return None
            taken += [movement] if spender in receivers else []
    if not taken:
        return ()
    paid = first_payment(own[0], view, min(movement.order for movement in taken))
    return None if paid is None else (paid, *(movement.transaction.txid for movement in taken))


def first_payment(approval: Approval, view: View, before: Order) -> str | None:
    """The txid of the first native payment of the spender's own to the holder, where it came earlier than that."""
    history = known_history(view, Account(approval.holder, Asset(approval.chain, "")))
    for movement in history.movements if history is not None else ():
        transfer = movement.transfer
        sides = [[leg.address for leg in legs] for legs in (transfer.inputs, transfer.outputs)]
        is_own = movement.transaction.sender == approval.spender and bool(transfer.value)
        if is_own and sides == [[approval.spender], [approval.holder]] and movement.order < before:
            return movement.transaction.txid
    return None
