"""Funder: who paid for an account to come into being on TRON, and who sent the first gas on Ethereum-like chains."""

from collections.abc import Iterator

from chaintrace.addresses import family
from chaintrace.model.chain import Account, Asset
from chaintrace.model.finding import AnyFinding, CommonControl
from chaintrace.model.view import History, View
from heuristics.control.exclusions import MANY, funded, is_whole, known_history, may_join, paid
from heuristics.control.payments import Payment, fee, payment

CREATION = frozenset({1_100_000, 100_000})
"""What a transfer of TRX costs, in sun, that creates its receiver: 0.1 TRX in 2018, and 1 TRX beside it now.

No other plain transfer costs as much: bandwidth costs 1,000 sun a byte, and no signed transfer fits into 100 bytes.
Sources: TRON developer documentation, "Chain Parameters" (`getCreateAccountFee`, `getTransactionFee`,
`getCreateNewAccountFeeInSystemContract`); for 0.1 TRX docs/accuracy.md.
"""


def funder(account: Account, view: View) -> Iterator[AnyFinding]:
    """A lead, no union: who paid for an account to exist, or sent it its first gas, probably also set it up.

    On TRON the payer of the transfer that created the account, told by its fee of exactly 1.1 TRX (0.1 TRX in 2018). On
    Ethereum-like chains the payer of the first movement of an account that spends later, where all of its history is
    known. The rule abstains where the history of the payer is not known from that payment on, where it paid more than
    50 addresses, and where a tag that stops, a tag of a contract or a rule for services speaks of one of the two:
    exchanges, faucets, relayers, gateways. Lent energy moves no TRX and creates nobody: who rents it out is not met.
    Source: TRON developer documentation, "Accounts" (an account exists from its first TRX on); on Ethereum-like chains
    common practice, of which we know no measured study.
    Known failures: withdrawals from an exchange, a broker or a shop that nobody tagged and that paid few addresses in
    what is known of it; a payment to a stranger's new address; keys that were sold. Accounts that were created with
    staked bandwidth, by AccountCreateContract, with a TRC-10 token or from inside a contract are passed over. Where a
    file begins late, a later payment than the first looks like the first.
    Measured (docs/accuracy.md): in the first 10,000 blocks of TRON all of the 1,707 transfers with that fee were their
    receiver's first movement, and 59 of 1,766 first movements were without it. Of the 142 addresses that the rule names
    there, without any tags, 1 is an exchange's by a list. How often the two were controlled together: not measured.
    """
    kind = family(account.chain)
    native = Account(account.address, Asset(account.chain, ""))
    history = known_history(view, native) if kind in {"tron", "evm"} else None
    if history is None or not history.movements:
        return
    first = history.movements[0]
    found = payment(first.transaction)
    if found is not None and found.payee == account.address and found.transfer == first.transfer:
        evidence = creation(found, history) if kind == "tron" else first_gas(found, history)
        yield from _joined(account.address, found, evidence, view)
    if kind == "tron" and len(paid(history)) <= MANY:
        for movement in history.movements:
            found = payment(movement.transaction)
            made = found is not None and found.payer == account.address and found.fee in CREATION
            if found is not None and made and found.transfer == movement.transfer and is_unknown(found, view):
                yield from _joined(account.address, found, (movement.transaction.txid,), view)


def _joined(asked: str, found: Payment, evidence: tuple[str, ...], view: View) -> Iterator[AnyFinding]:
    """The address that was asked about with the other one, unless something speaks against it."""
    payer, other = Account(found.payer, found.transfer.asset), found.payee if asked == found.payer else found.payer
    if not evidence or not may_join(view, payer.chain, found.payer, found.payee):
        return
    number = funded(view, payer, found.transfer.order[0])
    if number is not None:
        text = f"a lead: {found.payer} is known to have paid {number} {'address' if number == 1 else 'addresses'}"
        yield CommonControl(payer.chain, asked, other, evidence, text=text)


def creation(found: Payment, history: History) -> tuple[str, ...]:
    """The txid, where the fee says that the payment with which a history begins created the account."""
    return (history.movements[0].transaction.txid,) if found.fee in CREATION and not history.opening else ()


def is_unknown(found: Payment, view: View) -> bool:
    """Whether nothing is held of the receiver's history; else the rule says it where it is asked about that one."""
    return known_history(view, Account(found.payee, found.transfer.asset)) is None


def first_gas(found: Payment, history: History) -> tuple[str, ...]:
    """The txid, and that of what the account first spent, where its whole history begins with what paid for that."""
    if found.transfer.kind != "native" or not is_whole(history):
        return ()
    for later in history.movements:
        if not any(leg.address == found.payee for leg in later.transfer.inputs) or later.transfer.kind == "internal":
            continue
        enough = fee(later.transaction, found.payee) <= (found.transfer.value or 0)
        return (history.movements[0].transaction.txid, later.transaction.txid) if enough else ()
    return ()
