"""FollowTheMoney: one entity a line, for OpenAleph and `ftm`.

Addresses are entities of the schema CryptoWallet. A transfer is an UnknownLink: a Payment of that model joins people or
companies, and an address is neither. Whom claims name is told as a note on the wallet, never as its holder.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from chaintrace.report.foreign.links import Entity, Link, attribution, linked, movement, text
from chaintrace.report.interface import Report

FILE_NAME = "entities.ftm.json"
LONGEST: Mapping[str, int] = MappingProxyType({"notes": 65_000, "summary": 65_000, "description": 65_000})
SHORT = 255
"""The most characters of a text, and of every other property that may be long (followthemoney, `types/*.py`)."""

IDENTIFIER = 64
"""The most characters of an identifier; a longer address stands in the name alone."""

ROLES = {"transfer": "transfer", "input": "one of several inputs", "conversion": "conversion"}


class FollowTheMoney:
    """The report as FollowTheMoney entities."""

    name = "ftm"
    summary = "FollowTheMoney entities as JSON lines, for OpenAleph and ftm"

    def write(self, report: Report, folder: Path) -> tuple[str, ...]:
        """Write one file; return its name. Raises OSError as the system gives it."""
        with (folder / FILE_NAME).open("w", encoding="utf-8", newline="\n") as file:
            for entity in entities(report):
                file.write(json.dumps(entity, ensure_ascii=True, sort_keys=True) + "\n")
        return (FILE_NAME,)


def entities(report: Report) -> Iterator[dict[str, object]]:
    """The wallets, then the links."""
    found = linked(report)
    for one in found.entities.values():
        yield _made("CryptoWallet", str(one.uuid), _wallet(one))
    case = text(report.inputs.case)
    for link in found.links:
        ends = str(found.entities[link.source].uuid), str(found.entities[link.target].uuid)
        yield _made("UnknownLink", str(link.uuid), _link(link, ends, case))


def _made(schema: str, name: str, properties: Mapping[str, list[str]]) -> dict[str, object]:
    filled = {key: list(filter(None, (_cut(key, one) for one in values))) for key, values in properties.items()}
    return {"id": name, "schema": schema, "properties": {key: values for key, values in filled.items() if values}}


def _cut(key: str, value: str) -> str:
    """A value as the model takes it: without blanks at its ends, cut where it would be refused."""
    most = LONGEST.get(key, SHORT)
    text = value.strip()
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _wallet(one: Entity) -> dict[str, list[str]]:
    is_address = one.kind == "address"
    return {
        "name": [one.name if is_address else f"{one.kind} {one.name}"],
        "cryptoAddress": [one.name] if is_address and len(one.name) <= IDENTIFIER else [],
        "blockchain": [one.chain],
        "notes": [attribution(one)],
        "keywords": [*one.roles, *([one.category] if one.category else [])],
        "summary": [] if is_address else [f"This is no address: a {one.kind} of {one.chain}."],
    }


def _link(link: Link, ends: tuple[str, str], case: str) -> dict[str, list[str]]:
    return {
        "subject": [ends[0]],
        "object": [ends[1]],
        "role": [ROLES[link.kind]],
        "date": [link.time.removesuffix("Z")],
        "recordId": [f"{link.txid}:{link.index}" if link.index else link.txid],
        "summary": [movement(link)],
        "description": [f"{link.value} base units, {link.traced_value} traced" if link.value else ""],
        "publisher": [f"chaintrace, case {case}"],
    }
