"""Which blocks count as settled: as deep as their chain needs, and on account chains those that it calls final."""

from functools import cache

from chaintrace.resources import read_table

DEPTH, DEEPEST = 6, 512
"""Confirmations after which a block of Bitcoin counts as settled, and one of an account chain of which chains.toml says
nothing (`depth`), where the source does not say what is final. The latter is the most that any of them needs: Polygon
before it had milestones (PIP-11)."""

SPARE = 4
"""How many times deeper blocks are looked at where the source says what is final: finality may have been late."""

FOR_GOOD = 2**40
"""The tip under which a final block counts as seen: no chain comes so far, so that it is settled at any depth."""


@cache
def depth_of(chain: str) -> int:
    """How deep a block of a chain has to lie to count as settled, where nobody says what is final."""
    entry = read_table("chains.toml").get(chain, {})
    return int(entry.get("depth", DEEPEST if is_of_accounts(chain) else DEPTH))


@cache
def is_of_accounts(chain: str) -> bool:
    """Whether a chain is one of accounts, by chains.toml."""
    return bool(read_table("chains.toml").get(chain, {}).get("kind") == "account")
