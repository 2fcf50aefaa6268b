"""What sources observed or claim beside the movements of a transaction or an address, for a person and as JSON."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from chaintrace.cli.printing import table

if TYPE_CHECKING:
    from chaintrace.case.view import CaseView
    from chaintrace.cli.shape import Json
    from chaintrace.model.provenance import Observation, Source
    from chaintrace.model.transaction import Transaction

COLUMNS = ("what", "subject", "height", "value", "source")
NAMES = frozenset({"symbol", "name"})
"""What a token calls itself. It decides nothing."""
_OF_TOKENS = NAMES | {"decimals"}
_CLAIMS = _OF_TOKENS | {"tag"}
"""What is the word of somebody, and not read out of a block."""
_RAW = frozenset({"log", "sent"})
"""What rules read and no person does: events and calldata as the chain has them."""
_LONGEST = 300
"""Letters of a value that a person sees; JSON has all of them."""


def of_transaction(view: "CaseView", found: "Transaction") -> "tuple[Observation, ...]":
    """What is known of a transaction, of its addresses at its height or at none, and of its tokens."""
    from chaintrace.cli.shape import addresses_of

    addresses = frozenset(addresses_of(found))
    contracts = _contracts([found])

    def is_about(seen: "Observation") -> bool:
        if seen.subject in addresses and (seen.height is None or seen.height == found.height):
            return True
        return seen.subject == found.txid or (seen.subject in contracts and seen.what in _OF_TOKENS)

    beside = (*view.observations(found.chain, found.txid), *_beside(view, found.chain))
    return tuple(dict.fromkeys(seen for seen in beside if is_about(seen) and seen.what not in _RAW))


def of_address(
    view: "CaseView", chain: str, address: str, touched: "Iterable[Transaction]"
) -> "tuple[Observation, ...]":
    """What is known of an address, of the tokens that move there, and the memos of what moved there."""
    touched = tuple(touched)
    contracts = _contracts(touched)
    memos = (seen for one in touched for seen in _memos(view, one, address))
    beside = (
        seen
        for seen in (*view.observations(chain, address), *_beside(view, chain))
        if seen.subject == address or (seen.subject in contracts and seen.what in _OF_TOKENS)
    )
    return tuple(dict.fromkeys((*beside, *memos)))


def shape(several: "Iterable[Observation]") -> "list[dict[str, Json]]":
    """`[{what, subject, height, value, source}]`; the height is null where it is not told."""
    return [
        {
            "what": seen.what,
            "subject": seen.subject,
            "height": seen.height,
            "value": seen.value,
            "source": None if seen.source is None else f"{seen.source.adapter} {seen.source.request}",
        }
        for seen in several
    ]


def print_observed(several: "Iterable[Observation]") -> None:
    """A table for a person, where there is anything. Values are anybody's words, and are shown in plain letters."""
    rows = [
        [
            "calls itself" if seen.what in NAMES else seen.what,
            seen.subject,
            seen.height,
            plain(seen.value),
            _said_by(seen.what, seen.source),
        ]
        for seen in several
    ]
    if rows:
        table("Observed beside", COLUMNS, rows)


def plain(text: str) -> str:
    """A text with escapes for control and direction characters, cut where it is long."""
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in shown)


def _said_by(what: str, source: "Source | None") -> str:
    """Who says it; of a claim, that it is one."""
    name = "a source" if source is None else source.adapter
    return f"claimed by {name}" if what in _CLAIMS else name


def _beside(view: "CaseView", chain: str) -> "Iterable[Observation]":
    """What the networks of a view observed on a chain, whatever it is about."""
    return (seen for seen in view.facts.heard.observations if seen.chain == chain)


def _memos(view: "CaseView", touched: "Transaction", address: str) -> "Iterable[Observation]":
    """The memos of a transaction, or of its transfers from or to an address."""
    from chaintrace.adapters.rows import MEMO, memo_of

    legs = ((one, (*one.inputs, *one.outputs)) for one in touched.transfers)
    of_it = {MEMO, *(memo_of(one.index) for one, several in legs if any(leg.address == address for leg in several))}
    return (seen for seen in view.observations(touched.chain, touched.txid) if seen.what in of_it)


def _contracts(several: "Iterable[Transaction]") -> frozenset[str]:
    """The tokens that transactions move, a piece under its collection."""
    return frozenset(transfer.asset.collection for one in several for transfer in one.transfers) - {""}
