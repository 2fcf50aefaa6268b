"""CASE and UCO as JSON-LD: an investigation, its places, and the relationships between them.

Places are observable objects, transfers directed observable relationships; what UCO has no word for stands in facets of
a namespace of our own.
"""

from collections.abc import Iterable
from pathlib import Path

from chaintrace.report.foreign.json_objects import Json, opening, write_object
from chaintrace.report.foreign.links import Entity, Link, attribution, linked, made_uuid, movement, text
from chaintrace.report.interface import Report

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
        return write_object(folder / FILE_NAME, document(report))


def document(report: Report) -> dict[str, Json]:
    """The graph: the investigation, then places, then relationships."""
    found = linked(report)
    places = [_place(one) for one in found.entities.values()]
    links = [_link(one, found.entities) for one in found.links]
    members: list[Json] = [{"@id": one["@id"]} for one in (*places, *links)]
    first, *lacking = opening(report)
    case = text(report.inputs.case)
    head: dict[str, Json] = {
        "@id": f"kb:investigation-{made_uuid('investigation', case, report.inputs.method)}",
        "@type": "case-investigation:Investigation",
        "uco-core:name": case,
        "uco-core:description": [first, f"Traced under {report.inputs.method}.", *lacking],
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
    facet = {**_facet("TransferFacet", str(one.uuid)), **_own(one.told().items())}
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
