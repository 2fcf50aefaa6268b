"""What a block itself pays an account: withdrawals of the beacon chain and what its maker gets.

No transaction moves it, so each is told as a transaction of its own, a mint of the native asset that stands after all
transactions of its block. It is named alike whoever tells it. Sources: EIP-4895 (withdrawals follow the transactions;
their amounts are in Gwei); Yellow Paper, section 11.3 (rewards).
"""

from typing import Final

GWEI: Final = 10**9
"""Wei of a Gwei."""

UNLISTED: Final = (
    "or the issuer made or destroyed some without a transfer (Issue, Redeem and DestroyedBlackFunds of USDT), which "
    "receipts show and no list of transfers does"
)
"""Why a list of a token's transfers may not come to the balance, as a part of a sentence."""

AFTER_ALL: Final = 1 << 20
"""The position in a block of what it pays: more than a block has transactions."""


def withdrawal_name(number: int) -> str:
    """The txid of a withdrawal, by the number that the chain gives it."""
    return f"withdrawal:{number}"


def block_name(height: int, maker: str) -> str:
    """The txid of what a block pays the account that made it."""
    return f"block:{height}:{maker}"
