"""What a person calls a chain: which one was meant, where nobody knows the word."""

from collections.abc import Iterable

from chaintrace.addresses import BITCOIN, EVM, TRON
from chaintrace.case.table import nearest
from chaintrace.tags.chain_names import NAMES, chain_name

CHECKED = (*BITCOIN, *sorted(TRON), *sorted(EVM))
"""Chains whose addresses can be checked."""

NAMED = frozenset({*CHECKED, *NAMES.values()})
"""Chains that lists of tags name as well: addresses on the others are opaque text."""


def meant(chain: str, known: Iterable[str] = CHECKED) -> str:
    """` (did you mean 'bitcoin'?)` for another spelling, a ticker (`btc`) or a typo of a known chain, else nothing."""
    names = tuple(known)
    usual = chain_name(chain, "")
    if usual in names:
        return f" (did you mean {usual!r}?)" if usual != chain else ""
    return "" if usual in NAMED else nearest(usual, names)  # a chain of another kind is no typo
