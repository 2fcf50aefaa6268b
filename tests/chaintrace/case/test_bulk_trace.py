"""A bulk trace from files: the published table to the unit, both engines, what is refused, and in which words."""

from __future__ import annotations

import csv
import re
import tracemalloc
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chaintrace.bulk.trace_coding import coded
from chaintrace.bulk.trace_table import About, TransferRow, TransferTable, write
from chaintrace.case.bulk_trace import Asked, Traced, trace
from chaintrace.case.bulk_transfers import is_prepared, prepare
from chaintrace.errors import InputError, OutputError

HEADER = "chain,txid,index,height,time,asset,decimals,from,to,value\n"
SEEDS = "chain,txid,index,origin,return_address\n"
USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
EXCHANGES = {"TNaRAoLU": 0, "TAUN6Fwr": 1, "TM1zzNDZ": 2, "TV6MuMXf": 3}
PUBLISHED = {
    ("fifo", "A"): (53302030288, 45997901685, 0, 0, 700068027, 0),
    ("fifo", "B"): (30000000000, 1685290070, 52313709930, 0, 6001000000, 0),
    ("lifo", "A"): (52163808245, 46006901685, 0, 0, 1829290070, 0),
    ("lifo", "B"): (0, 0, 48651000000, 0, 41349000000, 0),
    ("libr", "A"): (52163808245, 45997905774, 686053329, 1, 1152232651, 0),
    ("libr", "B"): (0, 285915, 47964946671, 50, 42034767349, 15),
    ("haircut", "A"): (50301471564, 46009689529, 46370404, 0, 3642468503, 0),
    ("haircut", "B"): (8729129743, 7482169350, 50078890918, 0, 23709809989, 0),
}
"""Per method and payment: Huobi 1, Binance-Hot 1, Okex 1, Binance-Hot 2, history not in the sources, resting."""


def ledger(folder: Path, *rows: tuple, seeds: str = "led,t1,,theft,\n") -> Asked:
    """A small ledger: (txid, index, from, to, value) of the asset X, a second apart; and its seeds."""
    first = {row[0]: at for at, row in reversed(list(enumerate(rows)))}
    lines = [f"led,{row[0]},{row[1]},,{1_600_000_000 + first[row[0]]},X,0,{row[2]},{row[3]},{row[4]}" for row in rows]
    (folder / "t.csv").write_text(HEADER + "\n".join(lines) + "\n", "utf-8")
    (folder / "seeds.csv").write_text(SEEDS + seeds, "utf-8")
    return Asked(folder / "t.csv", folder / "seeds.csv", "fifo", "all")


def again(asked: Asked, **changes) -> Traced:
    return trace(Asked(**{**{name: getattr(asked, name) for name in Asked.__dataclass_fields__}, **changes}))


def told(found: Traced) -> Counter:
    sums: Counter = Counter()
    for line in found.answer.outcomes.to_pylist():
        sums[line["origin"], line["outcome"], line["address"]] += int(line["value"])
    return sums


@pytest.fixture(scope="module")
def tron(data, tmp_path_factory) -> Asked:
    """The shipped case as a Parquet: 10,525 transfers, 40 wallets with complete histories, tags that stop."""
    case, folder = data / "cases" / "tron-usdt", tmp_path_factory.mktemp("tron")
    prepare(case / "transfers.csv", "tron", folder / "t.parquet")
    found = re.findall(r'txid = "(\w{64})"', (case / "case.toml").read_text("utf-8"))
    rows = [f"tron,{txid},0,{origin}," for txid, origin in zip(found, "AB", strict=True)]
    (folder / "seeds.csv").write_text(SEEDS + "\n".join(rows) + "\n", "utf-8")
    return Asked(
        folder / "t.parquet", folder / "seeds.csv", "fifo", str(case / "wallets.txt"), tags=[case / "tags.csv"]
    )


@pytest.mark.parametrize("engine", ["compiled", "python"])
@pytest.mark.parametrize("method", ["fifo", "lifo", "libr", "haircut"])
def test_the_published_table_comes_out_to_the_unit(tron, method, engine):
    found = again(tron, method=method, engine=engine)
    table = {origin: [0] * 6 for origin in "AB"}
    for line in found.answer.outcomes.to_pylist():
        kinds = {"endpoint": EXCHANGES.get(line["address"][:8], -1), "not_followed": 4, "resting": 5}
        table[line["origin"]][kinds[line["outcome"]]] += int(line["value"])
    assert {(method, origin): tuple(row) for origin, row in table.items()} == {
        key: row for key, row in PUBLISHED.items() if key[0] == method
    }
    assert found.engine == engine


