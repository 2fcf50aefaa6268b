"""Clusters of addresses from what transactions spend together: which ids one union-find joins.

The rule is the common-input heuristic, as blunt as it is: who signs for two inputs of one transaction controls both.
It is false for coinjoins and payjoins; `skip` leaves transactions out, and what to leave out is the caller's to say
(`chaintrace bulk cluster` says how it does). Source: Nakamoto 2008, section 10; Meiklejohn et al. 2013.
"""

from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from chaintrace.bulk.shares import cuts, each
from chaintrace.errors import InputError

LARGEST = 2**32
"""Ids are uint32: there are at most so many addresses."""

_LEAST = 50_000
"""Transactions, or ids, of a share: less is not worth a thread."""


class Unions:
    """A partition of the ids 0 … `n_addresses` - 1, each alone at first. Holds four bytes an id and nothing else.

    `threads` is how many work at most, one a core by default. The labels are the same for any number of them.
    """

    def __init__(self, n_addresses: int, threads: int | None = None) -> None:
        """Raises InputError unless 0 <= `n_addresses` <= 2**32."""
        from chaintrace.bulk import unions

        if isinstance(n_addresses, bool) or not isinstance(n_addresses, int | np.integer):
            raise InputError(f"n_addresses is {type(n_addresses).__name__}: give a whole number")
        if not 0 <= n_addresses <= LARGEST:
            raise InputError(f"n_addresses is {n_addresses}: give a number from 0 to {LARGEST}, ids being uint32")
        self._threads, self._failed = threads, False
        self._parents = np.empty(n_addresses, dtype=np.uint32)
        each(self._shares(n_addresses), partial(unions.alone, self._parents))

    def add(
        self,
        offsets: npt.NDArray[np.int64],
        address_ids: npt.NDArray[np.uint32],
        skip: npt.NDArray[np.bool_] | None = None,
    ) -> None:
        """Unite the ids that each transaction spends together; batches may come one after the other.

        Arguments and errors as in `cluster_inputs`. After an error this object must not be used any more.
        """
        from chaintrace.bulk import unions

        if self._failed:
            raise InputError("an earlier batch was refused in the middle: begin again with a new object")
        _check(offsets, address_ids, skip)
        left_out = np.empty(0, dtype=np.bool_) if skip is None else skip
        places = self._shares(max(len(offsets) - 1, 0))
        ended = each(places, partial(unions.unite, self._parents, offsets, address_ids, left_out))
        outcome, at = next((one for one in ended if one[0] != unions.WHOLE), (unions.WHOLE, 0))
        if outcome == unions.WHOLE:
            return
        self._failed = True
        if outcome == unions.BAD_ID:
            raise InputError(
                f"address_ids[{at}] is {address_ids[at]}, and there are {len(self._parents)} addresses: "
                "ids begin at 0 and stay below n_addresses"
            )
        raise InputError(
            f"offsets[{at}] and offsets[{at + 1}] are {offsets[at]} and {offsets[at + 1]}: offsets never go back, and "
            f"stay between 0 and the {len(address_ids)} address_ids"
        )

    def labels(self) -> npt.NDArray[np.uint32]:
        """Of every id the least id of its cluster. The array is this object's own: a later `add` changes it."""
        from chaintrace.bulk import unions

        if self._failed:
            raise InputError("a batch was refused in the middle: begin again with a new object")
        each(self._shares(len(self._parents)), partial(unions.settle, self._parents))
        return self._parents

    def _shares(self, size: int) -> list[int]:
        """Where so many transactions or ids are cut."""
        return cuts(size, _LEAST, self._threads)


def cluster_inputs(
    offsets: npt.NDArray[np.int64],
    address_ids: npt.NDArray[np.uint32],
    n_addresses: int,
    *,
    skip: npt.NDArray[np.bool_] | None = None,
) -> npt.NDArray[np.uint32]:
    """Cluster addresses by the common-input heuristic: of every id the least id of its cluster.

    Transaction i spends from `address_ids[offsets[i]:offsets[i + 1]]`; an id may stand there more than once. `offsets`
    is int64 with one entry more than there are transactions, begins with 0 and ends with the number of `address_ids`
    (an empty `offsets` is no transactions). `skip[i]` leaves transaction i out, as is right for coinjoins.

    Nothing that is handed in is copied or changed; it may lie in strides or be read-only. Beside the answer (uint32, 4
    bytes an address) no memory is used. Raises InputError for a wrong type or shape, for offsets that go back or out of
    `address_ids`, and for an id that is not below `n_addresses`.
    """
    found = Unions(n_addresses)
    found.add(offsets, address_ids, skip)
    return found.labels()


def _check(offsets: Any, ids: Any, skip: Any) -> None:  # noqa: ANN401  # whatever was handed in
    """Raises InputError unless the arrays have the types and lengths that `cluster_inputs` asks for."""
    wanted: dict[str, tuple[Any, type[np.generic]]] = {"offsets": (offsets, np.int64), "address_ids": (ids, np.uint32)}
    if skip is not None:
        wanted["skip"] = (skip, np.bool_)
    for name, (array, kind) in wanted.items():
        if not isinstance(array, np.ndarray):
            raise InputError(f"{name} is {type(array).__name__}: give a numpy array of {np.dtype(kind).name}")
        if array.dtype != kind or array.ndim != 1:
            shape = f"{array.dtype} with {array.ndim} dimensions"
            raise InputError(f"{name} is an array of {shape}: give one of {np.dtype(kind).name} with one dimension")
    transactions = max(len(offsets) - 1, 0)
    if skip is not None and len(skip) != transactions:
        raise InputError(f"skip has {len(skip)} entries for {transactions} transactions: give one for each")
    ends = (int(offsets[0]), int(offsets[-1])) if len(offsets) else (0, 0)
    if ends != (0, len(ids)):
        raise InputError(
            f"offsets go from {ends[0]} to {ends[1]}, and there are {len(ids)} address_ids: they begin with 0 and end "
            "with that number"
        )
