"""Who is left out of common control on account chains: services, code, and whoever deals with many addresses."""

from chaintrace.model.chain import Account
from chaintrace.model.finding import Service
from chaintrace.model.view import History, View

MANY = 50
"""An address that pays, or is paid by, more addresses than this in one asset is taken for somebody's business.

Measured (docs/accuracy.md): of those who paid the first movement of others in the first blocks of TRON, two did so for
584 and 1,000 addresses and nobody else for more than 42; 50 lies in the widest gap of the counts. How many addresses a
small exchange, faucet or gateway funds on the chains of today is not measured.
"""

CODE = frozenset({"defi", "defi_bridge", "defi_dex", "defi_lending", "defi_derivative", "collectible", "index"})
"""Categories of tags whose addresses are contracts: what pays through them has nothing in common with them."""

NO_CODE = "0 bytes"
"""What a source observes where it looked for code and found none."""


def is_excluded(view: View, chain: str, address: str) -> bool:
    """Whether a tag that stops a trace, a tag of a contract, or a rule that found a service speaks of the address.

    However little such a tag is trusted: to say nothing costs less than to join a customer with a service. Code that a
    source saw at the address excludes it too, but for a contract of which signers were seen: that is persons' account.
    """
    said, seen = view.findings(chain, address), view.observations(chain, address)
    is_code = any(one.what == "code" and one.value != NO_CODE for one in seen)
    return (
        any(tag.stops or tag.category in CODE for tag in view.tags(chain, address))
        or any(isinstance(one, Service) and one.subject == address for one in said)
        or (is_code and all(one.what != "signer" for one in seen))
    )


def may_join(view: View, chain: str, one: str, other: str) -> bool:
    """Whether nothing that is claimed speaks against joining two addresses: no exclusion, and no two actors."""
    if is_excluded(view, chain, one) or is_excluded(view, chain, other):
        return False
    named = [{tag.actor.casefold() for tag in view.tags(chain, address) if tag.actor} for address in (one, other)]
    return not all(named) or bool(named[0] & named[1])


def known_history(view: View, account: Account, since: int | None = None) -> History | None:
    """The account's movements where a source holds all of them from the rank `since` on; None where nobody does.

    Without a rank, as many of them as are held. What is not held is not asked for: a lead is worth no request.
    """
    starts = [held.start for held in view.coverage(account.chain, account.address, account.asset.contract)]
    if not starts or (since is not None and min(starts) > since):
        return None
    history = view.history(account, min(starts))
    return history if isinstance(history, History) else None


def is_whole(history: History) -> bool:
    """Whether it is held from its beginning: from the first block on, or declared complete by whoever gave the file."""
    return not history.opening and any(held.start == 0 or held.how == "declared" for held in history.coverage)


def funded(view: View, account: Account, since: int) -> int | None:
    """How many addresses the account is known to have paid; None for more than `MANY`.

    None too where its history is not known from the rank `since` on.
    """
    history = known_history(view, account, since)
    found = MANY + 1 if history is None else len(paid(history))
    return found if found <= MANY else None


def paid(history: History) -> tuple[str, ...]:
    """The addresses that an account paid by itself, in the order of the first payment; more than `MANY` are cut."""
    return _others(history, paying=True)


def paid_by(history: History) -> tuple[str, ...]:
    """The addresses that paid an account, in the order of the first payment; more than `MANY` are cut."""
    return _others(history, paying=False)


def _others(history: History, *, paying: bool) -> tuple[str, ...]:
    """The other sides of an account's payments, up to one more than `MANY`; a transfer of nothing is none."""
    address = history.account.address
    found: dict[str, None] = {}
    for movement in history.movements:
        if not movement.transfer.value:
            continue
        sides = (movement.transfer.inputs, movement.transfer.outputs)
        near, far = sides if paying else sides[::-1]
        if any(leg.address == address for leg in near):
            found.update({leg.address: None for leg in far if leg.address not in {"", address}})
        if len(found) > MANY:
            break
    return tuple(found)
