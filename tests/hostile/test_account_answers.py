"""Answers of account chains that are well-formed and bad, alike for every adapter.

A field that is missing, a token whose name is a script, a transaction with a million logs: nothing is lost by them
without a word.
"""

from __future__ import annotations

import json
import re
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from chaintrace.errors import AdapterError, Malformed
from chaintrace.model.view import MissingTransaction
from tests.chaintrace.adapters.blockscout import case as blockscout
from tests.chaintrace.adapters.etherscan import test_etherscan_faults as etherscan
from tests.chaintrace.adapters.etherscan import town
from tests.chaintrace.adapters.evm_rpc import chain_asking as evm_rpc
from tests.chaintrace.adapters.evm_rpc import test_history_faults as evm_case
from tests.chaintrace.adapters.evm_rpc.chain_node import Node
from tests.chaintrace.adapters.tron_node import node as tron_node
from tests.chaintrace.adapters.tron_node import test_tron_node as tron_node_case
from tests.chaintrace.adapters.trongrid import asked as trongrid
from tests.chaintrace.adapters.trongrid import test_faults as trongrid_case
from tests.chaintrace.adapters.tronscan import scan as tronscan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from chaintrace.adapters.network import Reply
    from chaintrace.model.provenance import Coverage
    from chaintrace.model.transaction import Leg
    from tests.hostile.server import Asked, Given

SCRIPT = "<script>alert(1)</script>"
NAMES = {"name", "symbol", "tokenName", "tokenSymbol", "tokenAbbr"}
MANY = 20_000
"""Logs that are more bytes than the door of the tests takes, as a million are more than that of a run."""


@dataclass(frozen=True)
class Way:
    """An adapter over a stand-in: `open` it in a folder, ask for a history, ask for a transaction with a log.

    `logs` is where logs stand: the question, the names
    that lead to the object that has them, and their own.
    """

    open: Callable[[Path], AbstractContextManager[Any]]
    history: Callable[[Any], Reply] | None
    transaction: Callable[[Any], Reply]
    logs: tuple[str, tuple[str, ...], str]


def _etherscan(adapter: str) -> Way:
    return Way(
        lambda folder: town.asked(folder, etherscan.story(), adapter=adapter),
        lambda a: a.history("thief"),
        lambda a: a.source.reply(MissingTransaction(town.CHAIN, a.books.mined[-1].txid), a.at),
        ("eth_getTransactionReceipt", ("result",), "logs"),
    )


WAYS = {
    "etherscan": _etherscan("etherscan"),
    "routescan": _etherscan("routescan"),
    "evm-rpc": Way(
        lambda folder: evm_rpc.asking(Node(evm_case.told()), folder),
        lambda a: a.source.reply(evm_case.QUESTION, a.source.status()),
        lambda a: a.source.reply(MissingTransaction("ethereum", next(iter(a.node.chain.receipts))), a.source.status()),
        ("eth_getTransactionReceipt", ("result",), "logs"),
    ),
    "blockscout": Way(
        lambda folder: blockscout.asked(folder, blockscout.story(1)),
        lambda a: a.history(blockscout.A, blockscout.USDT),
        lambda a: a.source.reply(MissingTransaction(blockscout.CHAIN, a.ledger.blocks[4].txs[0].txid), a.at),
        ("eth_getTransactionReceipt", ("result",), "logs"),
    ),
    "trongrid": Way(
        lambda folder: trongrid.asked(folder, trongrid_case.ledger(3)),
        lambda a: a.history(),
        lambda a: a.transaction(trongrid_case.PAYMENT["txID"]),
        ("/wallet/gettransactioninfobyid", (), "log"),
    ),
    "tronscan": Way(
        lambda folder: tronscan.scanning(folder, tronscan.many(3)),
        lambda a: a.history(),
        lambda a: a.about(1),
        ("/api/contracts/smart-contract-triggers-batch", (), "event_list"),
    ),
    "tron-node": Way(
        lambda folder: tron_node.asking(tron_node_case.small(), folder),
        None,
        lambda a: tron_node_case.about(a, tron_node_case.CALLED),
        ("/wallet/gettransactioninfobyid", (), "log"),
    ),
}
HISTORIES = [name for name, way in WAYS.items() if way.history is not None]


