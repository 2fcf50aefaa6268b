"""A regtest chain of which it is known who holds every key: a key's name begins with its wallet.

Two wallets gather coins, one pays a round amount and keeps change, three join their coins, one pays with a coin of the
payee among the inputs. Signed for real and made here, so every answer is known.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tests.nodes.chain import COIN, MadeBlock, mine, p2pkh, p2wpkh, pay
from tests.nodes.story import CHAIN, address, write_blk

if TYPE_CHECKING:
    from pathlib import Path

KEYS = (
    *("alice one", "alice two", "alice three", "alice four", "alice five"),
    *("bob one", "bob two", "bob three", "bob four"),
    *("carol one", "carol two", "carol three", "carol four"),
)
HEIGHT = 432
"""From here on blocks of this chain may hold witnesses."""


@cache
def blocks() -> tuple[MadeBlock, ...]:
    """The blocks in chain order, from height 1."""
    chain = [mine(None)]
    while chain[-1].height < HEIGHT:
        chain.append(mine(chain[-1]))
    fund = pay(
        [chain[0].coinbase.coin(0)],
        [
            *(p2wpkh("alice one", 10 * COIN), p2wpkh("alice two", 7 * COIN)),
            *(p2wpkh("bob one", 9 * COIN), p2wpkh("bob two", 4 * COIN)),
            p2wpkh("carol one", 8 * COIN),
        ],
    )
    gathered = pay([fund.coin(0), fund.coin(1)], [p2wpkh("alice three", 17 * COIN - 4_000)])
    paid = pay([fund.coin(2), fund.coin(3)], [p2pkh("carol two", 12 * COIN), p2wpkh("bob three", COIN - 5_017)])
    equal = COIN // 2
    mixed = pay(
        [gathered.coin(0), paid.coin(0), paid.coin(1)],
        [
            *(p2wpkh("alice four", equal), p2wpkh("bob four", equal), p2wpkh("carol three", equal)),
            *(p2wpkh("alice five", 16 * COIN), p2wpkh("carol four", 11 * COIN), p2wpkh("bob two", COIN // 4)),
        ],
    )
    payjoin = pay(
        [fund.coin(4), mixed.coin(0)], [p2wpkh("alice two", 3 * COIN + equal), p2wpkh("carol one", 5 * COIN - 3_000)]
    )
    for payments in ([fund], [gathered, paid], [mixed], [payjoin], []):
        chain.append(mine(chain[-1], payments))
    return tuple(chain)


def wallets() -> dict[str, str]:
    """The wallet of every address of the chain."""
    return {address(form(key, 0)): key.split()[0] for key in KEYS for form in (p2pkh, p2wpkh)}


def of(key: str) -> str:
    """The address of a key as a witness program."""
    return address(p2wpkh(key, 0))


def write(folder: Path) -> Path:
    """The chain as a node keeps it."""
    folder.mkdir(parents=True, exist_ok=True)
    return write_blk(blocks(), folder / "blk00000.dat")


__all__ = ["CHAIN", "KEYS", "blocks", "of", "wallets", "write"]
