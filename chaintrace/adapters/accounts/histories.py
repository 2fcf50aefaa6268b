"""How the history of an account is replied: its coverage, the gaps that stand at the account, and what is left open."""

from typing import Literal, TypeAlias

from chaintrace.adapters.network import Reply
from chaintrace.adapters.ranks import rank_of
from chaintrace.model.chain import Account, Block
from chaintrace.model.provenance import Coverage, Gap, GapKind

How: TypeAlias = Literal["counter equal", "balance equal", "second source equal", "claimed"]
"""How anybody knows that a history is complete (M10); `claimed`: nobody does."""


def covered(account: Account, end: Block, how: str, *, start: int = 0, opening: int | None = 0) -> Coverage:
    """The coverage of a history from the rank `start` up to a block.

    `opening` is the balance just before `start` in base units, as long as the source can tell it. A history from the
    first movement on that is claimed only opens with nothing that is known: give None.
    """
    return Coverage(
        account.chain,
        frozenset({account.address}),
        frozenset({account.asset.contract}),
        start,
        rank_of(account.chain, end),
        end.height or 0,
        end.time,
        how,
        opening,
    )


def covered_from_the_first(account: Account, end: Block, how: str) -> Coverage:
    """The coverage of a source that tells no old balances and reads from the account's first movement on."""
    return covered(account, end, how, opening=None if how == "claimed" else 0)


def gap_at(account: Account, kind: GapKind, text: str, difference: int | None = None) -> Gap:
    """A gap at an account, with the size of what differs in base units; None where nothing was compared."""
    size = None if difference is None else abs(difference)
    return Gap(kind, account.chain, account.address, size, text, account.asset.contract)


def left_open(account: Account, text: str) -> Reply:
    """The reply to the question for a history that a source does not answer; the sentence says why and what helps."""
    return Reply(gaps=(gap_at(account, "source", text),), still_missing=True)
