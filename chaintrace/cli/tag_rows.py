"""Tags of the user's store as `tags lookup` prints them: a row of a table, or JSON with every field."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chaintrace.tags.claims import StoredTag

COLUMNS = ("chain", "label", "actor", "category", "confidence", "grade", "source", "lastmod", "valid", "pack")


def row(tag: "StoredTag", group: Sequence["StoredTag"]) -> list[object]:
    """A tag as a row of `COLUMNS`; `group` are the tags of its address."""
    from chaintrace.tags.claims import grade

    one = tag.claim
    valid = f"{one.valid_from or '…'} to {one.valid_to or 'now'}" if one.valid_from or one.valid_to else ""
    return [
        tag.chain, one.label, tag.actor_label or one.actor, one.category or one.abuse, one.level, grade(group, tag),
        one.source, one.lastmod, valid, tag.pack.title or Path(tag.pack.name).name,
    ]  # fmt: skip


def shape(tag: "StoredTag", group: Sequence["StoredTag"]) -> dict[str, object]:
    """A tag as JSON: its own fields, then where it comes from, then what the other tags of the address make of it."""
    from chaintrace.tags.claims import COLUMNS as CLAIMED
    from chaintrace.tags.claims import grade

    one = tag.claim
    fields: dict[str, object] = {"chain": tag.chain, "address": tag.address}
    fields |= {name: getattr(one, name) for name in CLAIMED if name != "more"}
    return fields | {
        "more": json.loads(one.more),
        "actor_label": tag.actor_label,
        "stops": tag.stops,
        "delisted": bool(one.valid_to) and one.valid_to <= datetime.now(UTC).date().isoformat(),
        "imported_by": tag.pack.imported_by,
        "imported_at": tag.pack.imported_at,
        "pack": tag.pack.name,
        "pack_title": tag.pack.title,
        "pack_sha256": tag.pack.sha256,
        "grade": grade(group, tag),
        "conflict": is_conflicting(group),
    }


def is_conflicting(group: Sequence["StoredTag"]) -> bool:
    """Whether the tags of an address contradict each other."""
    from chaintrace.model.attribution import conflicting

    return conflicting(tuple(tag.tag() for tag in group))
