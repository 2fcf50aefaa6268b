"""Common input: addresses that one transaction spends together."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from chaintrace.model.finding import AnyFinding, CommonControl, Service
from chaintrace.model.transaction import Leg, Transaction, Transfer, utxo_fee
from chaintrace.model.view import View

PREPARATION = "whirlpool_tx0"
"""The rule whose finding says that a transaction is no coinjoin, although outputs of it are equal."""

PAYJOINS = 1_514_764_800
"""2018-01-01 (Unix, UTC): the first proposal that wallets followed, BIP 79, is of October of that year."""

UNIT, MOST_INPUTS = 1_000, 10
"""A multiple of so many satoshi is a round amount (graphsense-lib 2.18.1); in transactions of more inputs than that a
round difference says nothing: chosen, so that chance makes one in 50 of these at most."""


def common_input(transaction: Transaction, view: View) -> Iterator[AnyFinding]:
    """Addresses whose outputs one transaction spends together were probably controlled together at that time.

    The rule abstains where a rule about services found a coinjoin; where the transaction looks like one (several input
    addresses, and several outputs of one and the same value), unless whirlpool_tx0 says that it is one wallet's
    preparation; where it may be a payjoin (from 2018 on: two outputs, and without the smallest input the larger output
    could be paid as well, or one output is by a round amount more than an input); and where tags name different actors
    for two of the addresses.
    Source: Meiklejohn et al., A Fistful of Bitcoins, IMC 2013, heuristic 1; for the inputs that nobody needs, the notes
    on BIP 78 of 6102bitcoin (unnecessary input heuristic 2); for the round amount decluster, which takes payjoins apart
    by it.
    Known failures: coinjoins without equal outputs; payjoins in which every input is needed and the amount is not
    round; custodians that sign for several customers at once; keys that were sold. Batch payments of equal amounts, and
    payments from more coins than were needed, are passed over without need.
    Measured (docs/accuracy.md): on two emulated chains, where every transaction that spends several addresses is a
    coinjoin, it passes over all of them (6 of 6 by Wasabi 2, 32 of 32 by JoinMarket) and joins no pair; without the
    abstention its pair precision would be 0.108 and 0.016. Of 140 preparations of one wallet each (Whirlpool, 2024) it
    passes over 0, and 103 where the rules about coinjoins are switched off; of 157 ordinary transactions of 2014 it
    passes over 9. Its precision on ordinary payments is not measured.
    """
    transfer = transaction.utxo
    spent = sorted({leg.address for leg in transfer.inputs if leg.address}) if transfer is not None else []
    if transfer is None or len(spent) < 2 or is_not_one_wallets(transaction, transfer, view):
        return
    is_late = transaction.time is None or transaction.time >= PAYJOINS
    if (is_late and may_be_payjoin(transfer)) or are_of_different_actors(transaction.chain, spent, view):
        return
    for other in spent[1:]:
        yield CommonControl(transaction.chain, spent[0], other, evidence=(transaction.txid,))


def is_not_one_wallets(transaction: Transaction, transfer: Transfer, view: View) -> bool:
    """Whether a rule says that it is a coinjoin, or it looks like one and no rule says that it is a preparation."""
    told = view.findings(transaction.chain, transaction.txid)
    rules = {one.rule for one in told if isinstance(one, Service) and one.subject == transaction.txid}
    return rules != {PREPARATION} if rules else looks_like_coinjoin(transfer)


def looks_like_coinjoin(transfer: Transfer) -> bool:
    """Whether several addresses are spent and at least two outputs have one and the same value (zero left out)."""
    return has_equal_outputs(transfer) and len({leg.address for leg in transfer.inputs if leg.address}) > 1


def has_equal_outputs(transfer: Transfer) -> bool:
    """Whether at least two outputs have one and the same value; those of nothing are left out."""
    values = [leg.value for leg in transfer.outputs if leg.value]
    return len(set(values)) < len(values)


def may_be_payjoin(transfer: Transfer) -> bool:
    """Whether two outputs are paid from an input that nobody needs, or one of them may be a coin and a round amount.

    A payee who adds an input makes one unnecessary, but so does a wallet that gathers its coins; and a payee's output
    is its own coin and what is paid. There are no better signs. False where the value of an input is not known.
    """
    return has_unneeded_input(transfer, transfer.outputs) or has_round_share(transfer, transfer.outputs)


def has_round_share(transfer: Transfer, outputs: Sequence[Leg]) -> bool:
    """Whether one of two outputs, which is not round, is by a round amount more than an input that is not round either.

    Round is a multiple of 1,000 satoshi. `outputs` are those that count. False where there are not two, among more than
    ten inputs, of which some differ so by chance, and where the value of an input is not known.
    """
    spent = [leg.value for leg in transfer.inputs if leg.value is not None]
    if len(outputs) != 2 or not 2 <= len(spent) == len(transfer.inputs) <= MOST_INPUTS:
        return False
    pairs = ((leg.value or 0, value) for leg in outputs for value in spent)
    return any(made > value and made % UNIT and (made - value) % UNIT == 0 for made, value in pairs)


def has_unneeded_input(transfer: Transfer, outputs: Sequence[Leg]) -> bool:
    """Whether without its smallest input a transaction could still pay the larger of two outputs, and the fee.

    `outputs` are those of it that count. False where there are not two, or the value of an input is not known.
    """
    fee = utxo_fee(transfer)
    values = [leg.value for leg in transfer.inputs if leg.value is not None]
    if fee is None or len(outputs) != 2 or len(values) < 2:
        return False
    return sum(values) - min(values) >= max(leg.value or 0 for leg in outputs) + fee


def are_of_different_actors(chain: str, addresses: Sequence[str], view: View) -> bool:
    """Whether tags name actors for two of the addresses, and none that both have."""
    named = {frozenset(tag.actor.casefold() for tag in view.tags(chain, one) if tag.actor) for one in addresses}
    return any(not one & other for one, other in combinations(named - {frozenset()}, 2))
