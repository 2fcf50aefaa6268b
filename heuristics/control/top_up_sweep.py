"""Top-up and sweep: native value sent to an address that holds tokens and no gas, then all of its tokens sent on."""

from collections.abc import Iterator

from chaintrace.addresses import family
from chaintrace.model.chain import Account, Asset
from chaintrace.model.finding import AnyFinding, CommonControl
from chaintrace.model.transaction import Movement, Transaction
from chaintrace.model.view import History, View
from heuristics.control.exclusions import MANY, funded, is_excluded, known_history, may_join, paid_by
from heuristics.control.payments import Payment, balances, payment, signed

WINDOW = 3_600
"""The longest time between the top-up and the sweep, in seconds: chosen, not measured."""


def top_up_sweep(transaction: Transaction, view: View) -> Iterator[AnyFinding]:
    """A lead, no union: who sends gas to an address so that its tokens can be swept was probably of its operator.

    The transaction sends all that an address holds of a token, and could not have been paid for with what lay there
    before the last native payment to it, at most an hour earlier, when the tokens lay there already. Sender of the gas
    and address are named together, and the sender with the receiver of the tokens where the receiver's history is known
    and at most 50 addresses pay it. The rule abstains where the histories of the address in both assets and that of
    the sender of the gas are not known, where that one paid more than 50 addresses, and where a tag that stops, a tag
    of a contract or a rule for services speaks of one of the three: exchanges, gateways, faucets, relayers. A sweep
    that cost nothing, with lent energy, needed no gas and says nothing.
    Source: the pattern of merchant gateways (PayWarden's documentation: deposit, top-up of TRX, full sweep).
    Known failures: a buyer or broker who sends gas so that a customer can pay; services that sell gas for a fee;
    friends; gateways and exchanges that nobody tagged, whose customers' addresses are joined with their wallets.
    Measured: not measured; no set at hand holds both the tokens and the gas of such addresses.
    """
    swept = payment(transaction)
    if swept is None or swept.transfer.kind != "token" or not swept.fee or family(transaction.chain) is None:
        return
    if is_excluded(view, transaction.chain, swept.payer) or is_excluded(view, transaction.chain, swept.payee):
        return
    top_up = topped_up(swept, transaction, view)
    if top_up is None:
        return
    gas, before = top_up
    others = [gas.payee]
    if gas.payer != swept.payee and receives_from_few(swept, view):
        others.append(swept.payee)
    if may_join(view, transaction.chain, gas.payer, gas.payee):
        seconds = (transaction.time or 0) - (before.time or 0)
        text = f"a lead: {gas.payer} sent gas to {gas.payee} {seconds} s before all of its tokens went to {swept.payee}"
        for other in others:
            if may_join(view, transaction.chain, gas.payer, other):
                evidence = before.txid, transaction.txid
                yield CommonControl(transaction.chain, gas.payer, other, evidence, text=text)


def topped_up(swept: Payment, transaction: Transaction, view: View) -> tuple[Payment, Transaction] | None:
    """The payment without which nobody could have paid for the sweep, and its transaction; None where there is none."""
    asset, rank = swept.transfer.asset, swept.transfer.order[0]
    tokens = known_history(view, Account(swept.payer, asset), rank)
    native = known_history(view, Account(swept.payer, Asset(asset.chain, "")), rank)
    if tokens is None or native is None:
        return None
    found = last_income(native, transaction)
    if found is None or not soon(found[0].transaction, transaction) or found[1] >= swept.fee:
        return None
    gas = payment(found[0].transaction)
    if gas is None or gas.transfer.kind != "native" or gas.payee != swept.payer:
        return None
    emptied = is_emptied(tokens, transaction, found[0])
    few = funded(view, Account(gas.payer, gas.transfer.asset), gas.transfer.order[0]) is not None
    return (gas, found[0].transaction) if emptied and few else None


def last_income(native: History, transaction: Transaction) -> tuple[Movement, int] | None:
    """The last movement before the transaction that brought native value, and what the account held before it."""
    found = None
    for movement, held in balances(native):
        if movement.transaction.txid == transaction.txid:
            break
        change = signed(movement, native.account.address)
        if change > 0:
            found = movement, held - change
    return found


def is_emptied(tokens: History, transaction: Transaction, top_up: Movement) -> bool:
    """Whether the transaction leaves nothing of the token, all of which lay there before the top-up."""
    for movement, held in balances(tokens):
        if movement.transaction.txid == transaction.txid:
            return held == 0
        if movement.order > top_up.order and signed(movement, tokens.account.address) > 0:
            return False
    return False


def soon(first: Transaction, second: Transaction) -> bool:
    """Whether both times are known and the second follows within the window."""
    return first.time is not None and second.time is not None and 0 <= second.time - first.time <= WINDOW


def receives_from_few(swept: Payment, view: View) -> bool:
    """Whether the receiver's history is known from the sweep on, and few addresses pay it."""
    history = known_history(view, Account(swept.payee, swept.transfer.asset), swept.transfer.order[0])
    return history is not None and len(paid_by(history)) <= MANY
