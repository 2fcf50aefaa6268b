"""The stand-in is worth nothing unless it speaks as the real server does."""

from __future__ import annotations

import json

from chaintrace.adapters.bitcoin.proofs import GENESIS
from chaintrace.addresses import script_address
from tests.hostile.esplora_ledger import Ledger, pay, payment, txid
from tests.hostile.esplora_server import Esplora

REAL = "bitcoin/esplora/colonial_ransom_{}.json"


def ransom() -> tuple[Esplora, str]:
    """Somebody is paid twice and spends it, among others' transactions."""
    ledger = Ledger()
    ledger.mine(to=pay("victim"))
    first = payment([(ledger.coinbase(1), 0)], [(10 * 10**8, pay("thief")), (39 * 10**8, pay("victim"))])
    second = payment([(txid(first), 1)], [(5 * 10**8, pay("thief"))])
    ledger.mine(first, second)
    ledger.mine(payment([(txid(first), 0), (txid(second), 0)], [(15 * 10**8, pay("mixer"))]))
    return Esplora(ledger), script_address(pay("thief"), "bitcoin-regtest")[1] or ""


def keys(value: object) -> object:
    """The shape of JSON: names and types."""
    if isinstance(value, dict):
        return {name: keys(inner) for name, inner in value.items()}
    return [keys(value[0])] if isinstance(value, list) and value else type(value).__name__


def test_the_ledger_begins_with_the_real_genesis_block_of_regtest():
    assert GENESIS[Ledger().tip] == "bitcoin-regtest"


def test_counters_have_the_shape_of_real_ones_and_count(shared):
    esplora, thief = ransom()
    real = json.loads((shared / "data" / REAL.format("stats")).read_text())
    said = json.loads(esplora.answer(f"/address/{thief}").body)
    assert keys(said) == keys(real)
    assert said["chain_stats"] == {
        "funded_txo_count": 2,
        "funded_txo_sum": 15 * 10**8,
        "spent_txo_count": 2,
        "spent_txo_sum": 15 * 10**8,
        "tx_count": 3,
    }


def test_transactions_have_nothing_that_real_ones_lack_and_come_newest_first(shared):
    esplora, thief = ransom()
    real = json.loads((shared / "data" / REAL.format("txs")).read_text())
    said = json.loads(esplora.answer(f"/address/{thief}/txs").body)
    assert [one["status"]["block_height"] for one in said] == [3, 2, 2]
    assert [one["status"]["block_height"] for one in real] == sorted(
        (one["status"]["block_height"] for one in real), reverse=True
    )
    for name in ("vin", "vout"):
        assert said[0][name][0].keys() <= real[0][name][0].keys()
    assert said[0].keys() <= real[0].keys()
    assert keys(said[0]["status"]) == keys(real[0]["status"])


def test_pages_go_on_behind_the_last_one_seen():
    esplora, thief = ransom()
    esplora.page = 2
    pages, last = [], ""
    while page := json.loads(esplora.answer(f"/address/{thief}/txs/chain{last}").body):
        pages.append([one["txid"] for one in page])
        last = f"/{page[-1]['txid']}"
    assert [len(page) for page in pages] == [2, 1]
    assert len({one for page in pages for one in page}) == 3


def test_what_is_not_there_is_said_in_the_words_of_electrs():
    esplora, _ = ransom()
    nothing = "11" * 32
    assert (esplora.answer(f"/tx/{nothing}/hex").status, esplora.answer(f"/tx/{nothing}/hex").body) == (
        404,
        b"Transaction not found",
    )
    assert esplora.answer("/block-height/99").body == b"Block not found"
    assert json.loads(esplora.answer(f"/tx/{nothing}/status").body) == {"confirmed": False}
    assert json.loads(esplora.answer(f"/tx/{nothing}/outspend/0").body) == {"spent": False}
    assert esplora.answer("/address/nonsense").status == 400
    esplora.most_unspent = 0
    mixer = script_address(pay("mixer"), "bitcoin-regtest")[1]
    assert esplora.answer(f"/address/{mixer}/utxo").body.startswith(b"Too many unspent transaction outputs (>0)")
