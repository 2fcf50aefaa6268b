"""Where the entities of a report stand on a chart of another program: left to right, in the order of the links."""

from collections import Counter

from chaintrace.report.foreign.links import Linked


def placed(found: Linked) -> dict[str, tuple[int, int]]:
    """Each entity's column and row by its key, both from 0.

    It stands one column right of where value first came from; a transaction right of all of its inputs. Where value
    comes back to an entity, that one stays.
    """
    column: dict[str, int] = {}
    for link in found.links:
        after = column.setdefault(link.source, 0) + 1
        column[link.target] = max(column.get(link.target, 0), after) if link.kind == "input" else (
            column.get(link.target, after)
        )  # fmt: skip
    rows: Counter[int] = Counter()
    places: dict[str, tuple[int, int]] = {}
    for key in found.entities:
        where = column.get(key, 0)
        places[key] = (where, rows[where])
        rows[where] += 1
    return places
