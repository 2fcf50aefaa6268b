"""Connected components on Spark, where one machine ends: large-star and small-star joins of DataFrames, no jar.

Rule: R. Kiveris, S. Lattanzi, V. Mirrokni, V. Rastogi, S. Vassilvitskii, "Connected Components in MapReduce and
Beyond", SoCC 2014, section 3. Each round keeps the components and shortens the ways to the least member; it is over
when every member hangs below its least member directly. The labels are those of the engine in memory.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from os import environ
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from chaintrace.bulk.block_bytes import U32
from chaintrace.bulk.clustering import Clustered, count
from chaintrace.bulk.inputs import SIGNED, Chain
from chaintrace.bulk.parsing import Progress
from chaintrace.errors import InputError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

LOCAL = "local[*]"
"""Spark in this process, on all cores: what runs where no master is named."""

_QUIET = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}
_IN_ONE_PROCESS = {"spark.sql.shuffle.partitions": "8", "spark.driver.host": "127.0.0.1"}
"""Spark's own 200 partitions are for a cluster: tasks that short cost more than what they do."""


def need_spark() -> None:
    """Raises InputError where PySpark or Java is not installed."""
    if find_spec("pyspark") is None:
        raise InputError("PySpark is not installed: install chaintrace with its extra, chaintrace[spark]")
    home = environ.get("JAVA_HOME")
    if shutil.which("java") is None and not (home and (Path(home) / "bin" / "java").is_file()):
        raise InputError("Spark needs Java 17 or newer, which is not here: install the system's package, such as "
                         "openjdk-17-jre-headless, or set JAVA_HOME")  # fmt: skip


@contextmanager
def session(master: str = LOCAL) -> Iterator["SparkSession"]:
    """A Spark session, closed after it. It speaks on errors only. Raises InputError."""
    need_spark()
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("chaintrace").master(master)
    for key, value in {**_QUIET, **(_IN_ONE_PROCESS if master.startswith("local") else {})}.items():
        builder = builder.config(key, value)
    opened = builder.getOrCreate()
    try:
        yield opened
    finally:
        opened.stop()


def components(pairs: "DataFrame", progress: Progress) -> "DataFrame":
    """The label of every id of `pairs` (columns u, v) that is not its own: columns u, v with v the least member.

    An id that stands in no row is alone or the least of its component. `pairs` may hold an edge twice, either way
    round, and an id beside itself.
    """
    from pyspark.sql import functions as F  # noqa: N812  # the name under which every page of Spark's shows it

    edges = pairs.where("u <> v").select(F.greatest("u", "v").alias("u"), F.least("u", "v").alias("v")).distinct()
    edges = edges.localCheckpoint()
    rounds = 0
    while not _is_done(edges):
        rounds += 1
        progress(f"clustering on Spark, round {rounds}", 0, 0)
        following = _small_star(_large_star(edges)).localCheckpoint()
        edges.unpersist()
        edges = following
    return edges


def _large_star(edges: "DataFrame") -> "DataFrame":
    """Hang every neighbour that is larger than an id below the least of its neighbours and itself."""
    from pyspark.sql import functions as F  # noqa: N812  # the name under which every page of Spark's shows it

    both = edges.unionByName(edges.select(F.col("v").alias("u"), F.col("u").alias("v")))
    least = both.groupBy("u").agg(F.least(F.first("u"), F.min("v")).alias("m"))
    return both.join(least, "u").where("v > u").select(F.col("v").alias("u"), F.col("m").alias("v")).distinct()


def _small_star(edges: "DataFrame") -> "DataFrame":
    """Hang every id and its smaller neighbours below the least of them. Every row has u > v."""
    from pyspark.sql import functions as F  # noqa: N812  # the name under which every page of Spark's shows it

    least = edges.groupBy("u").agg(F.min("v").alias("m"))
    moved = edges.join(least, "u").where("v <> m").select(F.col("v").alias("u"), F.col("m").alias("v"))
    return moved.unionByName(least.withColumnRenamed("m", "v")).distinct()


def _is_done(edges: "DataFrame") -> bool:
    """Whether every id hangs once, and below an id that hangs nowhere: then that one is the least of all."""
    from pyspark.sql import functions as F  # noqa: N812  # the name under which every page of Spark's shows it

    twice = edges.groupBy("u").count().where("count > 1")
    if not twice.isEmpty():
        return False
    hanging = edges.select(F.col("u").alias("v"))
    return bool(edges.join(hanging, "v", "left_semi").isEmpty())


def spark_labels(chain: Chain, progress: Progress, master: str = LOCAL) -> tuple[U32, Clustered]:
    """The labels of all scripts by Spark, from the same tables and by the same rules as `clustering.local_labels`.

    The answer lies in the memory of the driver: four bytes a script, and sixteen for each that is not the least of its
    cluster while it is fetched. Raises InputError.
    """
    size = chain.manifest["counts"]["scripts"]
    with session(master) as spark:
        used, numbers = _used(spark, chain)
        from pyspark.sql import functions as F  # noqa: N812  # the name under which every page of Spark's shows it

        least = F.min("script_id").over(_window())
        pairs = used.where("not skip").select(F.col("script_id").alias("u"), least.alias("v"))
        found = components(pairs, progress)
        labels = np.arange(size, dtype=np.uint32)
        for batch in found.toArrow().to_batches():
            labels[batch.column("u").to_numpy()] = batch.column("v").to_numpy().astype(np.uint32)
    return labels, Clustered(size, count(labels), *numbers)


def _window() -> Any:  # noqa: ANN401  # a Window of Spark's
    """The scripts of one transaction."""
    from pyspark.sql import Window

    return Window.partitionBy("tx")


def _used(spark: "SparkSession", chain: Chain) -> tuple["DataFrame", Sequence[int]]:
    """(tx, script_id, skip) of every input that is used, and the last counts of `Clustered`: as in `Chain.batches`."""
    from pyspark.sql import functions as F  # noqa: N812  # the name under which every page of Spark's shows it

    inputs, transactions, scripts = (_table(spark, chain, name) for name in ("inputs", "transactions", "scripts"))
    named = spark.createDataFrame([(bytearray(txid),) for txid in sorted(chain.skipped)], "txid binary")
    by_name = (
        transactions.join(F.broadcast(named), "txid", "left_semi").select("tx").withColumn("named", F.expr("true"))
    )
    shaped = F.expr("false" if chain.through_coinjoins else "coinjoin_like")
    marked = transactions.join(F.broadcast(by_name), "tx", "left").select(
        "tx", (F.expr("coalesce(named, false)") | shaped).alias("skip")
    )
    signed = scripts.where(F.col("type").isin(*SIGNED)).select("script_id")
    used = inputs.where("script_id is not null").join(signed, "script_id").join(marked, "tx")
    used = used.select("tx", "script_id", "skip").localCheckpoint()
    by_transaction = used.groupBy("tx").agg(F.count("*").alias("inputs"), F.first("skip").alias("skip"))
    told = by_transaction.agg(
        F.count("*"), F.count_if(F.expr("skip and inputs > 1")), F.coalesce(F.sum("inputs"), F.lit(0))
    ).first()
    if told is None:
        raise AssertionError("an aggregate without a row")
    return used, (int(told[0]), int(told[1]), inputs.count() - int(told[2]))


def _table(spark: "SparkSession", chain: Chain, name: str) -> "DataFrame":
    """A table of the parsing. Ids are read as long: Spark has no number without a sign of 32 bits."""
    return spark.read.parquet(*(path.absolute().as_uri() for path in chain.files(name)))
