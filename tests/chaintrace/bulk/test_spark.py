"""Clusters on Spark are those of the engine in memory: from pairs, and from the tables of a parsing.

They run where PySpark and Java are: `make spark` installs the first and says which package brings the second.
"""

from __future__ import annotations

import random

import numpy as np
import pytest

from chaintrace.bulk import cluster_inputs, clustering, spark
from chaintrace.bulk.inputs import Chain
from chaintrace.cli import run
from chaintrace.errors import InputError
from tests.chaintrace.bulk.test_clustering import folder  # noqa: F401  # a fixture
from tests.chaintrace.bulk.test_parsing import silent

MASTER = "local[2]"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support:FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # the gateway's sockets are closed when the process ends
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),  # the same sockets
]


@pytest.fixture
def there():
    """Skips where Spark cannot run: no lock but its own holds it, for it is half a gigabyte."""
    try:
        spark.need_spark()
    except InputError as absent:
        pytest.skip(f"{absent}; `make spark` runs this test")


def labels_of(pairs, size: int):
    with spark.session(MASTER) as session:
        found = spark.components(session.createDataFrame(pairs, "u long, v long"), silent)
        labels = np.arange(size, dtype=np.uint32)
        for row in found.collect():
            labels[row.u] = row.v
    return labels


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize("kind", ["random", "path", "nothing"])
def test_components_are_those_of_the_union_find(kind):
    chosen, size = random.Random(6), 200
    if kind == "random":
        transactions = [[chosen.randrange(size) for _ in range(chosen.randint(1, 4))] for _ in range(90)]
    else:
        transactions = [[at, at + 1] for at in range(60)] if kind == "path" else [[at, at] for at in range(5)]
        chosen.shuffle(transactions)
    offsets = np.zeros(len(transactions) + 1, np.int64)
    np.cumsum([len(ids) for ids in transactions], out=offsets[1:])
    ids = np.array([one for each in transactions for one in each], np.uint32)
    pairs = [(one, each[0]) for each in transactions for one in each]
    assert labels_of(pairs, size).tolist() == cluster_inputs(offsets, ids, size).tolist()


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize("through", [False, True])
def test_a_parsed_chain_has_the_same_labels_and_counts(folder, through):  # noqa: F811  # the fixture
    skipped = frozenset({bytes.fromhex((folder / "first").read_text())})
    for chain in (
        Chain(folder / "chain", through_coinjoins=through),
        Chain(folder / "chain", skipped=skipped, through_coinjoins=through),
    ):
        ours, theirs = clustering.local_labels(chain, silent), spark.spark_labels(chain, silent, MASTER)
        assert theirs[0].tolist() == ours[0].tolist()
        assert theirs[0].dtype == ours[0].dtype
        assert theirs[1] == ours[1]


@pytest.mark.usefixtures("there")
def test_the_command_writes_the_same_file(folder):  # noqa: F811  # the fixture
    for engine in ("local", "spark"):
        told = ["bulk", "cluster", str(folder / "chain"), "--to", str(folder / engine), "--engine", engine]
        assert run([*told, "--spark-master", MASTER]) == 0
    assert (folder / "spark").read_bytes() == (folder / "local").read_bytes()


def test_what_is_absent_is_said(monkeypatch):
    monkeypatch.setattr(spark, "find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"PySpark is not installed: install chaintrace with its extra"):
        spark.need_spark()
    monkeypatch.setattr(spark, "find_spec", lambda _: object())
    monkeypatch.setattr(spark.shutil, "which", lambda _: None)
    monkeypatch.setattr(spark, "environ", {})
    with pytest.raises(InputError, match="Spark needs Java 17 or newer"):
        spark.need_spark()
