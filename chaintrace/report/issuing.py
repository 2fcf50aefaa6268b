"""What a report says of issuers and of holders: whose contract a token has, its power, its word on an address."""

from collections.abc import Iterator
from typing import Literal, TypeAlias

from chaintrace.adapters.issuers import issued
from chaintrace.model.trace import Endpoint, Resting
from chaintrace.report.interface import AtIssuer, Cell, Inputs

Holder: TypeAlias = Literal["private", "exchange-shaped", "unknown"]
"""What is known of whoever holds an address: see `holder_kind`."""

DEPOSIT_RULE, EXCHANGE = "deposit_address", "exchange"
"""The rule and the category of tags that make an address exchange-shaped."""

NOBODY = AtIssuer()
"""Of an address about which nobody was asked."""


def at_issuer(inputs: Inputs, chain: str, contract: str, address: str) -> tuple[AtIssuer, ...]:
    """What sources say of each address of a place; several are those of a declared wallet."""
    return tuple(inputs.at_issuers.get((chain, contract, one), NOBODY) for one in address.split(";"))


def issuer_cells(inputs: Inputs, chain: str, contract: str, address: str) -> tuple[Cell, Cell, Cell, Cell]:
    """issuer, issuer_power, issuer_state, issuer_state_height. Of several addresses the states are joined by `;`.

    The issuer is found by the exact contract. The state is empty where nobody told it of each of the addresses.
    """
    token = issued(chain, contract)
    if token is None:
        return "", "", "", None
    told = at_issuer(inputs, chain, contract, address)
    states = [one.state for one in told]
    heights = {one.height for one in told}
    height = heights.pop() if len(heights) == 1 else None
    return token.issuer, token.power, ";".join(states) if all(states) else "", height


def actual_balance(inputs: Inputs, chain: str, contract: str, address: str) -> int | None:
    """What the token's contract said that the place has, in base units; None where it did not of each address."""
    balances = [one.balance for one in at_issuer(inputs, chain, contract, address)]
    known = [one for one in balances if one is not None]
    return sum(known) if len(known) == len(balances) else None


def holder_kind(inputs: Inputs, chain: str, contract: str, address: str) -> Holder:
    """What is known of the holder of a place. It is about the address, and names nobody.

    `exchange-shaped`: the rule `deposit_address` speaks of the address, or a tag of the category `exchange` does.
    `private`: a source said that the address has no code, and no tag and no rule says anything of a service there.
    `unknown`: everything else; so most addresses are. Of several addresses the first kind counts that any of them has,
    and `private` only where all of them are.
    """
    kinds = {_kind(inputs, chain, contract, one) for one in address.split(";")}
    if "exchange-shaped" in kinds:
        return "exchange-shaped"
    return "private" if kinds == {"private"} else "unknown"


def _kind(inputs: Inputs, chain: str, contract: str, address: str) -> Holder:
    tags = inputs.tags.get((chain, address), ())
    found = [one for one in inputs.findings if (one.kind, one.chain, one.subject) == ("service", chain, address)]
    if any(tag.category == EXCHANGE for tag in tags) or any(one.rule == DEPOSIT_RULE for one in found):
        return "exchange-shaped"
    has_code = inputs.at_issuers.get((chain, contract, address), NOBODY).has_code
    return "private" if has_code is False and not tags and not found else "unknown"


def places(inputs: Inputs) -> Iterator[tuple[str, str, str]]:
    """Chain, contract and address of the places of the main method with a token of the list, each once, in order."""
    seen: dict[tuple[str, str, str], None] = {}
    for outcome in inputs.trace.outcomes:
        if isinstance(outcome, Endpoint | Resting) and issued(outcome.asset.chain, outcome.asset.contract) is not None:
            addresses = outcome.address.split(";")
            seen.update(dict.fromkeys((outcome.asset.chain, outcome.asset.contract, one) for one in addresses if one))
    yield from sorted(seen)
