"""Deposit address: an address that is swept to an exchange, so that whoever pays it pays one of its customers."""

from collections import Counter
from collections.abc import Iterator, Sequence

from chaintrace.model.chain import Account
from chaintrace.model.finding import AnyFinding, Service
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import History, View
from heuristics.services.contract import NO_CODE
from heuristics.services.exchange_label import Exchange, exchange
from heuristics.services.sweeps import Outflow, outflows, received

OTHERS = 10
"""On chains of outputs: together with so many other addresses, at least, an exchange's sweep spends. Not measured."""

MEMO = "memo of "
"""How the observation of the memo of one transfer begins; its index follows."""

CITED = 10
"""Of more sweeps than twice that, the first and the last so many are named as evidence."""


def deposit_address(account: Account, view: View) -> Iterator[AnyFinding]:
    """An address that is swept to an exchange: consistent explanations are a customer account, a gateway, or a broker.

    On account chains, at least 95 % of the account's outflows in one asset, by number and by value, go to addresses
    that tags attribute to one exchange, and at least half of these outflows pass deposits on: strictly (the very value
    of one deposit of the day before; of the native asset less its fee, or less 0.01 of 18 decimals where no fee is
    told) or in a batch (0.9 to 1.1 times what had come since the outflow before, the last of it within a day). A single
    outflow must be strict; one is enough, as in the source, and how many there are is said. On chains of outputs, every
    spent output of the address is spent together with ten or more other addresses, and all that these transactions make
    is paid to addresses that tags attribute to one exchange. The whole history of the address has to be known. The
    confidence is never more than that of the exchange's label; a label that a rule derived does not count. The rule
    abstains where the address has a label that stops a trace, is a contract, or got half of its value from the exchange
    itself, as the exchange's own addresses do; and where a file gives half of these outflows a memo or destination tag:
    whoever writes one tells the exchange which customer pays, and is not the exchange.
    Source: Victor, Address Clustering Heuristics for Ethereum, FC 2020 (strict forwarding; 0.01 and 3,200 blocks after
    Tutela's code); the deposit models of Dune's spellbook (batches, a day).
    Known failures: a payment gateway, an OTC desk or a broker has the same shape, and so has a person who pays an
    exchange's collecting address and nobody else, most of all one who paid it once, where no memo tells it; an address
    that changed hands; a label that is wrong.
    Measured: how often it is right is not measured, for want of a truth that the rule did not make. What it says of 40
    wallets of TRON with complete histories is in docs/accuracy.md.
    """
    if any(tag.stops for tag in view.tags(account.chain, account.address)):
        return
    seen = view.observations(account.chain, account.address)
    if any(one.what == "code" and one.value != NO_CODE for one in seen):
        return
    history = view.history(account)
    if not isinstance(history, History):
        return
    if any(movement.transaction.utxo is not None for movement in history.movements):
        yield from _spent_together(account, view, history)
    else:
        yield from _passed_on(account, view, history)


def _passed_on(account: Account, view: View, history: History) -> Iterator[AnyFinding]:
    """The rule on account chains."""
    receivers = dict.fromkeys(leg.address for movement in history.movements for leg in movement.transfer.outputs)
    labels = {to: exchange(view, account.chain, to) for to in receivers if to != account.address}
    named = {to: label for to, label in labels.items() if label is not None}
    left = tuple(outflows(history)) if named else ()
    sums = Counter[str]()
    for one in left:
        if one.to in named:
            sums[named[one.to].actor] += one.value
    if not sums:
        return
    actor = max(sums, key=lambda name: (sums[name], name))
    wallets = {to: label for to, label in named.items() if label.actor == actor}
    swept = [one for one in left if one.to in wallets]
    if not (_nearly_all(len(swept), len(left)) and _nearly_all(sums[actor], sum(one.value for one in left))):
        return
    strict = sum(one.strict for one in swept)
    batch = sum(one.batch and not one.strict for one in swept)
    if 2 * (strict + batch) < len(swept) or (len(swept) == 1 and not strict):
        return
    if 2 * sum(_has_memo(view, account.chain, one.txid) for one in swept) >= len(swept):
        return
    came = received(history)
    if 2 * sum(came[payer] for payer in wallets if payer in came) >= sum(came.values()):
        return
    counts = Counter(one.to for one in swept)
    wallet = max(counts, key=lambda to: (counts[to], to))
    how = f"{strict} of the value of one deposit, {batch} of what had come since the outflow before"
    yield _finding(account, (wallet, wallets[wallet]), swept, len(left), how)


def _spent_together(account: Account, view: View, history: History) -> Iterator[AnyFinding]:
    """The rule on chains of outputs."""
    chain, address = account.chain, account.address
    spends = [one.transaction for one in history.movements if _spends(one.transaction, address)]
    found: dict[str, tuple[str, Exchange]] = {}
    for spend in spends:
        transfer = spend.utxo
        legs = transfer.outputs if transfer is not None else ()
        labels = [(leg.address, exchange(view, chain, leg.address) if leg.address else None) for leg in legs]
        known = [(to, label) for to, label in labels if label is not None]
        together = {leg.address for leg in transfer.inputs if leg.address} if transfer is not None else set()
        if not labels or len(known) < len(labels) or len(together) <= OTHERS:
            return
        found.update({label.actor: (to, label) for to, label in known})
    if len(found) == 1:
        at = next(iter(found.values()))
        swept = [Outflow(spend.txid, at[0], 0, strict=False, batch=True) for spend in spends]
        how = f"each together with {OTHERS} or more other addresses"
        yield _finding(account, at, swept, len(spends), how)


def _spends(transaction: Transaction, address: str) -> bool:
    transfer = transaction.utxo
    return transfer is not None and any(leg.address == address for leg in transfer.inputs)


def _has_memo(view: View, chain: str, txid: str) -> bool:
    """Whether a file gives the memo or destination tag of a transfer. What networks tell of some, is left to chance."""
    return any(one.value and one.what.startswith(MEMO) for one in view.observations(chain, txid))


def _nearly_all(part: int, whole: int) -> bool:
    """At least 95 %, in whole numbers."""
    return 20 * part >= 19 * whole


def _finding(account: Account, at: tuple[str, Exchange], swept: Sequence[Outflow], number: int, how: str) -> Service:
    """The finding, in the words that a report may use. `at` is the wallet of the exchange, and what its tags say."""
    wallet, label = at
    name = label.name
    text = (
        f"swept to {name}'s wallet in {len(swept)} of {number} outflows ({how}); consistent explanations: a customer "
        f"account at {name}, a gateway, a broker or OTC desk that is {name}'s customer; {name} may be able to identify "
        "the account credited."
    )
    txids = tuple(dict.fromkeys(one.txid for one in swept))
    cited = txids if len(txids) <= 2 * CITED else (*txids[:CITED], *txids[-CITED:])
    return Service(account.chain, account.address, wallet, cited, confidence=label.confidence, text=text)
