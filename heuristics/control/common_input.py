"""Common input: addresses that one transaction spends together."""

from collections import Counter
from collections.abc import Iterator

from chaintrace.model.finding import AnyFinding, CommonControl
from chaintrace.model.transaction import Transaction, Transfer
from chaintrace.model.view import View


def common_input(transaction: Transaction, view: View) -> Iterator[AnyFinding]:  # noqa: ARG001  # a rule's signature
    """Addresses whose outputs one transaction spends together were probably controlled together at that time.

    The rule abstains where the transaction looks like a coinjoin: several input addresses, and several outputs of one
    and the same value.
    Source: Meiklejohn et al., A Fistful of Bitcoins, IMC 2013, heuristic 1.
    Known failures: coinjoins without equal outputs, payjoins, custodians that sign for several customers at once, keys
    that were sold; batch payments of equal amounts are passed over without need.
    Measured (docs/accuracy.md): on two emulated chains, where every transaction that spends several addresses is a
    coinjoin, it passes over all of them (6 of 6 by Wasabi 2, 32 of 32 by JoinMarket) and joins no pair; without the
    abstention its pair precision would be 0.108 and 0.016. Of 215 preparations of one wallet each (Whirlpool, 2024) it
    passes over 178 without need. Its precision on ordinary payments is not measured.
    """
    transfer = transaction.utxo
    if transfer is None:
        return
    spent = sorted({leg.address for leg in transfer.inputs if leg.address})
    if len(spent) > 1 and not looks_like_coinjoin(transfer):
        for other in spent[1:]:
            yield CommonControl(transaction.chain, spent[0], other, evidence=(transaction.txid,))


def looks_like_coinjoin(transfer: Transfer) -> bool:
    """Whether several addresses are spent and at least two outputs have one and the same value (zero left out)."""
    values = Counter(leg.value for leg in transfer.outputs if leg.value)
    several = len({leg.address for leg in transfer.inputs if leg.address}) > 1
    return several and max(values.values(), default=0) > 1
