"""Self-transfer: an account that sends to itself."""

from collections.abc import Iterator

from chaintrace.model.chain import Account
from chaintrace.model.finding import AnyFinding
from chaintrace.model.view import View
from heuristics.noise.received import dealings, noise


def self_transfer(account: Account, view: View) -> Iterator[AnyFinding]:
    """A transfer from an account to itself: it moves nothing, and lots keep their places (M8).

    Wallets send one to cancel what waits, and tokens pay some out; it is no hop and no payment to anybody.
    Source: docs/method.md, M8.
    Known failures: none; that payer and receiver are one address is a fact. On chains of outputs nothing is said: there
    it is a payment with change like any other.
    Measured: nothing to measure.
    """
    for one in dealings(account, view):
        if one.other == account.address:
            yield noise(account, one, f"{one.value} base units from the account to itself")
