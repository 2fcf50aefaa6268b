"""Common input: addresses that one transaction spends together."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from chaintrace.model.finding import AnyFinding, CommonControl, Service
from chaintrace.model.transaction import Transaction, Transfer
from chaintrace.model.view import View
from heuristics.control.payjoin import may_be_payjoin
from heuristics.control.separable import is_separable
from heuristics.services.coinjoin_shape import MAINNET

PREPARATION = "whirlpool_tx0"
"""The rule whose finding says that a transaction is one wallet's, although it looks like a coinjoin."""

PAYJOINS = 1_514_764_800
"""2018-01-01 (Unix, UTC): the first proposal that wallets followed, BIP 79, is of October of that year."""

EARLIER = 481_829
"""A height of mainnet before that, for files that tell no times: the block is of 2017-08-24 by its own time."""


def common_input(transaction: Transaction, view: View) -> Iterator[AnyFinding]:
    """Addresses whose outputs one transaction spends together were probably controlled together at that time.

    The rule abstains where a rule about services found a coinjoin; where the transaction looks like one (several input
    addresses, and several outputs of one and the same value, or three outputs and more of which some inputs pay exactly
    for some and the others for the rest); where it may be a payjoin (from 2018 on, two or three outputs: whichever is
    change, the smallest input was not needed; one output is by a round amount more than some inputs; or two outputs of
    the inputs' types, all of witnesses, neither of which is round by itself, from four inputs at most; or a value of an
    input is not known); and where tags name different actors for two of the addresses. What whirlpool_tx0 calls one
    wallet's preparation is taken for that.
    Source: Meiklejohn et al., A Fistful of Bitcoins, IMC 2013, heuristic 1; for the inputs that nobody needs, the notes
    on BIP 78 of 6102bitcoin (unnecessary input heuristic 2); for the round amount decluster, which takes payjoins apart
    by it; for the form BIP 78; for what falls apart Atlas 2014 (CoinJoin Sudoku) and Boltzmann (LaurentMT).
    Known failures: coinjoins without equal outputs in which participants pay each other; channels of Lightning that two
    sides fund; payjoins of old types of script, of one output, or of five inputs and more that are all needed and no
    round amount; custodians that sign for several customers at once; keys that were sold. Passed over without need are
    batches of equal amounts, payments from more coins than were needed, and from 2018 on most payments of amounts that
    are not round.
    Measured (docs/accuracy.md): on two emulated chains, where every transaction that spends several addresses is a
    coinjoin, it passes over all of them (6 of 6 by Wasabi 2, 32 of 32 by JoinMarket) and joins no pair; without the
    abstention its pair precision would be 0.108 and 0.016. Of 140 preparations of one wallet each (Whirlpool, 2024) it
    passes over 0, and 111 where the rules about coinjoins are switched off; of 157 ordinary transactions of 2014 it
    passes over 21. Of 5,783 payjoins that were made to measure it, it joins 19. Of 136 payments of 2014 from several
    addresses it would pass over 75, were they of today. Its precision on ordinary payments is not measured.
    """
    transfer = transaction.utxo
    spent = sorted({leg.address for leg in transfer.inputs if leg.address}) if transfer is not None else []
    if transfer is None or len(spent) < 2 or may_be_several_wallets(transaction, transfer, view):
        return
    if are_of_different_actors(transaction.chain, spent, view):
        return
    for other in spent[1:]:
        yield CommonControl(transaction.chain, spent[0], other, evidence=(transaction.txid,))


def may_be_several_wallets(transaction: Transaction, transfer: Transfer, view: View) -> bool:
    """Whether a rule says that it is a coinjoin, or it looks like one or like a payjoin and is no preparation."""
    told = view.findings(transaction.chain, transaction.txid)
    rules = {one.rule for one in told if isinstance(one, Service) and one.subject == transaction.txid}
    if rules:
        return rules != {PREPARATION}
    return looks_like_coinjoin(transfer) or (has_payjoins(transaction) and may_be_payjoin(transaction))


def has_payjoins(transaction: Transaction) -> bool:
    """Whether there were payjoins when it was made: by its time, or its height where that is not known, or neither."""
    if transaction.time is not None:
        return transaction.time >= PAYJOINS
    return transaction.chain != MAINNET or transaction.height is None or transaction.height > EARLIER


def looks_like_coinjoin(transfer: Transfer) -> bool:
    """Whether several addresses are spent, and outputs have one and the same value or it falls apart into several."""
    several = len({leg.address for leg in transfer.inputs if leg.address}) > 1
    return several and (has_equal_outputs(transfer) or is_separable(transfer))


def has_equal_outputs(transfer: Transfer) -> bool:
    """Whether at least two outputs have one and the same value; those of nothing are left out."""
    values = [leg.value for leg in transfer.outputs if leg.value]
    return len(set(values)) < len(values)


def are_of_different_actors(chain: str, addresses: Sequence[str], view: View) -> bool:
    """Whether tags name actors for two of the addresses, and none that both have."""
    named = {frozenset(tag.actor.casefold() for tag in view.tags(chain, one) if tag.actor) for one in addresses}
    return any(not one & other for one, other in combinations(named - {frozenset()}, 2))