def test_the_shared_ledger_is_the_shipped_one(tron, shared):
    """The large real data, read again from the explorer's own columns."""
    held = set()
    with (shared / "data/tron/israel-seizure-orders/trc20_xfers.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if USDT in row.values():
                held.add((row["tx_id"], row["from_address"], row["to_address"], int(row["quant"])))
    ours = {(row.txid, row.sender, row.receiver, row.value) for row in TransferTable(tron.transfers).rows()}
    assert ours == held


@pytest.mark.parametrize("method", ["fifo", "lifo", "libr", "haircut"])
def test_both_engines_give_one_table(tron, method):
    ours, theirs = (again(tron, method=method, engine=engine) for engine in ("compiled", "python"))
    assert ours.answer.outcomes.equals(theirs.answer.outcomes)
    assert (ours.answer.openings, ours.answer.inflows) == (theirs.answer.openings, theirs.answer.inflows)
    assert ours.claims == theirs.claims
    assert ours.reasons == theirs.reasons


def test_what_is_too_large_goes_the_exact_path_and_says_so(tmp_path):
    big = 2**256 - 1
    asked = ledger(tmp_path, ("t1", 0, "", "ann", big), ("t2", 0, "ann", "bob", big - 1))
    found = trace(asked)
    assert found.engine == "python"
    assert "a transfer of X exceeds 9223372036854775806 base units" in found.notes[-1]
    assert found.notes[-1].endswith("all of it went the exact path in Python")
    assert told(found) == {("theft", "resting", "ann"): 1, ("theft", "resting", "bob"): big - 1}
    with pytest.raises(InputError, match="leave out --engine, and the exact path in Python is taken"):
        again(asked, engine="compiled")


def test_a_balance_that_is_too_large_is_refused_by_name(tmp_path):
    half = 2**62
    rows = [("t1", 0, "", "ann", half), ("t2", 0, "", "ann", half), ("t3", 0, "ann", "bob", 5)]
    found = trace(ledger(tmp_path, *rows))
    assert "the balance of ann of X exceeds" in found.notes[-1]
    assert told(found) == {("theft", "resting", "ann"): half - 5, ("theft", "resting", "bob"): 5}


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.slice(0, 2),
        lambda table: table.take([2, 1, 0]),
        lambda table: pa.concat_tables([table.slice(1, 2), table.slice(0, 1)]),
        lambda table: table.drop_columns(["value"]),
        lambda table: table.replace_schema_metadata({b"chaintrace.transfers": b"{}"}),
        lambda table: table.replace_schema_metadata({b"chaintrace.transfers": b"no JSON"}),
    ],
    ids=["cut", "turned", "moved", "a column less", "other words", "no words"],
)
def test_a_checked_parquet_that_another_program_changed_is_refused(tmp_path, change):
    asked = ledger(tmp_path, ("t1", 0, "", "ann", 7), ("t2", 0, "ann", "bob", 3), ("t3", 0, "bob", "carl", 1))
    checked = tmp_path / "t.parquet"
    prepare(asked.transfers, "led", checked)
    assert told(again(asked, transfers=checked)) == told(trace(asked))
    pq.write_table(change(pq.read_table(checked)), checked)
    with pytest.raises(InputError, match="or were changed since: run `chaintrace bulk transfers` first"):
        again(asked, transfers=checked)


def test_another_asset_that_is_too_large_disturbs_nobody(tmp_path):
    asked = ledger(tmp_path, ("t1", 0, "", "ann", 7), ("t2", 0, "ann", "bob", 3))
    with asked.transfers.open("a") as file:
        file.write(f"led,t3,0,,1600000009,Y,0,ann,bob,{2**200}\n")
    assert trace(asked).engine == "compiled"


def test_a_seed_without_index_leaves_out_what_returns(tmp_path):
    rows = [("t1", 0, "eve", "ann", 7), ("t1", 1, "ann", "eve", 2), ("t1", 2, "eve", "bob", 1)]
    found = trace(ledger(tmp_path, *rows))
    assert [claim.index for claim in found.claims] == ["0", "2"]
    assert "left out of its seed: t1 1 (2 base units) returns to eve" in found.notes


def test_an_address_of_return_is_heard_for_its_own_origin_alone(tmp_path):
    rows = [("t1", 0, "", "ann", 7), ("t2", 0, "", "bob", 5), ("t3", 0, "ann", "vic", 4), ("t4", 0, "bob", "vic", 4)]
    found = trace(ledger(tmp_path, *rows, seeds="led,t1,,one,vic\nled,t2,,two,\n"))
    assert told(found)["one", "returned", "vic"] == 4
    assert told(found)["two", "resting", "vic"] == 4


