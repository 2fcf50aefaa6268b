"""Address poisoning: a stranger whose address looks like one that was paid, so that the next payment goes astray."""

from collections.abc import Iterator

from chaintrace.addresses import Alike, alike, family
from chaintrace.model.chain import Account, Asset
from chaintrace.model.finding import AnyFinding
from chaintrace.model.view import View
from heuristics.noise.fake_token import imitated
from heuristics.noise.received import Dealing, dealings, noise

SOON = 600
"""Seconds after the payment that is imitated within which fewer letters are enough."""

TINY = 1000
"""What comes is at most one part in so many of the payment that it imitates."""

BACK = 3
"""Letters in common at the end, at least: wallets show the end."""

LETTERS = {"tron": (3, 4), "evm": (5, 6)}
"""Letters in common at both ends, at least: soon after the payment, and at any time later.

By chance the last three letters of two addresses of TRON agree in one pair of 195,000, the last four in one of 11
millions (58 to the power of 3 and 4); five of Ethereum in one of a million, six in one of 17 millions (16 to that of 5
and 6).
"""


def poisoning(account: Account, view: View) -> Iterator[AnyFinding]:
    """A transfer of next to nothing from, or to, an address that looks like one that the account had paid.

    Wallets show the ends of an address, and people copy it from their history. So somebody makes an address with the
    same ends and writes it into the history. The rule speaks of three forms: a stranger sends at most a thousandth of
    what the account had sent to the address that it imitates; a transfer of zero stands in the account's own name,
    which whoever calls a token's contract can write, and the account did not send the transaction; a token that only
    calls itself by a known name (fake_token) comes in any amount. The last three letters are the same, and together
    with the first ones at least four on TRON and six on Ethereum-like chains, three and five within ten minutes of the
    payment. What the account sends in earnest to such an address is no noise: it is a loss, and stays in the trace.
    Source: Tsuchiya et al. 2025 (arXiv 2501.16681) for the forms; the letters are chosen from the chance of one pair.
    Known failures: look-alikes of addresses that the account was only paid by, or had paid in another asset; real small
    payments from an address that happens to look alike; letters that differ in case alone are not the same on TRON.
    Measured (docs/accuracy.md): of 10,525 transfers of USDT of 40 wallets on TRON it names 321, among them all 163 of
    zero. None moved more than 0.0237 USDT, and none of the 143 look-alikes was ever paid by one of the 40, ever sent
    them a USDT or more, or has a tag: no payment that mattered was named. What it misses is not known.
    """
    least = LETTERS.get(family(account.chain) or "")
    if least is None:
        return
    known: dict[str, dict[str, Dealing]] = {}
    is_fake = imitated(account, view) is not None
    if is_fake:
        for one in _paid_in_other_assets(account, view):
            known.setdefault(one.other[-BACK:], {})[one.other] = one
    for one in dealings(account, view):
        if not _is_own(one, account):
            near = known.get(one.other[-BACK:], {})
            told = {paid.other: (paid, alike(account.chain, one.other, paid.other)) for paid in near.values()}
            found = [
                (ends.both, paid)
                for paid, ends in told.values()
                if one.other not in near and _is_enough(one, paid, ends, least, is_fake=is_fake)
            ]
            if found:
                letters, paid = max(found, key=lambda pair: (pair[0], pair[1].movement.order))
                yield noise(account, one, _text(one, paid, letters), (paid.txid,))
        elif one.value and not is_fake:
            known.setdefault(one.other[-BACK:], {})[one.other] = one


def _is_own(one: Dealing, account: Account) -> bool:
    """Whether the account sent it in earnest: value, or nothing at all but in a transaction that is known to be its."""
    return one.is_sent and (bool(one.value) or one.movement.transaction.sender == account.address)


def _is_enough(one: Dealing, paid: Dealing, ends: Alike, least: tuple[int, int], *, is_fake: bool) -> bool:
    """Whether a movement is small enough, and its address like enough to the one that was paid."""
    after = one.time - paid.time if one.time is not None and paid.time is not None else SOON + 1
    if after < 0 or ends.back < BACK or ends.both < least[after > SOON]:
        return False
    return is_fake or one.value * TINY <= paid.value


def _paid_in_other_assets(account: Account, view: View) -> Iterator[Dealing]:
    """What the account sent in assets that are no fakes, in chain order."""
    found: list[Dealing] = []
    for contract in dict.fromkeys(("", *(one.contract for one in view.assets(account.chain)))):
        other = Account(account.address, Asset(account.chain, contract))
        if other != account and imitated(other, view) is None:
            found += (one for one in dealings(other, view) if one.is_sent and one.value)
    return iter(sorted(found, key=lambda one: one.movement.order))


def _text(one: Dealing, paid: Dealing, letters: int) -> str:
    """What was found: whom it looks like, and which payment it imitates."""
    how = "is named as the receiver of a transfer of zero" if one.is_sent else f"sent {one.value} base units"
    return (
        f"{one.other} {how}, and its ends look like those of {paid.other} ({letters} letters in common), to which the "
        f"account had sent {paid.value} base units in {paid.txid}"
    )
