"""The adapter `transactions-jsonl`: UTXO transactions, one a line, and how each wrong line is refused."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pytest

from chaintrace.adapters import ADAPTERS, SourceSpec
from chaintrace.errors import InputError
from chaintrace.model.chain import MAX_VALUE, OutPoint
from chaintrace.model.transaction import PENDING_RANK, utxo_fee
from chaintrace.store import FileArchive

A, B, C, D = ("a" * 64, "b" * 64, "c" * 64, "d" * 64)
P2WPKH = "001402b3c01c2e2d1f6f8658ebb84af251293758de1a"
P2WPKH_ADDRESS = "bc1qq2euq8pw950klpjcawuy4uj39ym43hs6cfsegq"
P2PK = (
    "4104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba"
    "0b8d578a4c702b6bf11d5fac"
)
GENESIS_ADDRESS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"


@pytest.fixture
def read(tmp_path):
    archive = FileArchive(tmp_path / "archive", lambda: datetime(2026, 1, 1, tzinfo=UTC))

    def opened(*lines, chain="bitcoin", complete="all", first_row=0, raw=None):
        path = tmp_path / "transactions.jsonl"
        text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
        path.write_bytes(text.encode() if raw is None else raw)
        spec = SourceSpec("transactions-jsonl", chain, path, "transactions.jsonl", complete, first_row)
        source = ADAPTERS["transactions-jsonl"].open(spec, archive, tmp_path)
        return list(source.transactions()), source

    return opened


def coins(txid=A, value=50, height=1, index=0, **more):
    return {
        "txid": txid,
        "block_height": height,
        "block_index": index,
        "time": 1600000000 + (height or 0),
        "coinbase": True,
        "outputs": [{"n": 0, "value": value, "address": GENESIS_ADDRESS}],
        **more,
    }


def spend(txid, *spent, outputs=(40,), height=2, index=0, **more):
    return {
        "txid": txid,
        "block_height": height,
        "block_index": index,
        "time": 1600000000 + (height or 0),
        "inputs": [{"prev_txid": prev, "prev_vout": vout} for prev, vout in spent],
        "outputs": [{"n": n, "value": value} for n, value in enumerate(outputs)],
        **more,
    }


def test_a_line_is_a_transaction_whose_inputs_the_file_itself_completes(read):
    (first, second), source = read(coins(script=None), spend(B, (A, 0)))
    transfer = second.utxo
    assert first.utxo.inputs == ()
    assert (transfer.kind, transfer.index, transfer.order) == ("utxo", "utxo", (2, 0, 0))
    assert (transfer.inputs[0].value, transfer.inputs[0].address) == (50, GENESIS_ADDRESS)
    assert transfer.inputs[0].holding == OutPoint("bitcoin", A, 0)
    assert transfer.outputs[0].holding == OutPoint("bitcoin", B, 0)
    assert (transfer.asset.contract, transfer.asset.name, transfer.asset.decimals) == ("", "BTC", 8)
    assert utxo_fee(transfer) == 10
    assert (second.height, second.time, second.status) == (2, 1600000002, "confirmed")
    (coverage,) = source.coverage()
    assert (coverage.start, coverage.end, coverage.height, coverage.time) == (1, 2, 2, 1600000002)
    assert coverage.covers("", "")
    assert source.gaps() == ()


def test_what_the_file_does_not_hold_stays_unknown(read):
    (transaction,), _ = read(spend(B, (A, 0)))
    assert transaction.utxo.inputs[0].value is None
    assert utxo_fee(transaction.utxo) is None


def test_a_script_gives_type_and_address(read):
    outputs = [
        {"value": 1, "script": P2WPKH},
        {"value": 2, "script": P2PK.upper(), "address": GENESIS_ADDRESS, "type": "pubkey"},
        {"value": 0, "script": "6a0568656c6c6f"},
        {"value": 0, "type": "op_return"},
    ]
    (transaction,), _ = read(coins(outputs=outputs))
    legs = transaction.utxo.outputs
    assert [(leg.index, leg.address, leg.script_type) for leg in legs[:3]] == [
        (0, P2WPKH_ADDRESS, "p2wpkh"),
        (1, GENESIS_ADDRESS, "p2pk"),
        (2, "", "nulldata"),
    ]
    assert [leg.holding is None for leg in legs] == [False, False, True, True]


def test_outputs_may_stand_in_any_order(read):
    (transaction,), _ = read(coins(outputs=[{"n": 1, "value": 7}, {"n": 0, "value": 8}]))
    assert [(leg.index, leg.value) for leg in transaction.utxo.outputs] == [(0, 8), (1, 7)]


def test_coinbases_as_nodes_write_them(read):
    entry = {"prev_txid": "0" * 64, "prev_vout": 2**32 - 1}
    transactions, _ = read(coins(A, inputs=[entry], coinbase=None), coins(B, height=2, inputs=[], coinbase=None))
    assert [tx.utxo.inputs for tx in transactions] == [(), ()]


def test_without_heights_the_lines_are_the_order(read):
    lines = [coins(B, height=None, index=7), coins(A, height=None, index=3)]
    transactions, source = read(*lines, first_row=10)
    assert [(tx.txid, tx.utxo.order, tx.status) for tx in transactions] == [
        (B, (0, 10, 0), "confirmed"),
        (A, (0, 11, 0), "confirmed"),
    ]
    assert (source.coverage()[0].height, source.coverage()[0].end) == (None, 0)


def test_without_heights_a_child_follows_its_parent(read):
    lines = [spend(C, (B, 0), height=None, outputs=(30,)), coins(D, height=None), spend(B, (A, 0), height=None)]
    transactions, source = read(*lines, coins(A, height=None))
    assert [(tx.txid, tx.position) for tx in transactions] == [(D, 0), (A, 1), (B, 2), (C, 3)]
    assert source.gaps() == ()


def test_a_child_before_its_parent_in_one_block_is_put_behind_it(read):
    transactions, source = read(spend(B, (A, 0), height=1, index=0), coins(A, index=1), coins(C, index=2))
    assert [(tx.txid, tx.utxo.order) for tx in transactions] == [(A, (1, 0, 0)), (B, (1, 1, 0)), (C, (1, 2, 0))]
    assert source.gaps() == ()


def test_block_index_orders_a_block_and_rows_do_where_one_is_missing(read):
    transactions, _ = read(coins(A, index=5), coins(B, index=2), coins(C, height=2, index=None), coins(D, height=2))
    assert [(tx.txid, tx.position) for tx in transactions] == [(B, 2), (A, 5), (C, 2), (D, 3)]


def test_heights_that_contradict_a_spend_are_a_gap(read):
    transactions, source = read(coins(A, height=5), spend(B, (A, 0), height=3))
    (gap,) = source.gaps()
    assert (gap.kind, gap.subject, gap.effect_value) == ("order", B, None)
    assert "stands at height 3 in transactions.jsonl" in gap.text
    assert "a transaction at height 5" in gap.text
    assert [tx.txid for tx in transactions] == [B, A]


def test_a_null_height_among_heights_is_pending(read):
    transactions, source = read(spend(B, (A, 0), height=None), coins(A))
    assert [(tx.txid, tx.status) for tx in transactions] == [(A, "confirmed"), (B, "pending")]
    assert transactions[1].block is None
    assert transactions[1].utxo.order[0] == PENDING_RANK
    assert source.coverage()[0].end == 1


def test_a_pending_transaction_may_compete_with_a_confirmed_one(read):
    transactions, _ = read(coins(A), spend(B, (A, 0)), spend(C, (A, 0), height=None))
    assert [tx.status for tx in transactions] == ["confirmed", "confirmed", "pending"]


def test_a_repeat_is_one_transaction(read):
    transactions, _ = read(coins(A), "", coins(A))
    assert [tx.txid for tx in transactions] == [A]


def test_gzip_is_read_as_it_is(read):
    transactions, _ = read(raw=gzip.compress(json.dumps(coins(A)).encode()))
    assert [tx.txid for tx in transactions] == [A]


def test_other_chains_have_opaque_words(read):
    lines = [
        {"txid": "t1", "outputs": [{"value": 5, "address": "Alice", "script": "lock 1"}]},
        {"txid": "t2", "inputs": [{"prev_txid": "t1", "prev_vout": 0}], "outputs": [{"value": MAX_VALUE}]},
    ]
    lines[0]["outputs"][0]["value"] = MAX_VALUE
    (first, second), _ = read(*lines, chain="mychain")
    assert first.utxo.outputs[0].address == "Alice"
    assert (second.utxo.inputs[0].value, second.utxo.asset.name) == (MAX_VALUE, "mychain")
    assert second.utxo.asset.decimals is None


def test_keys_of_another_form_beside_our_own_are_passed_over(read):
    told, _ = read({**coins(A), "vin": 0, "vout": 1})
    assert [one.txid for one in told] == [A]


def output(**entry):
    return coins(B, outputs=[{"n": 0, "value": 1, **entry}])


WRONG = [
    ("{", "this is no JSON"),
    ("[]", "this is JSON but no object"),
    ("[" * 100_000, "it is nested too deep"),
    ('{"txid": 1' + "0" * 5000 + "}", "this is no JSON (a number is too long)"),
    (json.dumps(coins(B))[:-1] + ', "txid": "' + C + '"}', '"txid" stands twice in one object'),
    (json.dumps(output(n=0)).replace('"n": 0', '"n": 0, "n": 1'), '"n" stands twice in one object'),
    ({"txid": B, "vin": [], "vout": [], "version": 2}, "as nodes and Esplora servers write it, with vin and vout"),
    (coins(txid=None), "txid is missing"),
    (coins(txid=7), "txid is 7: it must be text"),
    (coins(txid="\ud800"), 'txid is "\\ud800": it holds a control character or half a character'),
    (output(address="a\tb"), "it holds a control character"),
    (coins(txid="ab"), "txid is wrong: 'ab' is no bitcoin txid"),
    (coins(B, height=-1), "block_height is -1"),
    (coins(B, block_height="5"), 'block_height is "5": it must be a whole number'),
    (coins(B, block_index=True), "block_index is true"),
    (coins(B, block_hash="xyz"), 'block_hash is "xyz": it must be 64 hex digits'),
    (coins(B, time=1.5), "time is 1.5"),
    (coins(B, time=1600000000000), "is it in milliseconds?"),
    (coins(B, time="yesterday"), "time is 'yesterday'"),
    (coins(B, coinbase="yes"), 'coinbase is "yes": it must be true or false'),
    (coins(B, coinbase=False), "it spends nothing and coinbase is false"),
    (coins(B, outputs=[]), "outputs is empty"),
    (coins(B, outputs=None), "outputs is empty"),
    (coins(B, outputs={}), "outputs is {}: it must be a list"),
    (coins(B, outputs=[5]), "outputs must be a list of objects"),
    (output(value=None), "outputs[0]: value is missing"),
    (output(value=1.0), "outputs[0]: value is 1.0: it must be a whole number"),
    (output(value="1"), 'outputs[0]: value is "1"'),
    (output(value=True), "outputs[0]: value is true"),
    (output(value=-1), "outputs[0]: value is -1"),
    (output(value=MAX_VALUE + 1), "it must lie between 0 and 2^256-1"),
    (output(n=1), "outputs: n must count from 0 to 0, each once"),
    (output(address=GENESIS_ADDRESS[:-1] + "b"), "is no bitcoin address"),
    (output(script="5"), 'script is "5": it must be hex'),
    (output(script="00 14"), 'script is "00 14": it must be hex'),
    (output(script=P2WPKH, address=GENESIS_ADDRESS), f"but the script pays {P2WPKH_ADDRESS}"),
    (spend(B, (A, 1)), "inputs[0] spends " + A + ":1, but line 1 has 1 outputs"),
    (spend(B, (A, 0), (A, 0)), "one output is spent twice in this transaction"),
    (spend(B, (A, 0), outputs=(51,)), B + " pays out 51 and spends 50"),
    (spend(B, (B, 0)), "spends, over others, what it pays itself"),
    (spend(B, inputs=[{"prev_txid": A, "prev_vout": 0, "value": 49}]), "value is 49, but the output that it spends"),
    (spend(B, inputs=[{"prev_txid": A, "prev_vout": 0, "address": P2WPKH_ADDRESS}]), "(line 1) has " + GENESIS_ADDRESS),
    (spend(B, inputs=[{"prev_txid": A}]), "inputs[0]: prev_vout is missing"),
    (spend(B, inputs=[{"prev_vout": 0}, {"prev_vout": 0}]), "inputs[0]: prev_txid is missing"),
    (coins(A, value=51), A + " stands in line 1 with other contents"),
]


@pytest.mark.parametrize(("line", "sentence"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_line_is_refused_with_file_and_line(read, line, sentence):
    with pytest.raises(InputError) as caught:
        read(coins(A), line)
    assert str(caught.value).startswith("transactions.jsonl, line 2: ")
    assert sentence in str(caught.value)


def test_an_output_is_spent_once(read):
    with pytest.raises(InputError, match=r"line 3: a{64}:0 is spent here and in line 2"):
        read(coins(A), spend(B, (A, 0)), spend(C, (A, 0), height=3))


def test_a_circle_of_spends_is_refused(read):
    with pytest.raises(InputError, match="no chain has such a circle"):
        read(spend(A, (B, 0), height=1), spend(B, (A, 0), height=2))


def test_a_file_without_a_transaction_is_refused(read):
    with pytest.raises(InputError, match=r"^transactions\.jsonl: the file holds no transaction$"):
        read("", "")


def test_a_gzip_that_is_cut_short_is_refused_with_the_line_that_it_reached(read):
    many = "".join(json.dumps(coins(f"{n:064x}", height=n)) + "\n" for n in range(2000))
    with pytest.raises(InputError, match=r"line \d+: the gzip stream is cut short") as caught:
        read(raw=gzip.compress(many.encode())[:-2000])
    assert caught.value.line > 1


@pytest.mark.parametrize("case", ["first-payments", "colonial-pipeline"])
def test_the_shipped_cases_are_read_whole(case, data, tmp_path):
    path = data / "cases" / case / "transactions.jsonl"
    archive = FileArchive(tmp_path / "archive", lambda: datetime(2026, 1, 1, tzinfo=UTC))
    spec = SourceSpec("transactions-jsonl", "bitcoin", path, "t.jsonl", "all")
    source = ADAPTERS["transactions-jsonl"].open(spec, archive, tmp_path)
    transactions = list(source.transactions())
    assert len(transactions) == {"first-payments": 605, "colonial-pipeline": 3}[case]
    assert all(leg.value is not None for tx in transactions for leg in tx.utxo.inputs)


@pytest.mark.parametrize("name", ["wasabi1_2018", "whirlpool_202403", "whirlpool_tx0"])
def test_real_coinjoins_are_read_and_their_addresses_agree_with_their_scripts(name, shared, tmp_path):
    path = shared / "data" / "bitcoin" / "coinjoin" / f"{name}.jsonl.gz"
    archive = FileArchive(tmp_path / "archive", lambda: datetime(2026, 1, 1, tzinfo=UTC))
    spec = SourceSpec("transactions-jsonl", "bitcoin", path, "t.jsonl.gz", "all")
    transactions = list(ADAPTERS["transactions-jsonl"].open(spec, archive, tmp_path).transactions())
    assert transactions
    place = {tx.txid: tx.utxo.order for tx in transactions}
    for transaction in transactions:
        for leg in transaction.utxo.inputs:
            assert place.get(leg.holding.txid, (0, -1, 0)) < transaction.utxo.order
