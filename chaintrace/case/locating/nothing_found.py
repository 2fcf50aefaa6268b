"""What is said where no payment fits: how near the others come, and where else it may be."""

from collections.abc import Iterable, Iterator

from chaintrace.addresses import family, recognise
from chaintrace.case.locating.candidates import Clues, Near
from chaintrace.case.locating.named_asset import chains_with
from chaintrace.model.attribution import Tag
from chaintrace.report.amounts import iso
from chaintrace.report.wording import counted, listed

INTERNAL = (
    "a transfer between two accounts of one exchange is a line in that exchange's own books: it has no txid and stands "
    "on no chain; if the screenshot is of an exchange's app, ask that exchange for the internal transfer id, both "
    "account ids and the time, and for the txid if it did leave for a chain"
)
"""The sentence on transfers that no chain holds."""

STABLE = ("USDT", "USDC")
"""Tokens that are most often mistaken for the same token on another chain."""


def reasons(near: Near, clues: Clues, chain: str, asset: str | None, tags: Iterable[Tag] = ()) -> tuple[str, ...]:
    """Sentences for somebody whose payment was not found, the most useful first. `tags` are those of the address."""
    others = _other_chains(clues, chain, asset)
    return (*_nearness(near, clues), *_where(near, clues), INTERNAL, *_services(clues, tags), *others)


def _services(clues: Clues, tags: Iterable[Tag]) -> Iterator[str]:
    """Whom the address that was given is attributed to, where that is somebody who keeps accounts."""
    for tag in tags:
        if tag.stops:
            yield (
                f"{clues.address} is attributed to {tag.label} by {tag.source}: what is credited to accounts there "
                "is in its books, so ask there"
            )


def _nearness(near: Near, clues: Clues) -> Iterator[str]:
    """Which clue keeps payments out, when it is the only one."""
    if near.letter_case:
        yield (
            f"{counted(near.letter_case, 'payment')} would fit if capital and small letters of {clues.half} were one: "
            "in these addresses they differ, so look at the screenshot again"
        )
    if near.without_time:
        yield f"{counted(near.without_time, 'payment')} would fit at another time: widen --from and --to, or check --tz"
    if near.without_amount and (clues.address or clues.half):
        yield (
            f"{counted(near.without_amount, 'payment')} would fit with another amount: check --amount, or add --fee "
            "with what was deducted"
        )
    if near.without_address and (clues.address or clues.half):
        yield f"{counted(near.without_address, 'payment')} would fit with another address: check it"
    if near.without_asset and clues.contracts is not None:
        yield f"{counted(near.without_asset, 'payment')} would fit in another asset: check --asset"


def _where(near: Near, clues: Clues) -> Iterator[str]:
    """How far the sources reach."""
    if not near.payments:
        yield "the sources hold no payment at all that could be looked at"
        return
    yield (
        f"{counted(near.payments, 'payment')} were looked at, {near.in_window:,} of them between "
        f"{iso(clues.window.begin)} and {iso(clues.window.end)}"
    )
    if near.begin is None or near.end is None:
        return
    if clues.window.begin < near.begin or clues.window.end > near.end:
        yield (
            f"the sources tell of payments from {iso(near.begin)} to {iso(near.end)} only, and what lies outside was "
            "not looked at"
        )


def _other_chains(clues: Clues, chain: str, asset: str | None) -> Iterator[str]:
    """On which other chains the same address or the same token is meant."""
    same = [one for one in recognise(clues.address) if one != chain] if clues.address else []
    if same:
        yield f"the same address can be used on {listed(same)}: look there with --chain"
    having = [one for one in chains_with(asset or STABLE[0]) if one != chain]
    if having and (asset is not None or family(chain) in {"evm", "tron"}):
        named = asset or listed(STABLE, "or")
        yield f"what an app calls {named} may have been sent on another chain, such as {listed(having, 'or')}"
