"""Whether a source is of the chain of a run, and what block it has at a height. Each refusal says what it means."""

from chaintrace.adapters.network import Status
from chaintrace.errors import Malformed, Unavailable


def of_chain(who: str, theirs: str, chain: str, kind: str) -> None:
    """Raise Malformed for a source of another chain; `theirs` is empty where it does not tell its chain.

    `who` begins the sentence, and ends before "of"; `kind` is what to give the url of.
    """
    if theirs not in {"", chain}:
        raise Malformed(f"{who} of {theirs}, not of {chain}: nothing of it is used; give the url of {kind} of {chain}")


def hash_at(who: str, height: int, found: str | None) -> str:
    """The hash of a source's block at a height, asked now. Raises Unavailable where it has none there: None."""
    if found is None:
        raise Unavailable(f"{who} has no block at height {height} yet: ask again when it has come there")
    return found


def has_tip(who: str, found: str | None, at: Status) -> None:
    """Raise Unavailable where a source has not the tip `at`. `found` is its block at that height; None: it has none."""
    if found is None:
        raise Unavailable(
            f"{who} has no block at height {at.height}, the tip of this run: it is not synced, and what it does not "
            "know may exist; try again later, or ask another source"
        )
    if found != at.block_hash:
        raise Unavailable(
            f"{who} has block {found} at height {at.height}, where the tip of this run is {at.block_hash}: it follows "
            "another fork, or the chain was re-organised; run again, or ask another source"
        )
