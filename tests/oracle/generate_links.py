"""Random continuations for random cases: mostly what can have happened, now and then what contradicts itself."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

from tests.oracle import casewriting as cw


class Row(NamedTuple):
    """A movement that a link may name: on an account chain a transfer, on a UTXO chain an output."""

    chain: str
    txid: str
    index: str
    asset: str


def links_of(rng: random.Random, rows: list[Row]) -> list[str]:
    """The [[link]] tables of a case; `rows` are its movements, chain by chain in order."""
    if rng.random() < 0.4 or len(rows) < 2:
        return []
    return [cw.table("[[link]]", link(rng, rows)) for _ in range(rng.choice([1, 2, 4, 8]))]


def link(rng: random.Random, rows: list[Row]) -> dict[str, Any]:
    """One link: legs of one transaction, what came in with it or later or elsewhere, and sometimes what came back."""
    first = rows[rng.randrange(max(1, len(rows) * rng.choice([1, 2, 3]) // 3))]
    near = [row for row in rows if (row.chain, row.txid) == (first.chain, first.txid)]
    like = [row for row in near if row.asset == first.asset]
    out = [first, *([rng.choice(like)] if rng.random() < 0.25 else [])]
    far = [row for row in rows if row.chain != first.chain]
    later = [row for row in rows[rows.index(first) + 1 :] if row.chain == first.chain]
    luck = rng.random()
    choice = far if far and luck < 0.5 else near if luck < 0.6 else later if later and luck < 0.95 else rows
    into = [rng.choice(choice)]
    if rng.random() < 0.25:
        same = [row for row in choice if row.asset == into[0].asset and row.chain == into[0].chain]
        into.append(rng.choice(same or choice))
    fields: dict[str, Any] = {"from": legs(rng, out), "to": legs(rng, into)}
    if rng.random() < 0.25:
        back = like if rng.random() < 0.6 else [row for row in later if row.asset == first.asset] or like
        fields["back"] = legs(rng, [rng.choice(back)])
    return fields | {
        "document": "a receipt", "sha256": "0" * 64, "produced_by": "a broker", "date": "2024-05-31",
        "entered_by": "somebody",
    }  # fmt: skip


def legs(rng: random.Random, rows: list[Row]) -> Any:
    """One leg as a table or a list, several as a list."""
    told = [{"chain": row.chain, "txid": row.txid, "index": row.index} for row in dict.fromkeys(rows)]
    return told[0] if len(told) == 1 and rng.random() < 0.5 else told