def test_nothing_is_complete_that_nobody_declares(tmp_path):
    found = again(ledger(tmp_path, ("t1", 0, "", "ann", 7)), complete=None)
    assert told(found) == {("theft", "not_followed", "ann"): 7}
    assert any("nothing is declared complete" in note for note in found.notes)


@pytest.mark.parametrize(
    ("seeds", "sentence"),
    [
        ("led,t9,,x,\n", r"the seed t9 is not in the sources of led"),
        ("led,t2,0,x,\n", r"the seed t2 0 is a transfer of ann to itself"),
        ("led,t1,4,x,\n", r"the seed t1 has no transfer 4; its transfers are: 0"),
        ("led,t1,0,x,\nled,t1,0,y,\n", r"the seed 't1' index 0 stands twice"),
        ("led,t1,,x,\nother,t1,,x,\n", r"the seeds name these chains: led, other; one run follows one chain"),
        ("", r"the seeds name these chains: none"),
    ],
)
def test_a_seed_that_cannot_be_is_said(tmp_path, seeds, sentence):
    asked = ledger(tmp_path, ("t1", 0, "", "ann", 7), ("t2", 0, "ann", "ann", 2), seeds=seeds)
    with pytest.raises(InputError, match=sentence):
        trace(asked)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"min_value": ["X"]}, r"--min-value is 'X': write ASSET=NUMBER, in base units"),
        ({"min_value": ["Z=3"]}, r"--min-value names 'Z', and no transfer is of it"),
        ({"chain": "bitcoin"}, r"bitcoin is a chain of outputs: transfers between accounts are followed here"),
        ({"stops": [Path("absent.txt")]}, r"the file cannot be read"),
        ({"tags": [Path("absent.csv")]}, r"the file cannot be read"),
        ({"transfers": Path("absent.parquet")}, r"the file cannot be read"),
    ],
)
def test_bad_options_are_said(tmp_path, changes, sentence):
    with pytest.raises(InputError, match=sentence):
        again(ledger(tmp_path, ("t1", 0, "", "ann", 7)), **changes)


