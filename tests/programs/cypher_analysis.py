"""Neo4j's own analysis of Cypher: its parser and the checks of its server, which its makers publish as JavaScript."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.conftest import absent

NODES = Path(__file__).parent.parent / "nodes"


def analysed(texts: list[str], schema: dict[str, list[str]], version: str) -> list[dict[str, Any]]:
    """What it says of each text under a version of Cypher: `faults`, and how many `statements` it took apart.

    `schema` names what the database has: `labels`, `relationshipTypes`, `propertyKeys`. Without npm it skips.
    """
    node = shutil.which("node")
    if node is None or not (NODES / "node_modules" / "@neo4j-cypher").is_dir():
        absent("Neo4j's analysis of Cypher", "run `make system` as root, then `make nodes`")
    asked = json.dumps({"texts": texts, "schema": schema, "version": version})
    script = NODES / "analyse-cypher.mjs"
    done = subprocess.run([node, script], input=asked, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)
