"""What is said of every recorded receipt: the page says it, and the pairs that are known are found."""

from __future__ import annotations

import csv
import json
from collections import Counter

import pytest

from benchmarks import protocols_page
from benchmarks.receipts import RECEIPTS, view
from chaintrace.adapters.evm import evm_chain_of
from heuristics.continuations.arguments import Said
from heuristics.continuations.bridge import bridge
from heuristics.continuations.swap import swap
from heuristics.continuations.wrap import wrap

SWAPS = (
    "1inch", "cowswap", "kyber", "magpie", "metamask", "odos_v2", "openocean", "paraswap", "paraswap_v6", "rainbow",
    "uniswapv2", "uniswapv3", "uniswapv4", "sushiswap", "zerox",
)  # fmt: skip
"""Folders of protocols whose transactions are swaps, all but these."""
NO_SWAP = {
    "0x0fa7c5936310", "0x68927e822317", "0xb37be7c154ef", "0x424f29ad7b86",  # orders placed, withdrawn, paid back
    "0xc7c9b85ba66e", "0xedc73ef9cec8",  # two assets go at once
    "0x3bd3fa946e7d",  # the native asset is wrapped
    "0x7d78887e1f61", "0x0e50e7374e0f",  # claims
    "0x2ce6f92f4020", "0x72f93bd7801c", "0x00007120e528", "0x6bf3588f669a", "0xdb9a489fa040",  # liquidity
    "0xe65d2fe847aa", "0x550832040e57", "0xd96f3bdbdcb2",  # liquidity
    "0xaaa23c4ce149",  # an order that is placed
}  # fmt: skip
TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"


@pytest.fixture(scope="module")
def held(shared):
    assert shared.is_dir()
    return view()


def test_the_page_says_what_the_rules_say_now(shared, root):
    assert shared.is_dir()
    assert (root / "docs" / "protocols.md").read_text("utf-8") == protocols_page.page()


def test_every_receipt_of_a_swap_yields_the_legs_of_whoever_swapped(held):
    without = {
        one.transaction.txid[:14] for one in held.told if one.folder in SWAPS and not list(swap(one.transaction, held))
    }
    assert without == NO_SWAP


def test_what_a_swap_says_went_and_came_is_what_the_raw_logs_say(held):
    counted = Counter()
    for one in held.told:
        for finding in swap(one.transaction, held):
            raw = json.loads((next(RECEIPTS.glob(f"*/*{one.transaction.txid}.json"))).read_text("utf-8"))
            net = Counter()
            for log in raw["receipt"]["logs"]:
                if log["topics"][:1] == [TRANSFER] and len(log["topics"]) == 3:
                    value = int(log["data"], 16)
                    net["0x" + log["topics"][1][-40:], log["address"]] -= value
                    net["0x" + log["topics"][2][-40:], log["address"]] += value
            payer = finding.text.split()[0]
            net[one.sent.sender, "the native asset"] -= int(raw["tx"]["value"], 16)
            for line in finding.details[:2]:
                word, value, *_, contract = line.replace("the native asset", "the-native-asset").split()
                known = net[payer if word == "gave" else finding.recipient, contract.replace("-", " ")]
                if word in {"gave", "got"}:
                    assert known == (-int(value) if word == "gave" else int(value)), one.transaction.txid
                    counted[word] += 1
    assert counted["gave"] > 100
    assert counted["got"] > 70


def test_no_receipt_of_a_payment_a_share_or_a_signature_is_a_continuation(held):
    for one in held.told:
        if one.folder in {"monerium", "safe", "aura_finance", "main", "relay", "crosscurve"}:
            assert [*swap(one.transaction, held), *wrap(one.transaction, held), *bridge(one.transaction, held)] == []


def test_every_pair_of_receipts_that_is_known_is_found_from_both_sides(held, shared):
    lines = (shared / "data/evm/bridge-pairs/receipt_pairs.csv").read_text("utf-8").splitlines()
    pairs = list(csv.DictReader(lines))
    assert len(pairs) >= 3
    for pair in pairs:
        here, there = (evm_chain_of(int(pair[name])).name for name in ("src_chain", "dst_chain"))
        for chain, txid in ((here, pair["src_tx"]), (there, pair["dst_tx"])):
            [finding] = [one for one in bridge(held.transaction(chain, txid), held) if one.incoming]
            assert (finding.subject, finding.object) == (pair["src_tx"], pair["dst_tx"])
            assert [leg.chain for leg in finding.incoming] == [there]


OTHER_LOGS = {
    ("arbitrum", "0x1231deb6f5749ef6ce6943a275a1d3e7486f4eae"): "it calls a bridge there, and exchanges nothing itself",
    ("ethereum", "0x000000000004444c5dc75cb358380d2e3de08a90"): "liquidity changes there; its row is about swaps",
    ("ethereum", "0x0a992d191deec32afe36203ad87d7d289a738f81"): "it sends there; its row is about what it receives",
    ("polygon", "0x0000000000000000000000000000000000001010"): "it logs fees there; its row is about what is burned",
    ("optimism", "0x4d41f22c5a0e5c74090899e5a8fb597a8842b3e8"): "it sends there; its row is about what it receives",
}
"""Contracts of the table that occur in the receipts with other logs than those that its rows read, and why."""


def test_contracts_that_occur_in_the_receipts_log_there_what_their_rows_say(held):
    logged = {(log.chain, log.emitter, log.topic) for one in held.told for log in one.logs}
    called = {(one.sent.chain, one.sent.to) for one in held.told}
    emitters = {(chain, emitter) for chain, emitter, _ in logged}
    rows = [row for row in held.known.rows if row.contract]
    occurring = {(row.chain, row.contract) for row in rows} & (emitters | called)
    heard = {
        (row.chain, row.contract) for row in rows if not row.topic or (row.chain, row.contract, row.topic) in logged
    }
    assert len(occurring) > 130
    assert occurring - called - heard == set(OTHER_LOGS)


def test_every_log_of_a_contract_of_the_table_has_the_topics_and_the_data_of_its_row(held):
    for one in held.told:
        for log in one.logs:
            rows = held.known.at(log.chain, log.emitter, log.topic)
            assert not rows or any(Said(log, row, held.known).fits for row in rows), (log.txid, rows[0].name)
