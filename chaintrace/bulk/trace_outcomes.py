"""The outcomes of a bulk trace as a table: one row an origin and a place where its value ended or rests (M21-M27)."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from chaintrace.bulk import lots_ends
from chaintrace.bulk.lots import Ints
from chaintrace.bulk.lots_rest import Rests
from chaintrace.bulk.trace_coding import Coded
from chaintrace.bulk.trace_table import GROUP, TransferTable
from chaintrace.model.provenance import Coverage
from chaintrace.model.trace import OutcomeName, Reason

if TYPE_CHECKING:
    import pyarrow as pa

COLUMNS = (
    "origin", "outcome", "reason", "chain", "contract", "address", "txid", "index", "height", "time", "value", "hop",
)  # fmt: skip
"""`outcome` is a word of M26, `reason` says why value was not followed (M31), `value` is base units as text.

txid, index, height and time are those of the arrival; of what rests, height and time are those of the end of coverage,
and txid and index are empty.
"""

RESTING_ORDER = [(name, "ascending") for name in ("contract", "address", "origin")]
"""How what rests is sorted; what ended stands in chain order."""

_NOT_FOLLOWED: OutcomeName = "not_followed"
_KINDS: dict[int, tuple[OutcomeName, Reason | str]] = {
    lots_ends.ENDPOINT: ("endpoint", ""),
    lots_ends.RETURNED: ("returned", ""),
    lots_ends.BURNED: ("burned", ""),
    lots_ends.RESTING: ("resting", ""),
    lots_ends.HISTORY: (_NOT_FOLLOWED, "history not in the sources"),
    lots_ends.MAX_HOPS: (_NOT_FOLLOWED, "limit: max_hops"),
    lots_ends.MAX_TRANSACTIONS: (_NOT_FOLLOWED, "limit: max_transactions"),
    lots_ends.MIN_VALUE: (_NOT_FOLLOWED, "below min_value"),
}


class Found:
    """What the kernels wrote down: lines (`lots_ends`: KIND, AT, WHOSE, WORTH, HOPS), and what rests."""

    def __init__(self, lines: Ints, resting: Rests) -> None:
        """`lines` stand in the order of the ledger."""
        back = lines[:, lots_ends.KIND] == lots_ends.CAME_BACK
        self.ended: Ints = lines[~back]
        self.resting = resting
        self._back: Ints = lines[back]

    def sums(self) -> Iterator[tuple[int, int]]:
        """(origin, base units) of every outcome."""
        ended = self.ended
        yield from zip(ended[:, lots_ends.WHOSE].tolist(), ended[:, lots_ends.WORTH].tolist(), strict=True)
        yield from zip(self.resting.origin.tolist(), self.resting.value.tolist(), strict=True)

    def came_back(self) -> Iterator[tuple[int, int]]:
        """(transfer, base units) of what came back from where traced value was left."""
        yield from zip(self._back[:, lots_ends.AT].tolist(), self._back[:, lots_ends.WORTH].tolist(), strict=True)


def schema() -> Any:  # noqa: ANN401  # pyarrow says nothing of types
    """The columns and their types."""
    import pyarrow as pa

    whole = {"height": pa.int64(), "time": pa.int64(), "hop": pa.int64()}
    return pa.schema([(name, whole.get(name, pa.string())) for name in COLUMNS])


def end_of(table: TransferTable, until: int | None) -> tuple[int | None, int | None]:
    """Time and height of the end of coverage (M27)."""
    about = table.about
    cover = Coverage(about.chain, None, None, about.start, about.end, about.height, about.time)
    return cover.as_of(until)


def outcomes(table: TransferTable, ledger: Coded, found: Found, names: Sequence[str], until: int | None) -> "pa.Table":
    """The table: what ended in chain order, then what rests by asset, address and origin."""
    import pyarrow as pa

    ended, resting = found.ended, found.resting
    told = table.at(ledger.row(ended[:, lots_ends.AT]), ["asset", "to", "txid", "index", "height", "time"])
    accounts = resting.account
    time, height = end_of(table, until)
    addresses = _texts(ledger, accounts)
    contracts = pa.array(ledger.contracts, pa.string()).take(pa.array(ledger.asset_of[accounts]))
    many = len(accounts)
    empty = pa.array([""] * many, pa.string())
    arrivals = {
        "contract": (told.column("asset"), contracts),
        "address": (told.column("to"), addresses),
        "txid": (told.column("txid"), empty),
        "index": (told.column("index"), empty),
        "height": (told.column("height"), pa.array([height] * many, pa.int64())),
        "time": (told.column("time"), pa.array([time] * many, pa.int64())),
    }
    rested = np.full(many, lots_ends.RESTING), resting.origin, resting.value, resting.hop
    known = [ended[:, column] for column in (lots_ends.KIND, lots_ends.WHOSE, lots_ends.WORTH, lots_ends.HOPS)]
    lines = [_lines(part, names, table.about.chain) for part in (known, rested)]
    tables = [
        pa.table([line.get(name, arrivals.get(name, ((), ()))[side]) for name in COLUMNS], schema=schema())
        for side, line in enumerate(lines)
    ]
    return pa.concat_tables([tables[0], tables[1].sort_by(RESTING_ORDER)])


def _texts(ledger: Coded, accounts: Ints) -> "pa.ChunkedArray":
    """The address of each account, in pieces, none of which comes near 2 GiB."""
    import pyarrow as pa

    held = (ledger.address_of[accounts[begin : begin + GROUP]] for begin in range(0, len(accounts), GROUP))
    return pa.chunked_array([ledger.addresses.take(pa.array(own)).cast(pa.string()) for own in held], pa.string())


def _lines(known: Sequence[Ints], names: Sequence[str], chain: str) -> dict[str, Any]:
    """The columns that the kernels know: kind, origin, value, hop."""
    import pyarrow as pa

    kinds, whose, worth, hops = known
    words = np.array([_KINDS.get(kind, ("", "")) for kind in range(max(_KINDS) + 1)])
    return {
        "origin": pa.array(names, pa.string()).take(pa.array(whose)),
        "outcome": pa.array(words[kinds, 0].tolist(), pa.string()),
        "reason": pa.array(words[kinds, 1].tolist(), pa.string()),
        "chain": pa.array([chain] * len(kinds), pa.string()),
        "value": pa.array(worth).cast(pa.string()),
        "hop": pa.array(hops),
    }
