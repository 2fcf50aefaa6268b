"""Which Bitcoin network a file is of, where it says so itself: by the addresses of its lines, or its blocks' magic."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from chaintrace.adapters.bitcoin.blockfile import block_files, network_in
from chaintrace.adapters.lines import numbered_lines
from chaintrace.addresses import BITCOIN, is_address
from chaintrace.errors import InputError
from chaintrace.model.nesting import shallow

MAINNET = "bitcoin"
LINES = 10_000
"""So many lines are looked through for an address that only one network writes."""


def network(adapter: str, path: Path) -> str:
    """The one Bitcoin network whose addresses or blocks a file holds; mainnet where it does not say.

    Addresses of testnet and signet look the same: then it is for a person to say. Raises InputError for such a file,
    and for one that cannot be read.
    """
    if adapter == "blocks":
        return _of_blocks(path)
    if adapter != "transactions-jsonl":
        return MAINNET
    left = set(BITCOIN)
    for address in _addresses(path):
        fits = {chain for chain in left if is_address(chain, address)}
        left = fits or left
        if len(left) == 1 or MAINNET in fits:
            break
    if len(left) == 1 or MAINNET in left:
        return MAINNET if MAINNET in left else left.pop()
    names = ", ".join(sorted(left))
    raise InputError(f"its addresses are not of {MAINNET}: add --chain with one of {names}", path=path)


def _of_blocks(path: Path) -> str:
    """By the first four bytes of the first file."""
    return network_in(block_files(path)[0]) or MAINNET


def _addresses(path: Path) -> Iterator[str]:
    """The addresses of the first lines; a line that cannot be read tells none, and is refused later."""
    for _, text in islice(numbered_lines(path, path.name, lambda *_: None), LINES):
        try:
            entry = json.loads(shallow(text))
        except (ValueError, RecursionError):
            continue
        legs = (entry.get(side) for side in ("inputs", "outputs")) if isinstance(entry, dict) else ()
        for leg in (leg for several in legs if isinstance(several, list) for leg in several):
            address = leg.get("address") if isinstance(leg, dict) else None
            if isinstance(address, str) and address:
                yield address.strip()
