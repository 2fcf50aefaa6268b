"""Every recorded receipt against a count that was written another way: a plain loop over the raw logs."""

from __future__ import annotations

import csv
from collections import Counter

from chaintrace.adapters.evm import decode, evm_chain_of, read_receipt, read_sent
from chaintrace.adapters.evm.records import ARBITRUM_RETRY
from chaintrace.adapters.evm.topics import SELECTORS, SIGNATURES
from tests.chaintrace.adapters.evm_rpc.node import NAMES, read, recorded

NOBODY = "0x" + "00" * 20
WRAPPERS = {
    (1, "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2"),
    (10, "0x4200000000000000000000000000000000000006"),
    (8453, "0x4200000000000000000000000000000000000006"),
    (56, "0xbb4cdb9cbd36b01bd1cbaebf2de08d9173bc095c"),
    (100, "0xe91d153e0b41518a2ce8dd3d7944fa863463a97d"),
    (137, "0x0d500b1d8e8ef31e21c99d1db9a6444d3adf1270"),
    (534352, "0x5300000000000000000000000000000000000004"),
}

COINS = {(10, "0xdeaddeaddeaddeaddeaddeaddeaddeaddead0000"), (137, "0x0000000000000000000000000000000000001010")}


def topic(signature: str) -> str:
    from web3 import Web3

    return Web3.to_hex(Web3.keccak(text=signature))


def test_topics_follow_from_their_signatures(shared):
    from web3 import Web3

    assert {topic(signature): signature for signature in SIGNATURES.values()} == dict(SIGNATURES)
    lines = (shared / "data/evm/event_topics.csv").read_text("utf-8").splitlines()
    listed = {row["topic0"] for row in csv.DictReader(lines)}
    known = {one: signature for one, signature in SIGNATURES.items() if one in listed}
    assert len(known) >= 6
    for found, selector in SELECTORS.items():
        name = SIGNATURES[found].lower()
        assert bytes(Web3.keccak(text=name)[:4]) == selector


def recounted(record: dict) -> tuple[Counter, Counter, Counter]:
    """What each address gains of each contract, and what is made and destroyed of each, by the raw logs alone."""
    gained, made, gone = Counter(), Counter(), Counter()
    transfer, deposit, withdrawal = map(
        topic, ("Transfer(address,address,uint256)", "Deposit(address,uint256)", "Withdrawal(address,uint256)")
    )
    logs = record["receipt"]["logs"]
    for log in logs:
        contract, first, *rest = log["address"], *log["topics"], *(["0x"] if not log["topics"] else [])
        if (record["chain_id"], contract) in COINS:
            continue  # the native asset's
        if first == transfer:
            sender, receiver = ("0x" + word[-40:] for word in rest[:2])
            value = 1 if len(rest) == 3 else int(log["data"], 16)
        elif first in {deposit, withdrawal} and (record["chain_id"], contract) in WRAPPERS:
            party, value = "0x" + rest[0][-40:], int(log["data"], 16)
            sender, receiver = (NOBODY, party) if first == deposit else (party, NOBODY)
            if any(
                other["address"] == contract
                and other["topics"][:1] == [transfer]
                and ["0x" + word[-40:] for word in other["topics"][1:]] == [sender, receiver]
                and int(other["data"], 16) == value
                for other in logs
            ):
                continue
        else:
            continue
        for party, sign, total in ((sender, -1, made), (receiver, 1, gone)):
            if party == NOBODY:
                total[contract] += value
            else:
                gained[contract, party] += sign * value
    return gained, made, gone


def test_every_receipt_is_decoded_and_balances(shared):
    chains, kinds = Counter(), Counter()
    for path in recorded(shared):
        record = read(path)
        chain = evm_chain_of(record["chain_id"])
        sent = read_sent(record["tx"], record["tx"]["hash"])
        found = decode(chain, sent, read_receipt(record["receipt"], sent), record["block_timestamp"]).transaction
        chains[found.chain] += 1
        kinds.update(one.kind for one in found.transfers)
        gained, made, gone = Counter(), Counter(), Counter()
        for one in found.transfers:
            if contract := one.asset.collection:
                gained.update({(contract, leg.address): leg.value for leg in one.outputs})
                gained.subtract({(contract, leg.address): leg.value for leg in one.inputs})
                made[contract] += 0 if one.inputs else one.value
                gone[contract] += 0 if one.outputs else one.value
        theirs = recounted(record)
        assert [+gained, +made, +gone] == [+part for part in theirs], path.name
        assert -gained == -theirs[0]
        sums = Counter()
        for (contract, _), value in gained.items():
            sums[contract] += value
        for contract, value in sums.items():
            assert value == made[contract] - gone[contract], path.name
    assert set(chains) == set(NAMES.values())
    assert chains.total() == 254
    assert min(kinds[kind] for kind in ("fee", "native", "token", "mint", "burn")) >= 40


def test_names_orders_and_fees_are_those_of_the_method(shared):
    for path in recorded(shared):
        record = read(path)
        receipt = record["receipt"]
        sent = read_sent(record["tx"], record["tx"]["hash"])
        chain = evm_chain_of(record["chain_id"])
        found = decode(chain, sent, read_receipt(receipt, sent), record["block_timestamp"]).transaction
        names = [one.index for one in found.transfers]
        assert len(set(names)) == len(names)
        assert names[0] == ("mint" if sent.type == ARBITRUM_RETRY else "fee")
        assert [one.order for one in found.transfers] == [
            (found.height, found.position, place) for place in range(len(names))
        ]
        logs = [int(name.removeprefix("log:")) for name in names if name.startswith("log:")]
        assert logs == sorted(logs)
        paid = int(receipt["gasUsed"], 16) * int(receipt["effectiveGasPrice"], 16) + int(
            receipt.get("l1Fee", "0x0"), 16
        )
        (cost,) = [one for one in found.transfers if one.kind == "fee"]
        assert (cost.value, cost.inputs[0].address) == (paid, record["tx"]["from"])
        if receipt["status"] == "0x0":
            assert (found.status, names) == ("failed", ["fee"])
