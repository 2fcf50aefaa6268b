"""Which coverages may cover an address: a follow knows thousands of accounts, each with a coverage of its own."""

from collections.abc import Mapping, Sequence

from chaintrace.model.provenance import Coverage


def by_address(coverages: Sequence[Coverage]) -> Mapping[tuple[str, str], Sequence[Coverage]]:
    """(chain, address) to the coverages of this address alone and of many, in their order.

    Those that are about many addresses stand under `("", "")` too, for every address that has none of its own.
    """
    alone: dict[int, tuple[str, str]] = {
        number: (held.chain, next(iter(held.addresses)))
        for number, held in enumerate(coverages)
        if held.addresses is not None and len(held.addresses) == 1
    }
    wide = [(number, held) for number, held in enumerate(coverages) if number not in alone]
    near: dict[tuple[str, str], list[tuple[int, Coverage]]] = {("", ""): wide}
    for number, place in alone.items():
        near.setdefault(place, list(wide)).append((number, coverages[number]))
    return {place: [held for _, held in sorted(found, key=lambda one: one[0])] for place, found in near.items()}
