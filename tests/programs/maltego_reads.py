"""Reads graph files of Maltego with mtgx2nx, and gives each entity to the maker's own catalogue and graph.

In: paths. Out, by path: the entities as the maker's model tells them, the links, and what its catalogue does not have.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import warnings
import xml.etree.ElementTree as ET
import zipfile

sys.modules["xml.etree.cElementTree"] = ET  # mtgx2nx asks for it by the name that Python 3.9 took away
import mtgx2nx  # noqa: E402  # after the name is there

warnings.simplefilter("ignore")  # of the maker's libraries
from maltego import entities as catalogue  # noqa: E402  # after the filter
from maltego.model.entity import MaltegoEntity  # noqa: E402  # the same
from maltego.model.graph import MaltegoGraph  # noqa: E402  # the same


def standard() -> dict[str, type[MaltegoEntity]]:
    """The types of the catalogue, by name."""
    made = (getattr(catalogue, name) for name in dir(catalogue))
    return {one.TYPE_NAME: one for one in made if isinstance(one, type) and issubclass(one, MaltegoEntity)}


def read(path: str, types: dict[str, type[MaltegoEntity]]) -> dict[str, object]:
    """One file: what each entity is to the maker's model, and the links between them."""
    with tempfile.TemporaryDirectory() as folder:
        (told,) = mtgx2nx.Maltego(signed(path, folder)).graph
    drawn, graph = told["graph"], MaltegoGraph()
    made, unknown = {}, []
    for number, properties in drawn.nodes(data=True):
        kind = types[properties["maltego_entity_type"]]
        entity = kind(properties[kind.Config.value_property])
        for name, value in properties.items():
            if name.startswith("chaintrace."):
                entity.set_property(name, value)
            elif name not in {"maltego_entity_type", kind.Config.value_property}:
                unknown.append((kind.TYPE_NAME, name))
        made[number] = graph.add_entity(entity)
    for source, target, properties in drawn.edges(data=True):
        label = properties["maltego.link.manual.type"]
        graph.add_link(made[source], made[target], label=label)
    return {
        "entities": [carried(one) for one in graph.entities],
        "links": [
            [made[source].value, made[target].value, properties]
            for source, target, properties in drawn.edges(data=True)
        ],
        "linked": [[graph.get_source(one).value, graph.get_target(one).value] for one in graph.links],
        "unknown": unknown,
    }


def signed(path: str, folder: str) -> str:
    """A copy with the part that says who saved the graph: mtgx2nx asks for it, Maltego does not."""
    copy = shutil.copy(path, folder)
    with zipfile.ZipFile(copy, "a") as file:
        file.writestr("Graphs/Graph1.properties", "")
    return copy


def carried(one: MaltegoEntity) -> dict[str, object]:
    """An entity as the maker's protocol carries it."""
    sent = one.to_v3_run_entity()
    return {"type": sent.type, "value": one.value, "told": {known.name: known.value for known in sent.properties}}


if __name__ == "__main__":
    known = standard()
    json.dump({path: read(path, known) for path in json.load(sys.stdin)}, sys.stdout)
