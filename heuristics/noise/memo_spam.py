"""Memo spam: an advertisement in the memo of a payment of next to nothing."""

from collections.abc import Iterator

from chaintrace.addresses import family
from chaintrace.model.chain import Account
from chaintrace.model.finding import AnyFinding
from chaintrace.model.view import View
from heuristics.noise.received import dealings, noise

TINY = 10
"""Base units of TRX (sun), at most: those of recorded advertisements and poisonings were 1 to 9."""

SHOWN = 80
"""Letters of a memo that a finding shows."""


def memo_spam(account: Account, view: View) -> Iterator[AnyFinding]:
    """A payment of ten sun or less with a memo, from an address that the account never paid.

    On TRON a memo costs its sender a fee, and is shown by wallets beside the payment; sellers of energy and others who
    advertise send it to whoever was seen. The rule speaks of TRX alone, on TRON, and does not read what the memo says.
    Source: a recorded answer of TronGrid (an energy shop's memo beside 9 sun); no study.
    Known failures: messages that are meant in earnest, such as a demand that is written into a memo: the text is shown.
    Measured: not measured; nothing at hand says which memos were asked for.
    """
    if family(account.chain) != "tron" or account.asset.contract:
        return
    paid: set[str] = set()
    for one in dealings(account, view):
        if one.is_sent:
            paid.add(one.other)
        elif one.value <= TINY and one.other not in paid:
            seen = view.observations(account.chain, one.txid)
            memo = next((told.value for told in seen if told.what == "memo" and told.value), "")
            if memo:
                yield noise(account, one, f"{one.other} sent {one.value} sun with the memo {memo[:SHOWN]!r}")
