"""Both stores answer alike, whatever several sources tell: the same facts, or the same refusal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from chaintrace.errors import InputError
from chaintrace.model.chain import MAX_VALUE, Account, Asset, Block, OutPoint
from chaintrace.model.provenance import Source
from chaintrace.model.transaction import PENDING_RANK, Leg, Transaction, Transfer
from chaintrace.store import MemoryStore, SqliteStore

SOURCES = tuple(Source("transfers-csv", f"{n}.csv", str(n) * 64) for n in range(3))
NAMES = ("alice", "bob", "é💰", "a" * 64)
ASSETS = tuple(Asset("ledger", contract, contract, scale) for contract, scale in (("", 0), ("GOLD", None), ("x", 255)))
TXIDS = ("a" * 64, "b" * 64, "c" * 64, "t", "0x" + "d" * 64)
VALUES = st.one_of(st.integers(0, 3), st.integers(MAX_VALUE - 2, MAX_VALUE), st.integers(0, MAX_VALUE))


@st.composite
def payments(draw, row):
    txid = draw(st.sampled_from(TXIDS))
    time = 1_600_000_000 + TXIDS.index(txid) % 2
    transfers = []
    for place, index in enumerate(draw(st.lists(st.sampled_from("012"), min_size=1, max_size=3, unique=True))):
        asset = draw(st.sampled_from(ASSETS))
        value = draw(VALUES)
        sides = draw(st.sampled_from([(a, b) for a in ("", *NAMES) for b in ("", *NAMES) if a or b]))
        legs = [(Leg(value, Account(name, asset), name),) if name else () for name in sides]
        transfers.append(Transfer(index, "token", asset, *legs, (time, row, place)))
    return Transaction("ledger", txid, Block(None, "", time), row, tuple(transfers))


@st.composite
def moves(draw, row):
    txid = draw(st.sampled_from(TXIDS))
    asset = Asset("coins", "", "COIN", 8)
    parents = draw(st.lists(st.sampled_from([name for name in TXIDS if name < txid] or ["none"]), max_size=2))
    spent = dict.fromkeys((parent, draw(st.integers(0, 1))) for parent in parents)
    known = draw(st.one_of(st.none(), VALUES))
    inputs = tuple(Leg(known, OutPoint("coins", *out), "", n) for n, out in enumerate(spent))
    outputs = (
        Leg(draw(VALUES), OutPoint("coins", txid, 0), draw(st.sampled_from(["", "alice"])), 0, "", ""),
        Leg(0, None, "", 1, "nulldata", draw(st.sampled_from(["6a", "6A0", ""]))),
    )
    height = draw(st.sampled_from([1, 1, 1, 2, None]))
    rank = PENDING_RANK if height is None else height
    transfer = Transfer("utxo", "utxo", asset, inputs, outputs, (rank, row, 0))
    block = None if height is None else Block(height, draw(st.sampled_from(["", "e" * 64])), None)
    return Transaction("coins", txid, block, row, (transfer,), "pending" if block is None else "confirmed")


@st.composite
def tellings(draw):
    """For each source, transactions of which no two contradict: what an adapter hands over."""
    told = []
    for source in SOURCES:
        rows = draw(st.integers(0, 5))
        kind = draw(st.sampled_from([payments, moves]))
        found = {}
        for row in range(rows):
            transaction = draw(kind(row))
            found.setdefault(transaction.txid, replace(transaction, source=source))
        told.append(list(found.values()))
    return told


def answers(store, chosen):
    try:
        facts = store.facts(chosen)
    except InputError as error:
        return str(error)
    accounts = [Account(name, asset) for name in NAMES for asset in ASSETS]
    outpoints = [OutPoint("coins", txid, vout) for txid in TXIDS for vout in (0, 1)]
    return {
        "transactions": [facts.transaction(chain, txid) for chain in ("ledger", "coins") for txid in TXIDS],
        "sources": [tx and tx.source for txid in TXIDS for tx in [facts.transaction("ledger", txid)]],
        "listed": [list(facts.transactions(chain)) for chain in ("ledger", "coins")],
        "movements": [facts.movements(account) for account in accounts],
        "spenders": [facts.spender(outpoint) for outpoint in outpoints],
        "assets": [[(a, a.name, a.decimals) for a in facts.assets(chain)] for chain in ("ledger", "coins")],
    }


@given(told=tellings(), chosen=st.permutations(SOURCES), few=st.integers(0, 3))
def test_both_stores_answer_alike(told, chosen, few):
    memory = MemoryStore()
    with TemporaryDirectory() as folder:
        sqlite = SqliteStore(Path(folder) / "facts.sqlite")
        for source, transactions in zip(SOURCES, told, strict=True):
            for store in (memory, sqlite):
                store.add(transactions, source)
        kept, asked = answers(memory, chosen[:few]), answers(sqlite, chosen[:few])
        sqlite.close()
    if isinstance(kept, str) or isinstance(asked, str):
        assert isinstance(kept, str)
        assert isinstance(asked, str)
    else:
        assert asked == kept


@given(value=VALUES)
def test_every_value_up_to_the_largest_survives(value):
    asset = ASSETS[0]
    transfer = Transfer("0", "native", asset, (), (Leg(value, Account("a", asset), "a"),), (1_600_000_000, 0, 0))
    transaction = Transaction("ledger", "t", Block(None, "", 1_600_000_000), 0, (transfer,))
    with TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "facts.sqlite")
        store.add([transaction], SOURCES[0])
        assert store.facts(SOURCES).transaction("ledger", "t") == transaction
        store.close()