def fields(value: object, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The names that lead to each field; the rows of a list count as one."""
    if isinstance(value, list):
        for one in value:
            yield from fields(one, before)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield (*before, name)
            yield from fields(inner, (*before, name))


def changed(value: Any, path: tuple[str, ...], how: Callable[[dict[str, Any], str], object]) -> None:
    """Change a field, in every row of the lists on the way."""
    if isinstance(value, list):
        for one in value:
            changed(one, path, how)
    elif isinstance(value, dict) and path[0] in value:
        if len(path) == 1:
            how(value, path[0])
        else:
            changed(value[path[0]], path[1:], how)


def question(asked: Asked) -> str:
    """What was asked, whatever it was asked about."""
    action = re.search(r"[?&]action=(\w+)", asked.path)
    plain = re.sub(r"0x[0-9a-f]+|(?<=/)T\w{33}", "…", asked.path.partition("?")[0])
    return asked.call or (action[1] if action else plain)


def edited(on: str, path: tuple[str, ...], how: Callable[[dict[str, Any], str], object]) -> Callable[..., Given]:
    """A change of a field in the answers to one question."""

    def change(asked: Asked, given: Given) -> Given:
        if question(asked) != on:
            return given
        told = json.loads(given.body)
        changed(told, path, how)
        return replace(given, body=json.dumps(told).encode())

    return change


def moved(reply: Reply, of: Coverage) -> list[tuple[str, bool, int]]:
    """What the account of a history gained in each transaction, in order: txid, whether in a block, base units."""
    (address,), (contract,) = of.addresses, of.contracts

    def gained(legs: Iterable[Leg]) -> int:
        mine = [leg for leg in legs if leg.address == address and leg.holding.asset.contract == contract]
        return sum(leg.value for leg in mine)

    return [
        (one.txid, one.block is not None, sum(gained(each.outputs) - gained(each.inputs) for each in one.transfers))
        for one in reply.transactions
    ]


def told(folder: Path, way: Way) -> tuple[Reply, dict[str, set[tuple[str, ...]]]]:
    """The history as it is, and the fields of every answer that it takes."""
    seen: dict[str, set[tuple[str, ...]]] = {}

    def note(asked: Asked, given: Given) -> Given:
        seen.setdefault(question(asked), set()).update(fields(json.loads(given.body)))
        return given

    with way.open(folder) as a:
        a.server.change(note)
        reply = way.history(a)
        assert [coverage.how for coverage in reply.coverage] == ["balance equal"]
        return reply, seen


@pytest.mark.parametrize("name", HISTORIES)
def test_a_field_that_is_missing_makes_no_other_history_without_a_word(tmp_path, name):
    way = WAYS[name]
    whole, seen = told(tmp_path / "whole", way)
    (of,) = whole.coverage
    refused = 0
    for on, paths in seen.items():
        for number, path in enumerate(sorted(paths)):
            with way.open(tmp_path / f"{on.replace('/', ' ')} {number}") as a:
                a.server.change(edited(on, path, dict.pop))
                try:
                    reply = way.history(a)
                except AdapterError:
                    refused += 1
                    continue
            said = reply.still_missing or any(coverage.how == "claimed" for coverage in reply.coverage)
            assert said or moved(reply, of) == moved(whole, of), (on, path)
            assert not said or reply.gaps, (on, path)
    assert refused > 5


@pytest.mark.parametrize("name", [name for name in HISTORIES if name != "evm-rpc"])
def test_a_token_whose_name_is_a_script_is_the_same_token_and_its_name_goes_nowhere(tmp_path, name):
    """`evm-rpc` reads names by a question of their own (`test_observing.py`)."""
    way = WAYS[name]
    token = (lambda a: a.history("other", town.TOKEN)) if name in town.PATHS else way.history

    def spoil(given: Given) -> Given:
        answer = json.loads(given.body)
        for path in {path for path in fields(answer) if path[-1] in NAMES}:
            changed(answer, path, lambda row, field: row.update({field: SCRIPT}))
        return replace(given, body=json.dumps(answer).encode())

    with way.open(tmp_path / "whole") as a:
        whole = token(a)
    with way.open(tmp_path / "script") as a:
        bodies: list[bytes] = []
        a.server.change(lambda _, given: bodies.append(spoil(given).body) or spoil(given))
        reply = token(a)
    assert any(SCRIPT.encode() in body for body in bodies)
    (of,) = whole.coverage
    assert moved(reply, of) == moved(whole, of) != []
    assert [coverage.how for coverage in reply.coverage] == ["balance equal"]
    assert SCRIPT not in repr(reply)


@pytest.mark.parametrize("name", WAYS)
def test_a_transaction_with_a_million_logs_is_cut_off_and_not_read(tmp_path, name):
    way = WAYS[name]
    on, path, logs = way.logs

    def fill(asked: Asked, given: Given) -> Given:
        if question(asked) != on:
            return given
        told = within = json.loads(given.body)
        for one in path:
            within = within[one]
        within[logs] = [{"data": "00" * 32}] * MANY
        return replace(given, body=json.dumps(told).encode())

    with way.open(tmp_path / "whole") as a:
        assert way.transaction(a).transactions
    with way.open(tmp_path / "many") as a:
        a.server.change(fill)
        with pytest.raises(Malformed, match="sends more than the 1,048,576 bytes") as caught:
            way.transaction(a)
    assert "ask another source" in str(caught.value)
