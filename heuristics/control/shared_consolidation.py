"""Shared consolidation: several addresses that send all they have of an asset to one and the same address."""

from collections.abc import Iterator

from chaintrace.model.chain import Account
from chaintrace.model.finding import AnyFinding, CommonControl
from chaintrace.model.transaction import Movement
from chaintrace.model.view import History, View
from heuristics.control.exclusions import MANY, is_excluded, known_history, may_join, paid, paid_by
from heuristics.control.payments import balances, payment


def shared_consolidation(account: Account, view: View) -> Iterator[AnyFinding]:
    """A lead, no union: addresses that are emptied into one address that is no service were probably of one hand.

    An address is emptied into another where all that it ever sent of an asset went there, in payments of its own, and
    one of them left nothing. Each of several such addresses is named with the one that paid first, and that one with
    the second; the address that collects stands in the text. The rule abstains where the history of one of them is not
    known, where more than 50 addresses pay the one that collects, or one of those that are emptied, and where a tag
    that stops, a tag of a contract or a rule for services speaks of one of them: exchanges and their deposit addresses,
    gateways, faucets.
    Source: the joint receiver of sweeps, after Victor, Address Clustering Heuristics for Ethereum, FC 2020 (deposit
    address reuse), without the exchange behind it; no published figure for this form.
    Known failures: a shop, a broker or a gateway that nobody tagged, which few customers paid, each with all of a
    balance; a friend who collects; deposit addresses that were handed on; files whose coverage begins late, under which
    an unknown earlier balance (M9) may have been left.
    Measured (docs/accuracy.md): it names nobody on the ledger of 40 wallets and in the first 10,000 blocks of TRON. How
    often the two were controlled together: not measured.
    """
    history = None if is_excluded(view, account.chain, account.address) else known_history(view, account)
    into = paid(history) if history is not None else ()
    if len(into) != 1 or is_excluded(view, account.chain, into[0]):
        return
    collector = known_history(view, Account(into[0], account.asset))
    payers = () if collector is None else paid_by(collector)
    own = emptied(account, into[0], view) if account.address in payers and len(payers) <= MANY else None
    if own is None:
        return
    others = (one for one in payers if one != account.address and may_join(view, account.chain, account.address, one))
    found = ((other, emptied(Account(other, account.asset), into[0], view)) for other in others)
    for other, theirs in ((other, theirs) for other, theirs in found if theirs is not None):
        first, second = sorted((own, theirs), key=lambda one: (one.order, one.transaction.txid))
        evidence = first.transaction.txid, second.transaction.txid
        text = f"a lead: both were emptied into {into[0]}"
        yield CommonControl(account.chain, account.address, other, evidence, text=text)
        return


def emptied(account: Account, into: str, view: View) -> Movement | None:
    """The first payment that left nothing at an address of which every payment went to `into`; None for any other."""
    history = None if is_excluded(view, account.chain, account.address) else known_history(view, account)
    sent = [] if history is None else payments_to(into, history)
    if history is None or not sent or len(paid_by(history)) > MANY:
        return None
    left = {movement.transaction.txid: held for movement, held in balances(history)}
    return next((movement for movement in sent if left[movement.transaction.txid] == 0), None)


def payments_to(payee: str, history: History) -> list[Movement]:
    """What an account ever sent, where all of it were payments of its own to one payee; else nothing."""
    found = []
    for movement in history.movements:
        transfer = movement.transfer
        if not transfer.value or not transfer.outputs:
            continue  # a fee, and a transfer of nothing, which anybody can have begun
        if all(leg.address != history.account.address for leg in transfer.inputs):
            continue  # what arrives
        paid = payment(movement.transaction)
        if paid is None or paid.payee != payee or paid.transfer.index != transfer.index:
            return []
        found.append(movement)
    return found
