"""Bundles before the validator of those who made STIX, and graphs read by a library that shares no code with ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from chaintrace.report.foreign import FORMATS
from chaintrace.report.foreign.graphs import graph
from chaintrace.report.foreign.stix import FILE_NAME
from tests.chaintrace.report.foreign.several import REPORTS
from tests.programs.running import answer

RANDOM_IDS = "103"
"""The code of its one warning: ids should be random. Ours are those of facts, the same in every bundle."""


SEVERAL = ("accounts", "outputs", "large", *(f"hostile {name}" for name in ("json", "long", "nul", "surrogate")))
"""Reports for the validator, which takes its time."""


def written(form: str, name: str, folder: Path, keys: Iterable[str] = REPORTS) -> dict[str, str]:
    """The file of each report, by the report's name."""
    made = {}
    for number, (key, report) in enumerate((key, REPORTS[key]) for key in keys):
        (folder / str(number)).mkdir()
        assert FORMATS[form].write(report, folder / str(number)) == (name,)
        made[key] = str(folder / str(number) / name)
    return made


@pytest.fixture(scope="module")
def validated(tmp_path_factory) -> dict[str, Any]:
    paths = written("stix", FILE_NAME, tmp_path_factory.mktemp("stix"), SEVERAL)
    broken = tmp_path_factory.mktemp("broken") / FILE_NAME
    broken.write_text(Path(paths["accounts"]).read_text("utf-8").replace('"created": "', '"created": "on '), "utf-8")
    found = answer("stix_says.py", [*paths.values(), str(broken)])
    return {**{name: found[path] for name, path in paths.items()}, "broken": found[str(broken)]}


@pytest.mark.parametrize("name", SEVERAL)
def test_the_validator_of_its_makers_takes_every_bundle(validated, name):
    assert validated[name] == {"valid": True, "errors": [], "codes": [RANDOM_IDS]}


def test_the_validator_refuses_what_is_no_time(validated):
    assert not validated["broken"]["valid"]
    assert "created" in validated["broken"]["errors"][0]


@pytest.fixture(scope="module")
def graphs(tmp_path_factory) -> dict[str, Any]:
    paths = written("graphml", "graph.graphml", tmp_path_factory.mktemp("graphml"))
    found = answer("graphml_reads.py", list(paths.values()))
    return {name: found[path] for name, path in paths.items()}


def whole(edge: Sequence[Any]) -> tuple[Any, ...]:
    """An edge with all that it says, whatever the order."""
    source, target, told = edge
    return source, target, tuple(sorted(told.items()))


@pytest.mark.parametrize("name", REPORTS)
def test_another_library_reads_the_same_graph_with_every_digit(graphs, name):
    found, wanted = graphs[name], graph(REPORTS[name])
    assert found["directed"]
    assert {one["id"]: one for one in found["vertices"]} == {
        key: {**told, "id": key} for key, told in wanted.nodes(data=True)
    }
    edges = ((*ends, {**told, "id": None}) for *ends, told in wanted.edges(data=True))
    assert Counter(map(whole, found["edges"])) == Counter(map(whole, edges))
