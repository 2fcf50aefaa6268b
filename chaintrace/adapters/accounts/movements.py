"""What transfers change in an account: the sum that a history is held against a balance with."""

from collections.abc import Iterable

from chaintrace.model.chain import Account
from chaintrace.model.transaction import Transaction, Transfer


def touches(transfer: Transfer, account: Account) -> bool:
    """Whether a transfer moves the asset of an account, to it or from it. A piece of a collection is another asset."""
    return transfer.asset == account.asset and any(
        leg.address == account.address for leg in (*transfer.inputs, *transfer.outputs)
    )


def change(transfers: Iterable[Transfer], account: Account) -> int:
    """What transfers add to an account less what they take, fees included, in base units."""
    return sum(
        sign * (leg.value or 0)
        for transfer in transfers
        if transfer.asset == account.asset
        for sign, legs in ((1, transfer.outputs), (-1, transfer.inputs))
        for leg in legs
        if leg.address == account.address
    )


def net(transactions: Iterable[Transaction], account: Account) -> int:
    """What transactions leave an account that began with nothing, in base units."""
    return sum(change(transaction.transfers, account) for transaction in transactions)
