"""From the texts of a Parquet of transfers to numbers: every account (an address and an asset) gets one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from chaintrace.bulk.lots import NONE, Ints
from chaintrace.bulk.lots_openings import LARGEST
from chaintrace.bulk.trace_table import TransferTable

if TYPE_CHECKING:
    import pyarrow as pa

Bools: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]

_DIGITS = len(str(LARGEST))


@dataclass(frozen=True, slots=True)
class Coded:
    """The transfers of some assets as numbers, in chain order.

    `rows` are their rows in the file, None where all are there. Account a has the address `addresses[address_of[a]]`
    and the asset `contracts[asset_of[a]]`. `assets` is the asset of every transfer, empty where there is only one.
    """

    rows: Ints | None
    senders: Ints
    receivers: Ints
    values: Ints
    assets: Ints
    contracts: tuple[str, ...]
    addresses: "pa.Array"
    address_of: Ints
    asset_of: Ints

    def row(self, places: Ints) -> Ints:
        """The rows in the file of transfers, by their places here."""
        return places if self.rows is None else self.rows[places]

    def place(self, rows: Ints) -> Ints:
        """The places here of transfers, by their rows in the file."""
        return rows if self.rows is None else np.searchsorted(self.rows, rows)

    def are(self, addresses: Collection[str]) -> Bools:
        """Of every account, whether its address is one of these."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not addresses:
            return np.zeros(len(self.address_of), np.bool_)
        held = pc.is_in(self.addresses, value_set=pa.array(sorted(addresses), pa.large_string()))
        found: Bools = held.to_numpy(zero_copy_only=False)
        return found[self.address_of]


def coded(table: TransferTable, contracts: Sequence[str], until: int | None) -> Coded | str:
    """The transfers of these assets up to a time (Unix, UTC), or the asset of a value that needs more than 63 bits."""
    import pyarrow as pa
    import pyarrow.compute as pc

    several = len(table.about.decimals) > 1
    names = ["from", "to", "value", *(["asset"] if several else []), *(["time"] if until is not None else [])]
    held = table.columns(names, ["from", "to", "asset"][: 3 if several else 2])
    keep = None
    if several:
        keep = pc.is_in(held.column("asset"), value_set=pa.array(contracts, pa.string()))
    if until is not None:
        early = pc.less_equal(held.column("time"), until)
        keep = early if keep is None else pc.and_(keep, early)
    rows = None
    if keep is not None and not pc.all(keep).as_py():
        rows = pc.indices_nonzero(keep).to_numpy().astype(np.int64)
        held = held.filter(keep)
    assets = np.zeros(held.num_rows if len(contracts) > 1 else 0, np.int32)
    if len(contracts) > 1:
        assets = (
            pc.index_in(held.column("asset"), value_set=pa.array(contracts, pa.string())).to_numpy().astype(np.int32)
        )
    values = _values(held.column("value"))
    if isinstance(values, int):
        return contracts[assets[values]] if len(contracts) > 1 else contracts[0]
    return _accounts(held, rows, values, assets, tuple(contracts))


def _values(column: "pa.ChunkedArray") -> Ints | int:
    """The values as int64, or the place of one that the kernels do not take."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_string(column.type):
        wide = pc.greater_equal(pc.utf8_length(column), _DIGITS)
        for place in pc.indices_nonzero(wide).to_pylist():
            if int(column[place].as_py()) > LARGEST:
                return int(place)
        column = column.cast(pa.int64())
    values = column.to_numpy().copy()
    over = np.flatnonzero(values > LARGEST)
    return int(over[0]) if len(over) else values


def _wide(chunk: "pa.DictionaryArray") -> "pa.DictionaryArray":
    """The same codes of texts that may be longer than 2 GiB together, as those of all chunks may be."""
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(chunk.indices, chunk.dictionary.cast(pa.large_string()))


def _accounts(held: "pa.Table", rows: Ints | None, values: Ints, assets: Ints, contracts: tuple[str, ...]) -> Coded:
    """Number the accounts."""
    import pyarrow as pa

    sides = [_wide(chunk) for name in ("from", "to") for chunk in held.column(name).chunks]
    codes = pa.chunked_array(sides, pa.dictionary(pa.int32(), pa.large_string())).unify_dictionaries().combine_chunks()
    addresses = codes.dictionary
    numbers = codes.indices.to_numpy().copy()
    nobody = addresses.index("").as_py()  # -1 where every transfer has a sender and a receiver
    address_of, asset_of = np.arange(len(addresses)), np.zeros(len(addresses), np.int32)
    if len(contracts) > 1:
        outside = numbers == nobody
        keys = np.concatenate((assets, assets)).astype(np.int64) * len(addresses) + numbers
        keyed = pa.array(keys).dictionary_encode()
        numbers, held_keys = keyed.indices.to_numpy().copy(), keyed.dictionary.to_numpy()
        address_of, asset_of = held_keys % len(addresses), (held_keys // len(addresses)).astype(np.int32)
        numbers[outside] = NONE
    else:
        numbers[numbers == nobody] = NONE
    half = len(values)
    return Coded(
        rows, numbers[:half], numbers[half:], values, assets, contracts, addresses, address_of, asset_of
    )  # fmt: skip
