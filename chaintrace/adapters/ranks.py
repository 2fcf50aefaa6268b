"""The rank of what a network tells, first in the order of its chain (M2): a height, or on some chains the block's time.

On TRON a block has a slot of three seconds to itself, so that times order as heights do, and the lists of token
transfers that explorers give there name no heights. Source: TRON developer documentation, "Consensus": a block every
three seconds.
"""

from functools import cache

from chaintrace.model.chain import Block
from chaintrace.model.transaction import PENDING_RANK
from chaintrace.resources import read_table


@cache
def is_ordered_by_time(chain: str) -> bool:
    """Whether the rank on a chain is the block's time (`order = "time"` in chains.toml); else it is the height."""
    return bool(read_table("chains.toml").get(chain, {}).get("order") == "time")


def rank_of(chain: str, block: Block | None) -> int:
    """The rank of a block: its height, or its time in Unix seconds (UTC). What no block holds comes after everything.

    A block of which the network did not tell what orders it has the rank 0.
    """
    if block is None:
        return PENDING_RANK
    return (block.time if is_ordered_by_time(chain) else block.height) or 0
