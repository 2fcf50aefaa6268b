"""CASE and UCO as JSON-LD: an investigation, its places, and the relationships between them.

Places are observable objects, transfers directed observable relationships; what UCO has no word for stands in facets of
a namespace of our own.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

from chaintrace.report.foreign.links import LINK_COLUMNS, Entity, Link, attribution, linked, made_uuid, movement, text
from chaintrace.report.interface import Report

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"

FILE_NAME = "case-uco.jsonld"
CONTEXT: dict[str, Json] = {
    "kb": "http://chaintrace.invalid/kb/",
    "chaintrace": "http://chaintrace.invalid/ontology/",
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "uco-core": "https://ontology.unifiedcyberontology.org/uco/core/",
    "uco-observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
}
"""Prefixes. Ours name a host that cannot exist: nothing is to be fetched there."""


class CaseUco:
    """The report as CASE/UCO."""

    name = "case-uco"
    summary = "CASE/UCO as JSON-LD, with facets in a namespace of our own"

    def write(self, report: Report, folder: Path) -> tuple[str, ...]:
        """Write one file; return its name. Raises OSError as the system gives it."""
        told = json.dumps(document(report), ensure_ascii=True, indent=1, sort_keys=True)
        (folder / FILE_NAME).write_text(f"{told}\n", encoding="utf-8", newline="\n")
        return (FILE_NAME,)


def document(report: Report) -> dict[str, Json]:
    """The graph: the investigation, then places, then relationships."""
    found = linked(report)
    places = [_place(one) for one in found.entities.values()]
    links = [_link(one, found.entities) for one in found.links]
    members: list[Json] = [{"@id": one["@id"]} for one in (*places, *links)]
    lacking = [f"Not complete: {text(reason)}" for reason in report.reasons]
    case = text(report.inputs.case)
    head: dict[str, Json] = {
        "@id": f"kb:investigation-{made_uuid('investigation', case, report.inputs.method)}",
        "@type": "case-investigation:Investigation",
        "uco-core:name": case,
        "uco-core:description": [text(report.sentence), f"Traced under {report.inputs.method}.", *lacking],
        **({"uco-core:object": members} if members else {}),
    }
    return {"@context": CONTEXT, "@graph": [head, *places, *links]}


def _node(entity: Entity) -> str:
    return f"kb:place-{entity.uuid}"


def _facet(kind: str, *parts: str) -> dict[str, Json]:
    return {"@id": f"kb:facet-{made_uuid('facet', kind, *parts)}", "@type": [f"chaintrace:{kind}", "uco-core:Facet"]}


def _place(one: Entity) -> dict[str, Json]:
    told = {
        "kind": one.kind, "chain": one.chain, "name": one.name, "attributedTo": one.label, "category": one.category,
        "confidence": one.confidence, "labelSource": one.label_source, "role": list(one.roles),
    }  # fmt: skip
    facet = {**_facet("PlaceFacet", one.key), **_own(told.items())}
    said = attribution(one)
    return {
        "@id": _node(one),
        "@type": "uco-observable:ObservableObject",
        "uco-core:name": one.name,
        **({"uco-core:description": said} if said else {}),
        "uco-core:hasFacet": facet,
    }


def _link(one: Link, entities: dict[str, Entity]) -> dict[str, Json]:
    told = ((name, getattr(one, name)) for name in LINK_COLUMNS if name not in {"source", "target"})
    facet = {**_facet("TransferFacet", str(one.uuid)), **_own(told)}
    return {
        "@id": f"kb:relationship-{one.uuid}",
        "@type": "uco-observable:ObservableRelationship",
        "uco-core:source": {"@id": _node(entities[one.source])},
        "uco-core:target": {"@id": _node(entities[one.target])},
        "uco-core:kindOfRelationship": one.kind,
        "uco-core:isDirectional": True,
        "uco-core:description": movement(one),
        "uco-core:hasFacet": facet,
    }


def _own(told: Iterable[tuple[str, object]]) -> dict[str, Json]:
    """Properties of our namespace; what is not known is left out. Base units are text: readers round large numbers."""
    made: dict[str, Json] = {}
    for name, value in told:
        head, *rest = name.split("_")
        key = f"chaintrace:{head}{''.join(part.capitalize() for part in rest)}"
        if isinstance(value, list):
            made |= {key: list[Json](value)} if value else {}
        elif value not in ("", None):
            made[key] = value if isinstance(value, int) else str(value)
    return made
