"""STIX 2.1: places and transfers as observables of our own, by extension definitions; a grouping and a note.

An id is a version 5 UUID: of a transfer on (chain, txid, index), of a place on (chain, name). So the same fact has the
same id in every report, and whoever merges bundles does not count it twice.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from chaintrace.report.foreign.json_objects import Json, opening, write_object
from chaintrace.report.foreign.links import Entity, Link, attribution, linked, made_uuid, movement, text
from chaintrace.report.interface import Report

FILE_NAME = "stix.json"
MADE = "2000-01-01T00:00:00.000Z"
"""When every object was made: when it was written is no fact of the case, and equal reports have equal bytes."""

PLACE, TRANSFER = "chaintrace-place", "chaintrace-transfer"
"""The types of our observables."""

SCHEMAS = {
    PLACE: (
        "A place of value on a public ledger. kind (address, transaction, output), chain, name; where claims attribute "
        "it: attributed_to, category, label_confidence (0-100), label_source; roles in the trace; description."
    ),
    TRANSFER: (
        "A transfer on a public ledger. kind (transfer, input, conversion), from_refs, to_refs, chain, txid, index, "
        "happened_at (UTC), height, asset, contract, decimals, value (base units, text), amount (decimal text); "
        "traced: per payment origin, value, amount, rule, hop; description."
    ),
}

MEANT = {
    PLACE: "Where value on a public ledger lies: an address, a transaction, an output without an address.",
    TRANSFER: "Value on a public ledger moves from place to place, or is converted, with what of it was traced.",
}
"""What each type is for."""


class Stix:
    """The report as a STIX bundle."""

    name = "stix"
    summary = "a STIX 2.1 bundle, with observables of our own by extension definitions"

    def write(self, report: Report, folder: Path) -> tuple[str, ...]:
        """Write one file; return its name. Raises OSError as the system gives it."""
        return write_object(folder / FILE_NAME, bundle(report))


def bundle(report: Report) -> dict[str, Json]:
    """The bundle: who made it, the extensions, the observables, what holds them together."""
    found = linked(report)
    observed = [_place(one) for one in found.entities.values()]
    groups: dict[tuple[str, ...], list[Link]] = {}
    for link in found.links:
        groups.setdefault(_what(link), []).append(link)
    refs = {one.key: _id(PLACE, one.kind, one.chain, one.name) for one in found.entities.values()}
    observed += [_transfer(several, refs) for several in groups.values()]
    references: list[Json] = [one["id"] for one in observed] or [_creator()["id"]]
    objects: list[Json] = [_creator(), *(_extension(name) for name in SCHEMAS), *observed]
    objects += _about(report, references)
    named = json.dumps(objects, sort_keys=True)
    return {"type": "bundle", "id": f"bundle--{made_uuid('bundle', named)}", "objects": objects}


def _id(kind: str, *parts: str) -> str:
    return f"{kind}--{made_uuid(kind, *parts)}"


def _sdo(kind: str, *parts: str) -> dict[str, Json]:
    """What every domain object begins with."""
    return {"type": kind, "spec_version": "2.1", "id": _id(kind, *parts), "created": MADE, "modified": MADE}


def _creator() -> dict[str, Json]:
    return {**_sdo("identity", "chaintrace"), "name": "chaintrace", "identity_class": "system"}


def _extension(name: str) -> dict[str, Json]:
    return {
        **_sdo("extension-definition", name),
        "created_by_ref": _creator()["id"],
        "name": name,
        "description": f"{MEANT[name]} Values that nobody tells are left out.",
        "schema": SCHEMAS[name],
        "version": "1.0.0",
        "extension_types": ["new-sco"],
    }


def _observable(kind: str, *parts: str) -> dict[str, Json]:
    extension = str(_extension(kind)["id"])
    shape: dict[str, Json] = {extension: {"extension_type": "new-sco"}}
    return {"type": kind, "spec_version": "2.1", "id": _id(kind, *parts), "extensions": shape}


def _place(one: Entity) -> dict[str, Json]:
    told: dict[str, Json] = {
        "kind": one.kind,
        "chain": one.chain,
        "name": one.name,
        "attributed_to": one.label,
        "category": one.category,
        "label_confidence": one.confidence,
        "label_source": one.label_source,
        "roles": list[Json](one.roles),
        "description": attribution(one),
    }
    return {**_observable(PLACE, one.kind, one.chain, one.name), **_filled(told)}


def _what(link: Link) -> tuple[str, ...]:
    """What identifies a transfer; of an input and a conversion, which have no index of their own, the ends too."""
    ends = () if link.kind == "transfer" else (link.kind, link.source, link.target)
    return link.chain, link.txid, link.index, *ends


def _transfer(several: Sequence[Link], refs: dict[str, str]) -> dict[str, Json]:
    """One transfer with what it carries of each payment."""
    first = several[0]
    told: dict[str, Json] = {
        "kind": first.kind,
        "from_refs": list[Json](dict.fromkeys(refs[one.source] for one in several)),
        "to_refs": list[Json](dict.fromkeys(refs[one.target] for one in several)),
        "chain": first.chain,
        "txid": first.txid,
        "index": first.index,
        "happened_at": first.time,
        "height": first.height,
        "asset": first.asset,
        "contract": first.contract,
        "decimals": first.decimals,
        "value": first.value,
        "amount": first.amount,
        "traced": [_filled(one) for one in _traced(several)],
        "description": " ".join(movement(one) for one in several),
    }
    return {**_observable(TRANSFER, *_what(first)), **_filled(told)}


def _traced(several: Sequence[Link]) -> Iterator[dict[str, Json]]:
    for one in several:
        if one.traced_value:
            yield {
                "origin": one.origin, "value": one.traced_value, "amount": one.traced_amount, "rule": one.rule,
                "hop": one.hop,
            }  # fmt: skip


def _filled(told: dict[str, Json]) -> dict[str, Json]:
    """Without what is not known: STIX has no empty values."""
    return {key: value for key, value in told.items() if value not in ("", None, [])}


def _about(report: Report, references: list[Json]) -> Iterator[Json]:
    """The grouping of everything, and a note with what the report says first and what it lacks."""
    inputs = report.inputs
    case, creator = text(inputs.case), _creator()["id"]
    yield {
        **_sdo("grouping", case, inputs.method),
        "created_by_ref": creator,
        "name": case,
        "description": f"Traced under {inputs.method}.",
        "context": "unspecified",
        "object_refs": references,
    }
    yield {
        **_sdo("note", case, inputs.method),
        "created_by_ref": creator,
        "abstract": case,
        "content": "\n".join(opening(report)),
        "object_refs": references,
    }
