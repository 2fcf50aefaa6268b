"""By memo: what THORChain takes or pays on a chain without contracts, where an output holds the memo. Leads alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from chaintrace.model.chain import Account
from chaintrace.model.finding import AnyFinding, Continues, Moved
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import History, View
from heuristics.continuations.crossings import Crossing, crossings
from heuristics.continuations.delivered import delivered
from heuristics.continuations.flows import moved, native
from heuristics.continuations.memos import CHAINS, answered, chain_in, memo_of, recipient_in, reference
from heuristics.continuations.taken import taken
from heuristics.continuations.verdict import Seen, seen

NAME = "THORChain"
OUTPUTS = frozenset({"bitcoin"})
"""The chains of outputs that are followed here, of those that THORChain pays on."""


@dataclass(frozen=True, slots=True)
class Side:
    """A payment to THORChain or by it: its transaction, the movements, and whom the memo or the log names."""

    transaction: Transaction
    moved: tuple[Moved, ...]
    chain: str = ""
    recipient: str = ""


def by_memo(transaction: Transaction, view: View) -> Iterator[AnyFinding]:
    """A payment whose memo asks THORChain for a swap, and the payment out whose memo names the txid of the first.

    One of the two is on a chain of outputs, where the memo stands in the one OP_RETURN; the rule works from either.
    The first output is what THORChain takes, and of a payment out the output to the recipient is what it gives.
    A lead, and no continuation: anybody can write any memo, and no chain that is followed here tells which addresses
    are THORChain's vaults. Two payments out that name the same txid, as a swap in parts makes, are listed each.
    Source: docs.thorchain.org, "Sending Transactions" (the vault is VOUT0, change goes back to VIN0, the memo is in an
    OP_RETURN) and "Transaction Memos".
    Known failures: a memo of somebody else's making; a recipient that the memo names by a THORName; a memo that is
    longer than an OP_RETURN; a swap without a memo, which is told by digits of its value.
    Measured: not measured, for no pairs are at hand.
    """
    if transaction.status != "confirmed":
        return
    told = seen(transaction, view)
    for one in _asked(told):
        answers = tuple(_answers(one, view))
        for answer in answers or ((None,) if transaction.utxo is not None else ()):
            yield _lead(one, answer)
    for txid, paid in _answering(told):
        for chain in dict.fromkeys(CHAINS.values()):
            if chain in OUTPUTS or transaction.utxo is not None:
                there = view.transaction(chain, txid.hex() if chain in OUTPUTS | {"tron"} else f"0x{txid.hex()}")
                if isinstance(there, Transaction) and there.status == "confirmed":
                    yield from (_lead(one, paid) for one in _asked(seen(there, view)))


def _asked(told: Seen) -> Iterator[Side]:
    """The payments of a transaction whose memos ask for a swap."""
    transaction, memo = told.transaction, memo_of(told.transaction)
    if transaction.utxo is not None and chain_in(memo):
        first = min(transaction.utxo.outputs, key=lambda leg: leg.index)
        if first.value and first.address and all(first.address != leg.address for leg in transaction.utxo.inputs):
            yield Side(transaction, (_output(transaction, first.index),), chain_in(memo), recipient_in(memo))
    sent = crossings(told, "sent") if transaction.utxo is None else ()
    for one in sent:
        went = taken(told, one, sent) if one.protocol == NAME and one.chain in OUTPUTS else ""
        if not isinstance(went, str):
            yield Side(transaction, moved(transaction, went.legs), one.chain, one.recipient)


def _answering(told: Seen) -> Iterator[tuple[bytes, Side]]:
    """The payments out of a transaction, each with the txid that its memo names."""
    transaction = told.transaction
    txid = answered(memo_of(transaction))
    if txid is not None:
        yield txid, _paid(transaction)
    for one in crossings(told, "received") if transaction.utxo is None else ():
        named = reference(one.said) if one.protocol == NAME else None
        if named is not None:
            yield named, _delivery(told, one)


def _paid(transaction: Transaction, to: str = "") -> Side:
    """A payment out on a chain of outputs: the outputs to whom it is for, else to everybody but the payers."""
    part = transaction.utxo
    payers = {leg.address for leg in part.inputs} if part is not None else set()
    outputs = [leg for leg in (part.outputs if part is not None else ()) if leg.value and leg.address]
    own = [leg for leg in outputs if (leg.address == to if to else leg.address not in payers)]
    named = tuple(_output(transaction, leg.index) for leg in own)
    return Side(transaction, named, transaction.chain, to or (own[0].address if len(own) == 1 else ""))


def _delivery(told: Seen, one: Crossing) -> Side:
    """A payment out that a contract logs."""
    transaction = told.transaction
    return Side(transaction, moved(transaction, delivered(told, one, one)), transaction.chain, one.recipient)


def _answers(one: Side, view: View) -> Iterator[Side]:
    """The payments out that name a payment in, among what the sources tell of the recipient."""
    if not one.recipient or one.chain not in CHAINS.values():
        return
    try:
        txid = bytes.fromhex(one.transaction.txid.removeprefix("0x"))
    except ValueError:  # a file may name transactions as it likes: no memo can name this one
        return
    if one.chain in OUTPUTS:
        yield from (_paid(there, one.recipient) for there in _history(view, one) if answered(memo_of(there)) == txid)
        return
    for row in view.protocols().shaped("received", NAME, "", one.chain):
        word = f"0x{one.recipient.removeprefix('0x').rjust(64, '0')}"
        logs = view.logs(row.chain, row.contract, row.topic, word, row.place_of_word())
        for at in dict.fromkeys(log.txid for log in logs) if isinstance(logs, tuple) else ():
            there = view.transaction(one.chain, at)
            if isinstance(there, Transaction) and there.status == "confirmed":
                yield from (paid for named, paid in _answering(seen(there, view)) if named == txid)


def _history(view: View, one: Side) -> Iterable[Transaction]:
    """The transactions of the recipient of a swap that asks for a chain of outputs."""
    history = view.history(Account(one.recipient, native(one.chain)))
    moves = history.movements if isinstance(history, History) else ()
    return {move.transaction.txid: move.transaction for move in moves}.values()


def _output(transaction: Transaction, index: int) -> Moved:
    """The identity of an output (M1)."""
    return Moved(transaction.chain, transaction.txid, str(index))


def _lead(one: Side, paid: Side | None) -> Continues:
    """The lead about a payment in, with the payment out where a source has it."""
    start, there = one.transaction, None if paid is None else paid.transaction
    chain = one.chain if there is None else there.chain
    whom = (one.recipient if paid is None else paid.recipient) or "a recipient that is not told"
    said = "and no source tells of it" if there is None else f"in {there.txid}, whose memo names this transaction"
    return Continues(
        start.chain,
        start.txid,
        start.txid if there is None else there.txid,
        (start.txid,) if there is None else (start.txid, there.txid),
        text=f"Its memo asks {NAME} to pay {whom} on {chain}, {said}. A lead: anybody can write a memo.",
        outgoing=one.moved,
        incoming=() if paid is None else paid.moved,
        protocol=NAME,
        key=start.txid,
        to_chain=chain,
        recipient=one.recipient if paid is None else paid.recipient,
    )
