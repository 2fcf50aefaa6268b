"""GraphML and GEXF: the entities and links as a directed multigraph, written by networkx."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

from chaintrace.report.foreign.links import linked
from chaintrace.report.interface import Report

if TYPE_CHECKING:
    from networkx import MultiDiGraph


def graph(report: Report) -> "MultiDiGraph[str]":
    """The graph: vertices are entities, edges are links. Every attribute is text, for no reader rounds text."""
    from networkx import MultiDiGraph

    made: MultiDiGraph[str] = MultiDiGraph(name=report.inputs.case, method=report.inputs.method)
    found = linked(report)
    for one in found.entities.values():
        told = {name: "" if value is None else str(value) for name, value in one.told().items()}
        made.add_node(one.key, label=one.label or one.name, **told)
    for number, link in enumerate(found.links):
        made.add_edge(link.source, link.target, key=str(number), **link.told(), uuid=str(link.uuid))
    return made


class GraphMl:
    """The graph as GraphML."""

    name = "graphml"
    summary = "the graph of addresses as GraphML, for networkx, yEd, Cytoscape"

    def write(self, report: Report, folder: Path) -> tuple[str, ...]:
        """Write one file; return its name. Raises OSError as the system gives it."""
        from networkx import write_graphml_xml

        made = graph(report)
        made.graph = {key: _named(str(value)) for key, value in made.graph.items()}
        target = io.BytesIO()
        write_graphml_xml(made, target)
        (folder / "graph.graphml").write_bytes(target.getvalue())
        return ("graph.graphml",)


class Gexf:
    """The graph as GEXF."""

    name = "gexf"
    summary = "the graph of addresses as GEXF, for Gephi"

    def write(self, report: Report, folder: Path) -> tuple[str, ...]:
        """Write one file; return its name. Raises OSError as the system gives it."""
        from networkx.readwrite.gexf import GEXFWriter

        made = graph(report)
        made.graph = {"name": _named(report.inputs.case)}
        for _, _, told in made.edges(data=True):
            told["link_kind"] = told.pop("kind")  # GEXF has a word of its own called kind
        writer = GEXFWriter(encoding="utf-8", prettyprint=True, version="1.2draft")
        writer.add_graph(made)
        for meta in writer.xml.iter("meta"):
            meta.attrib.clear()  # the day of the run is no fact of the case
            for child in meta:
                child.text = "chaintrace" if child.tag == "creator" else child.text
        target = io.BytesIO()
        writer.write(target)
        (folder / "graph.gexf").write_bytes(target.getvalue())
        return ("graph.gexf",)


def _named(text: str) -> str:
    """A text as XML can hold it."""
    from chaintrace.report.mixed_scripts import marked

    return marked(text)
