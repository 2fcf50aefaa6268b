"""Every fault of docs/reliability.md against the adapter `tron-node`, over a real connection."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from chaintrace.adapters.tron_node import TronNode
from chaintrace.model.view import MissingTransaction
from tests.chaintrace.adapters.tron.making import call
from tests.chaintrace.adapters.tron_node.node import asking, endpoint
from tests.chaintrace.adapters.tron_node.test_tron_node import PAID, about, small
from tests.hostile import reliability
from tests.hostile.doors import quick_door
from tests.hostile.faults import CARRIAGE
from tests.hostile.server import Asked, Given

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hostile.server import Change

INFO = "/wallet/gettransactioninfobyid"
_NOT_POSSIBLE = {"wrong id": "Not possible: the API has no JSON-RPC"} | dict.fromkeys(
    ("merkle branch", "page twice", "page out of order", "page shrinks", "counters"),
    "Not possible: a node has no merkle branches, and no lists of an account",
)


def edited(**fields: object) -> Change:
    """A change of an answer's fields."""
    return lambda _, given: replace(given, body=json.dumps(json.loads(given.body) | fields).encode())


def block(height: int, **fields: str) -> Change:
    """A change of the block at a height; without fields there is none."""

    def change(asked: Asked, given: Given) -> Given:
        if json.loads(asked.body)["num"] != height:
            return given
        return Given.json(json.loads(given.body) | fields if fields else {})

    return change


def carriage(folder: Path, name: str) -> str:
    """A fault of the connection, met by the second question of a transaction; then all is well."""
    with asking(small(), folder) as a:
        a.server.fault(name, on=INFO)
        if name == "refused":  # by a connection of its own: the old one would be answered still
            with quick_door(folder, allowed="own") as door:
                source = TronNode().connect(endpoint(a.server.url), door)
                missing = MissingTransaction("tron", PAID["txID"])
                return reliability.outcome(lambda: source.reply(missing, a.at), a.server.host)
        said = reliability.outcome(lambda: about(a, PAID), a.server.host)
        a.server.good()
        assert about(a, PAID).transactions[0].txid == PAID["txID"]
        return said


def test_every_fault_has_its_outcome_and_the_page_says_so(tmp_path: Path) -> None:
    outcomes = {
        fault.name: carriage(tmp_path / fault.name, fault.name) for fault in CARRIAGE if fault.name != "wrong id"
    }
    wrong: dict[str, tuple[Change, str]] = {
        "wrong bytes": (edited(raw_data_hex=call(7)["raw_data_hex"]), "/wallet/gettransactionbyid"),
        "other chain": (block(0, blockID="00" * 32), "/wallet/getblockbynum"),
        "unsynced": (block(5), "/wallet/getblockbynum"),
        "fork": (block(5, blockID="55" * 32), "/wallet/getblockbynum"),
        "floats": (edited(fee=1.5), INFO),
    }
    for name, (change, on) in wrong.items():
        with asking(small(), tmp_path / name) as a:
            a.server.change(change, on=on)
            outcomes[name] = reliability.outcome(lambda a=a: about(a, PAID), a.server.host)
    outcomes |= _NOT_POSSIBLE
    for name, said in outcomes.items():
        assert name in _NOT_POSSIBLE or any(
            word in said for word in ("again", "another", "url", "check", "do not use", "not used")
        ), said
    reliability.compare("tron-node", outcomes)
