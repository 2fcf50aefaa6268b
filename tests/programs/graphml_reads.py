"""Reads GraphML with igraph, whose reader is written in C.

In: paths. Out, by path: whether the graph has a direction, and its vertices and edges with all that they say.
"""

from __future__ import annotations

import json
import sys

import igraph


def read(path: str) -> dict[str, object]:
    """One graph."""
    graph = igraph.Graph.Read_GraphML(path)
    vertices = [one.attributes() for one in graph.vs]
    edges = [
        [vertices[one.source]["id"], vertices[one.target]["id"], {**one.attributes(), "id": None}] for one in graph.es
    ]
    return {"directed": graph.is_directed(), "vertices": vertices, "edges": edges}


json.dump({path: read(path) for path in json.load(sys.stdin)}, sys.stdout)