KINDS = {
    "text": pa.array(["7", "3"]),
    "decimal": pa.array([Decimal(7), Decimal(3)], pa.decimal256(76, 0)),
    "big-endian": pa.array([(7).to_bytes(32, "big"), (3).to_bytes(32, "big")], pa.binary(32)),
    "number": pa.array([7, 3], pa.uint64()),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_parquet_from_elsewhere_is_checked_and_read(tmp_path, kind):
    asked = ledger(tmp_path)
    moments = [datetime(2020, 9, 13, 12, 26, at, tzinfo=UTC) for at in (41, 40)]
    columns = {
        "chain": ["led", "led"],
        "txid": ["t2", "t1"],
        "index": [0, 0],
        "time": pa.array(moments, pa.timestamp("us", "UTC")),
        "asset": ["X", "X"],
        "from": ["ann", None],
        "to": ["bob", "ann"],
        "value": KINDS[kind].take(pa.array([1, 0])),
    }
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    assert not is_prepared(tmp_path / "t.parquet")
    found = again(asked, transfers=tmp_path / "t.parquet")
    assert told(found) == {("theft", "resting", "ann"): 4, ("theft", "resting", "bob"): 3}


def test_a_parquet_with_columns_that_cannot_be_is_said(tmp_path):
    pq.write_table(pa.table({"txid": ["t1"], "value": [1.5]}), tmp_path / "t.parquet")
    with pytest.raises(InputError, match="chain, index, time, asset, from, to are missing"):
        prepare(tmp_path / "t.parquet", "led", tmp_path / "out.parquet")
    full = {name: ["1"] for name in ("chain", "txid", "index", "time", "asset", "from", "to")}
    pq.write_table(pa.table({**full, "value": [1.5]}), tmp_path / "t.parquet")
    with pytest.raises(InputError, match="the column value is of type double, which cannot hold it exactly"):
        prepare(tmp_path / "t.parquet", "led", tmp_path / "out.parquet")


def test_what_a_case_refuses_is_refused_with_the_line(tmp_path):
    ledger(tmp_path, ("t1", 0, "", "ann", 7), ("t1", 0, "", "ann", 8))
    with pytest.raises(InputError, match=r"t\.csv, line 3: t1 with index 0 stands in line 2 with other contents"):
        prepare(tmp_path / "t.csv", "led", tmp_path / "out.parquet")
    assert not (tmp_path / "out.parquet").exists()


@pytest.mark.parametrize("left", [4, 5, 100, -1, -100])
def test_a_parquet_that_is_cut_short_is_said_to_be(tron, tmp_path, left):
    (tmp_path / "cut.parquet").write_bytes(tron.transfers.read_bytes()[:left])
    with pytest.raises(
        InputError, match=r"cut\.parquet: the file cannot be read \(it is cut short or damaged\): write it "
    ):
        again(tron, transfers=tmp_path / "cut.parquet")


def test_no_byte_of_a_checked_parquet_can_be_altered_unseen(tron, tmp_path):
    """Every page has a checksum: what is read again comes out the same, or the file is refused in one sentence."""
    raw, whole = tron.transfers.read_bytes(), told(trace(tron))
    damaged, refused = tmp_path / "damaged.parquet", 0
    for at in range(len(raw) // 80, len(raw), len(raw) // 40):
        damaged.write_bytes(raw[:at] + bytes([raw[at] ^ 0x10]) + raw[at + 1 :])
        try:
            assert told(again(tron, transfers=damaged)) == whole
        except InputError as error:
            assert "damaged.parquet: " in str(error)  # noqa: PT017  # or it is the same: both are right
            refused += 1
    assert refused > 20


def test_rows_of_one_block_in_another_order_are_seen(tmp_path):
    asked = ledger(tmp_path)
    rows = [
        f"led,t{at},0,7,1600000000,X,0,{'' if at == 1 else 'ann'},{'ann' if at == 1 else 'bob'},{9 - at}"
        for at in (1, 2)
    ]
    asked.transfers.write_text(HEADER + "\n".join(rows) + "\n", "utf-8")
    checked = tmp_path / "t.parquet"
    prepare(asked.transfers, "led", checked)
    table = pq.read_table(checked)
    assert table["height"].to_pylist() == [7, 7]
    pq.write_table(table.take([1, 0]), checked)
    with pytest.raises(InputError, match="or were changed since: run `chaintrace bulk transfers` first"):
        again(asked, transfers=checked)


def test_memory_does_not_grow_with_the_file(tmp_path, monkeypatch):
    """A hundred rows are held at a time, and what SQLite has of the rest, which is none of Python's memory."""
    monkeypatch.setattr("chaintrace.bulk.trace_table.GROUP", 100)
    monkeypatch.setattr("chaintrace.adapters.rows._MOST_ADDRESSES", 100)
    monkeypatch.setattr("chaintrace.private_keys.finding._PIECE", 8192)
    peaks = []
    for count in (2_000, 12_000):
        rows = [f"led,t{at % 50},{at},,{1_600_000_000 + at % 50},X,0,a{at % 300},b,{at}" for at in range(count)]
        (tmp_path / "t.csv").write_text(HEADER + "\n".join(rows) + "\n", "utf-8")
        tracemalloc.start()
        about = prepare(tmp_path / "t.csv", "led", tmp_path / "t.parquet")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        values = pq.read_table(tmp_path / "t.parquet")["value"].to_pylist()
        assert values == sorted(range(count), key=lambda at: (at % 50, at))
        assert (about.rows, about.start, about.end) == (count, 1_600_000_000, 1_600_000_049)
    assert peaks[1] < 2 * peaks[0]


def test_a_disk_that_is_full_is_said(tmp_path, monkeypatch):
    asked = ledger(tmp_path, *((f"t{at}", 0, "", f"ann{at}" * 50, 7) for at in range(2_000)))
    monkeypatch.setattr("chaintrace.case.bulk_sorting._SETTINGS", "PRAGMA max_page_count = 4;")
    with pytest.raises(OutputError, match=r"full.*: make room there, or name another folder"):
        prepare(asked.transfers, "led", tmp_path / "t.parquet")
    assert not (tmp_path / "t.parquet").exists()


@pytest.mark.soak
def test_addresses_may_have_more_than_two_gib_together(tmp_path):
    """A chunk of names has at most 2^31 - 1 letters (`pa.string()`); all chunks together may have more."""
    count, width = 2_200, 1 << 20
    rows = (
        TransferRow(at, f"t{at}", "0", at, 1_600_000_000 + at, "X", 0, "", f"{at:0{width}}", 1) for at in range(count)
    )
    about = About("led", count, 0, count - 1, count - 1, 1_600_000_000 + count - 1, {"X": 0})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("chaintrace.bulk.trace_table.GROUP", 100)
        write(tmp_path / "t.parquet", rows, about, wide=False)
    found = coded(TransferTable(tmp_path / "t.parquet"), ("X",), None)
    assert not isinstance(found, str)
    assert found.addresses.nbytes > 2**31
    assert len(set(found.receivers.tolist())) == count
    assert found.addresses[int(found.receivers[-1])].as_py() == f"{count - 1:0{width}}"
