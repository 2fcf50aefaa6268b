"""What the files for Neo4j hold, and the Cypher that loads them where its bulk import is not at hand.

The script is made of the columns and of closed sets alone: no text of the case stands in it, so that nothing a stranger
wrote is ever read as Cypher. It is for Neo4j 5.26, the version with long support, and newer: a constraint on a
relationship needs 5.7.
"""

from collections.abc import Iterator, Sequence

NODES, OUTCOMES, RELATIONSHIPS = "neo4j-nodes.csv", "neo4j-outcomes.csv", "neo4j-relationships.csv"

NODE_COLUMNS = (
    "id:ID", "uuid", "name", "chain", "attributed_to", "category", "confidence:int", "label_source", "roles:string[]",
    ":LABEL",
)  # fmt: skip
LABELS = {"address": "Address", "transaction": "Transaction", "output": "Output"}
"""By the kind of an entity."""

OUTCOME = "Outcome"
OUTCOME_COLUMNS = (
    "id:ID", "kind", "origin", "chain", "address", "outpoint", "asset", "contract", "decimals:int", "traced_value",
    "traced_amount", "attributed_to", "category", "confidence:int", "label_source", "reason", ":LABEL",
)  # fmt: skip

FIELDS = (
    "txid", "index", "time:datetime", "height:long", "asset", "contract", "decimals:int", "value", "amount",
    "traced_value", "traced_amount", "origin", "hop:int", "rule",
)  # fmt: skip
"""Properties of a relationship. Values are text, for they may be larger than the 64 bits of Neo4j's integers."""

RELATIONSHIP_COLUMNS = (":START_ID", *FIELDS, "uuid", ":END_ID", ":TYPE")

ENDS = {
    "TRANSFER": (("Address", "Transaction"), ("Address", "Output")),
    "INPUT": (("Address",), ("Transaction",)),
    "CONVERSION": (("Address", "Transaction"), ("Address", "Transaction")),
    "OUTCOME": (("Address", "Output"), ("Outcome",)),
}
"""What labels the two ends of each type of relationship may have."""

READ = {
    "": "{}", "int": "toInteger({})", "long": "toInteger({})", "datetime": "datetime({})", "string[]": "split({}, ';')",
}  # fmt: skip
"""How a cell, which LOAD CSV reads as text, becomes a property of its column's type. Of nothing each makes nothing."""

HEAD = """\
// Loads the CSV files of this export into Neo4j 5.26 (LTS) or newer, without a plugin: for who has no neo4j-admin.
//
// 1. Put the three CSV files into the folder "import" of the database. A server that has none (Aura) fetches them:
//    write the https address of their folder in place of file:/// below.
// 2. cypher-shell --file neo4j-load.cypher, or paste this into the window for queries.
// 3. Ask what stands in neo4j-questions.cypher.
//
// One case a database. To load the same files twice changes nothing. Those of another case change what this one says of
// an address that both hold. Values and amounts stay text, for they may be larger than the 64 bits of an integer.
"""


def script() -> str:
    """The whole of it: constraints, which find nodes quickly and keep each one single, nodes, relationships."""
    nodes = (_nodes(NODES, label, NODE_COLUMNS) for label in LABELS.values())
    outcomes = _nodes(OUTCOMES, OUTCOME, OUTCOME_COLUMNS)
    links = (_relationships(kind, *ends) for kind, ends in ENDS.items())
    return "\n".join((HEAD, "\n".join(_constraints()) + "\n", *nodes, outcomes, *links))


def _constraints() -> Iterator[str]:
    for label in (*LABELS.values(), OUTCOME):
        yield f"CREATE CONSTRAINT chaintrace_{label.lower()}_id IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE;"
    for kind in ENDS:
        name = f"chaintrace_{kind.lower()}_uuid"
        yield f"CREATE CONSTRAINT {name} IF NOT EXISTS FOR ()-[t:{kind}]-() REQUIRE t.uuid IS UNIQUE;"


def _nodes(file: str, label: str, columns: Sequence[str]) -> str:
    """The nodes of one label."""
    return (
        f"LOAD CSV WITH HEADERS FROM 'file:///{file}' AS row\n"
        f"WITH row WHERE row.`:LABEL` = '{label}'\n"
        f"MERGE (n:{label} {{id: row.`id:ID`}})\n"
        f"{_set('n', columns)};\n"
    )


def _relationships(kind: str, sources: Sequence[str], targets: Sequence[str]) -> str:
    """The relationships of one type. An end that is not there stops the load: no row is left out in silence."""
    found = {"source": sources, "target": targets}
    matches = "".join(
        f"OPTIONAL MATCH ({end}{number}:{label} {{id: {end}_id}})\n"
        for end, labels in found.items()
        for number, label in enumerate(labels, 1)
    )
    ends = ", ".join(
        f"coalesce({', '.join(f'{end}{number}' for number, _ in enumerate(labels, 1))}) AS {end}"
        for end, labels in found.items()
    )
    properties = "" if kind == "OUTCOME" else "\n" + _set("t", FIELDS)
    return (
        f"LOAD CSV WITH HEADERS FROM 'file:///{RELATIONSHIPS}' AS row\n"
        f"WITH row, row.`:START_ID` AS source_id, row.`:END_ID` AS target_id WHERE row.`:TYPE` = '{kind}'\n"
        f"{matches}WITH row, {ends}\n"
        f"MERGE (source)-[t:{kind} {{uuid: row.uuid}}]->(target){properties};\n"
    )


def _set(variable: str, columns: Sequence[str]) -> str:
    """Every column that is a property, but for what identifies."""
    typed = (column.partition(":") for column in columns if not column.endswith((":ID", ":LABEL")))
    told = (f"{variable}.{name} = {READ[kind].format(f'row.`{name}{colon}{kind}`')}" for name, colon, kind in typed)
    return "SET " + ",\n    ".join(told)
