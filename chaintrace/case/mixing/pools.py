"""Deposits into the pools of a mixer and withdrawals from them, as the sources of a case or a file show them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from chaintrace.adapters.protocols import topic
from chaintrace.case.look import everything
from chaintrace.case.mixing.reveals import (
    Deposit,
    Reveal,
    Withdrawal,
    anonymity_set,
    linked_address,
    multi_denomination,
    same_address,
    unique_gas_price,
)
from chaintrace.case.view import CaseView
from chaintrace.model.log import Log, Sent, logs_in, sent_in
from chaintrace.model.protocol import WORD, Event
from chaintrace.model.transaction import Order, Transaction, Transfer

MIXER, ROUTER, ANY = "mixer", "router", "any value"
"""The shape of a mixer's rows, and the routes of those that are no pool of one value: in front of the pools, or any."""

WITHDRAWAL = "Withdrawal(address to, bytes32 nullifierHash, address indexed relayer, uint256 fee)"
"""What a pool logs when it pays out (contracts/Tornado.sol of tornado-core)."""


@dataclass(frozen=True, slots=True)
class Pools:
    """The contracts of mixers on one chain, and what was put into them and taken out, in chain order."""

    rows: Mapping[str, Event]
    deposits: tuple[Deposit, ...]
    withdrawals: tuple[Withdrawal, ...]
    dealings: Mapping[str, Counter[str]]

    def candidates(self, one: Withdrawal) -> tuple[tuple[Deposit, ...], tuple[Reveal, ...]]:
        """Every deposit that a withdrawal may be of, and what narrows them down."""
        before = anonymity_set(self.deposits, one)
        told = self.dealings.get(one.address, Counter())
        return before, (
            same_address(before, one),
            unique_gas_price(before, one, self.deposits),
            linked_address(before, one, told),
            multi_denomination(before, one, self.deposits, self.withdrawals),
        )

    def taken_before(self, one: Withdrawal) -> int:
        """How many withdrawals of the same pool came before: so many of the deposits are spent, nobody knows which."""
        return sum(found.pool == one.pool and found.order < one.order for found in self.withdrawals)


def pools(view: CaseView, chain: str) -> Pools:
    """What the sources hold of the mixers of a chain. A pool's logs tell it; where none are held, its transfers do."""
    rows = {row.contract: row for row in view.protocols().rows if row.shape == MIXER and row.chain == chain}
    deposits, withdrawals = list[Deposit](), list[Withdrawal]()
    dealings: dict[str, Counter[str]] = {}
    for transaction in everything(view, chain) if rows else ():
        if transaction.status == "confirmed" and transaction.utxo is None:
            seen = view.observations(chain, transaction.txid)
            logs, sent = logs_in(seen), next(iter(sent_in(seen)), None)
            deposits += _priced(_deposits(transaction, logs, rows), sent)
            withdrawals += _sent(_withdrawals(transaction, logs, rows), transaction, sent)
            for one, other in _payments(transaction, rows):
                dealings.setdefault(one, Counter())[other] += 1
                dealings.setdefault(other, Counter())[one] += 1
    order = sorted(deposits, key=lambda one: (one.order, one.pool)), sorted(withdrawals, key=lambda one: one.order)
    return Pools(rows, tuple(order[0]), tuple(order[1]), dealings)


def _deposits(transaction: Transaction, logs: Iterable[Log], rows: Mapping[str, Event]) -> list[Deposit]:
    """The deposits of one transaction: by its logs, each pool's once a log; else by what arrives at a pool."""
    place, time = _order(transaction), transaction.time
    told = [log.emitter for log in logs if log.emitter in rows and log.topic == rows[log.emitter].topic and log.topic]
    sender = transaction.sender
    if told:
        payers = {_payee(one): _payer(one) for one in transaction.transfers if _payee(one) in rows}
        return [Deposit(pool, transaction.txid, place, time, _who(sender, payers.get(pool, ""), rows)) for pool in told]
    return [
        Deposit(_payee(one), transaction.txid, place, time, _who(sender, _payer(one), rows))
        for one in transaction.transfers
        if _is_pool(rows, _payee(one)) and one.value
    ]


def _withdrawals(transaction: Transaction, logs: Iterable[Log], rows: Mapping[str, Event]) -> list[Withdrawal]:
    """The withdrawals of one transaction: by its logs; else of each pool that pays, whoever gets most of it."""
    place, time, event = _order(transaction), transaction.time, topic(WITHDRAWAL)
    told = [log for log in logs if _is_pool(rows, log.emitter) and log.topic == event and len(log.topics) > 1]
    if told:
        return [
            Withdrawal(log.emitter, transaction.txid, place, time, _address(log.data[2:]), _relayer(log))
            for log in told
        ]
    paid: dict[str, Counter[str]] = {}
    for one in transaction.transfers:
        if _is_pool(rows, _payer(one)) and _payee(one) and one.value:
            paid.setdefault(_payer(one), Counter())[_payee(one)] += one.value
    found = []
    for pool, several in paid.items():
        (most, _), *rest = sorted(several.items(), key=lambda pair: (-pair[1], pair[0]))
        found.append(Withdrawal(pool, transaction.txid, place, time, most, rest[0][0] if rest else ""))
    return found


def _priced(several: Iterable[Deposit], sent: Sent | None) -> Iterator[Deposit]:
    """Deposits with the price for gas of their transaction, and its sender where the movements do not name it."""
    for one in several:
        yield one if sent is None else one._replace(price=sent.price, address=one.address or sent.sender)


def _sent(several: Iterable[Withdrawal], transaction: Transaction, sent: Sent | None) -> Iterator[Withdrawal]:
    """Withdrawals with who sent them, and at which price for gas."""
    sender, price = (transaction.sender, None) if sent is None else (sent.sender, sent.price)
    return (one._replace(sender=sender, price=price) for one in several)


def _payments(transaction: Transaction, rows: Mapping[str, Event]) -> Iterable[tuple[str, str]]:
    """Who paid whom in the native asset, but for payments of and to the mixer."""
    for one in transaction.transfers:
        payer, payee = _payer(one), _payee(one)
        if (
            not one.asset.contract
            and one.value
            and payer
            and payee
            and payer != payee
            and not {payer, payee} & set(rows)
        ):
            yield payer, payee


def _who(sender: str, payer: str, rows: Mapping[str, Event]) -> str:
    """Who made a deposit: the sender of the transaction; else who paid, where that is no contract of the mixer."""
    return sender or ("" if payer in rows else payer)


def _is_pool(rows: Mapping[str, Event], address: str) -> bool:
    return address in rows and rows[address].route not in {ROUTER, ANY}


def _payer(one: Transfer) -> str:
    return one.inputs[0].address if one.inputs else ""


def _payee(one: Transfer) -> str:
    return one.outputs[0].address if one.outputs else ""


def _order(transaction: Transaction) -> Order:
    """The place of a transaction: that of its first transfer; where none is told, after all others of its block."""
    if transaction.transfers:
        return min(one.order for one in transaction.transfers)
    return (transaction.height or 0, transaction.position, 0)


def _address(data: str) -> str:
    """The address in the first word of an event's data, as hexadecimal without 0x."""
    return f"0x{data[2 * WORD - 40 : 2 * WORD]}"


def _relayer(log: Log) -> str:
    """The relayer of a withdrawal; `""` for the zero address, which stands where nobody was paid."""
    found = f"0x{log.topics[1][-40:]}"
    return "" if int(found, 16) == 0 else found
