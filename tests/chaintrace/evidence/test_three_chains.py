"""One package with a payment of Bitcoin, a receipt of Ethereum and a transfer of TRON, each proven from raw bytes.

Bitcoin's block and its header chain, and Ethereum's block with all receipts, are real. TRON's transaction is real; no
recorded answer holds its block, so that one is made, signed by its witness (`test_tron_block.py` has a real one).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from chaintrace.case.result import open_case
from chaintrace.case.sealing import evidence
from chaintrace.evidence import verify_anchors, verify_chain
from chaintrace.evidence.verify import verify
from tests.chaintrace.adapters.evm_rpc.node import Node as EvmNode
from tests.chaintrace.adapters.tron.making import TIME, info
from tests.chaintrace.adapters.tron_node.node import Node as TronNode
from tests.chaintrace.evidence.packages import moment, repaired
from tests.chaintrace.evidence.recorded_case import BLOCK, RECEIPT, SENT, recorded
from tests.chaintrace.evidence.tampering import without_contents
from tests.chaintrace.evidence.test_header_chains import FIRST_PAYMENT, HOLDS_IT
from tests.chaintrace.evidence.tron_making import account, block_of, signed_by
from tests.hostile.server import HostileServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def real_transfer(shared: Path) -> dict[str, Any]:
    """A transfer of TRX as TronGrid told it, with the bytes that its txid is the hash of."""
    path = shared / "data/tron/trongrid-responses/v1_accounts_transactions.json"
    rows = json.loads(path.read_bytes())["data"]
    row = next(one for one in rows if one["raw_data"]["contract"][0]["type"] == "TransferContract")
    return {key: row[key] for key in ("txID", "raw_data", "raw_data_hex", "ret")}


@pytest.fixture(scope="module")
def package(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("three")
    block = recorded(shared, BLOCK)
    sent = {one["hash"]: one for one in block["transactions"]}
    record = {"chain_id": 1, "block_timestamp": int(block["timestamp"], 16), "tx": sent[SENT]}
    record["receipt"] = recorded(shared, RECEIPT.format(SENT))
    whole = {
        "eth_getBlockByHash": lambda params: block if params[0] == block["hash"] else None,
        "eth_getTransactionByHash": lambda params: sent.get(params[0]),
        "eth_getTransactionReceipt": lambda params: recorded(shared, RECEIPT.format(params[0])),
    }
    moved, tron = real_transfer(shared), TronNode()
    told = {**signed_by(account("a payer")[0], moved), "raw_data": moved["raw_data"]}
    tron.mine((told, info(told)))
    tron.blocks[1] = block_of([told], 1, (TIME + 3) * 1000)
    for _ in range(3):
        tron.mine()
    with HostileServer(EvmNode(record, whole).answer) as evm, HostileServer(tron.answer) as node:
        case = folder / "case"
        case.mkdir()
        (case / "firstblocks.blk").write_bytes((shared / "data/bitcoin/blocks/firstblocks.blk").read_bytes())
        (case / "case.toml").write_text(written(evm.url, node.url, [one for one in sent if one != SENT], moved["txID"]))
        open_case(case).follow(clock=moment)
        yield evidence(case, folder / "package", moment)


def written(evm: str, tron: str, others: list[str], transfer: str) -> str:
    """The case about three payments; the others are named so that the node is asked for their receipts too."""
    seeds = [("bitcoin", FIRST_PAYMENT, "index = 0"), ("ethereum", SENT, "index = 'value'")]
    seeds += [("ethereum", one, "") for one in others] + [("tron", transfer, "index = 'value'")]
    parts = [
        "[case]\nname = 'three chains'\nmethods = ['fifo']",
        "[[source]]\nchain = 'bitcoin'\nadapter = 'blocks'\npath = 'firstblocks.blk'",
        f"[[source]]\nchain = 'ethereum'\nadapter = 'evm-rpc'\nurl = '{evm}'\nreach = 'own'",
        f"[[source]]\nchain = 'tron'\nadapter = 'tron-node'\nurl = '{tron}'\nreach = 'own'",
        "[rules]\nuse = []",
    ]
    for number, (chain, txid, index) in enumerate(seeds):
        parts.append(f"[[seed]]\nchain = '{chain}'\norigin = 'payment {number}'\ntxid = '{txid}'\n{index}")
    return "\n\n".join(parts) + "\n"


def proofs(package: Path) -> dict[str, tuple[Path, dict[str, Any], dict[str, Any]]]:
    """By chain, the proof of the payment, its file and its line of facts."""
    facts = [json.loads(line) for line in (package / "data/facts.jsonl").read_text().splitlines()]
    found = {}
    for chain in ("bitcoin", "ethereum", "tron"):
        fact = next(one for one in facts if one["chain"] == chain and (chain != "ethereum" or one["txid"] == SENT))
        if chain == "bitcoin":
            fact = next(one for one in facts if one["txid"] == FIRST_PAYMENT)
        path = package / f"data/proofs/{chain}/{fact['txid']}.json"
        found[chain] = (path, json.loads(path.read_bytes()), fact)
    return found


def test_each_is_proven_against_the_hash_of_its_block(shared: Path, package: Path) -> None:
    said = verify(package)
    assert {layer: several for layer, several in said.failures.items() if several} == {}
    assert (package / "data/proofs/unproven.csv").read_text("utf-8-sig").splitlines()[1:] == []
    found = proofs(package)
    shown = {chain: " / ".join(verify_chain.check(proof, fact).shown) for chain, (_, proof, fact) in found.items()}
    assert f"stands at place 1 of block {HOLDS_IT}" in shown["bitcoin"]
    block = recorded(shared, BLOCK)["hash"]
    assert f"of block {block}, sent by 0x" in shown["ethereum"]
    assert "its receipt with" in shown["ethereum"]
    assert f"it stands in block {found['tron'][2]['block_hash']}" in shown["tron"]
    assert "is signed with the key of the witness" in shown["tron"]
    assert any(f"block {HOLDS_IT} is at height 170 of a chain" in note for note in said.notes["facts"])


def pieces(value: Any, where: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Every text of hexadecimal digits in a proof that stands for bytes of the chain, and where it stands."""
    if isinstance(value, dict | list):
        for key, below in value.items() if isinstance(value, dict) else enumerate(value):
            if key not in {"chain", "txid", "proof", "position", "index", "lacking", "witness_signature"} or where:
                yield from pieces(below, (*where, key))
    elif isinstance(value, str):
        yield where, value


def replaced(value: Any, where: tuple[Any, ...], text: str) -> Any:
    """A copy of a proof with another text at a place."""
    copy = json.loads(json.dumps(value))
    at = copy
    for key in where[:-1]:
        at = at[key]
    at[where[-1]] = text
    return copy


STEPS = {"bitcoin": 1, "ethereum": 61, "tron": 5}
"""Each how many bytes one is altered here; a proof of Ethereum takes a hundredth of a second. `make soak` takes all."""


def alter(package: Path, chain: str, step: int) -> int:
    """Alter raw bytes of a proof one at a time; each is found. How many there were."""
    _, proof, fact = proofs(package)[chain]
    tried = 0
    for where, text in pieces(proof):
        start = 2 if text.startswith("0x") else 0
        for at in range(start, len(text), 2 * step):
            byte = int(text[at : at + 2], 16) ^ 1 << (at // 2) % 8
            spoiled = replaced(proof, where, f"{text[:at]}{byte:02x}{text[at + 2 :]}")
            with pytest.raises(verify_chain.Failed):
                verify_chain.check(spoiled, fact)
            tried += 1
    return tried


@pytest.mark.parametrize("chain", STEPS)
def test_an_altered_raw_byte_is_found(package: Path, chain: str) -> None:
    assert alter(package, chain, STEPS[chain]) >= 25


@pytest.mark.soak
@pytest.mark.parametrize("chain", STEPS)
def test_every_altered_raw_byte_is_found(package: Path, chain: str) -> None:
    assert alter(package, chain, 1) > 300


def test_every_altered_byte_of_the_header_chain_is_found(package: Path) -> None:
    proof = json.loads((package / "data/proofs/bitcoin/headers-0.json").read_bytes())
    run = verify_anchors.headers(proof)
    assert run.start == 0
    assert HOLDS_IT in run.places
    for at in range(0, len(proof["headers"]), 2 * 251):
        byte = int(proof["headers"][at : at + 2], 16) ^ 1
        spoiled = {**proof, "headers": f"{proof['headers'][:at]}{byte:02x}{proof['headers'][at + 2 :]}"}
        with pytest.raises(verify_anchors.Failed):
            verify_anchors.headers(spoiled)


def test_a_package_with_an_altered_proof_does_not_hold_with_all_digests_mended(package: Path) -> None:
    for chain, (path, proof, _) in proofs(package).items():
        kept = {one: one.read_bytes() for one in package.rglob("*") if one.is_file()}
        where, text = max(pieces(proof), key=lambda piece: len(piece[1]))
        path.write_text(json.dumps(replaced(proof, where, text[:-1] + ("0" if text[-1] != "0" else "1"))) + "\n")
        without_contents(package)
        repaired(package)
        assert verify(package).failures["facts"], chain
        for one, content in kept.items():
            one.write_bytes(content)
