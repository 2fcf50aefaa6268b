"""The adapter `transfers-csv`: what a file of transfers says, and how each wrong one is refused."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.adapters import ADAPTERS, SourceSpec
from chaintrace.errors import InputError
from chaintrace.model.chain import MAX_VALUE, Account, Asset
from chaintrace.store import FileArchive

HEADER = "chain,txid,index,height,time,asset,decimals,from,to,value"
ROW = "ledger,t1,0,,1600000000,COIN,2,alice,bob,100"
USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
HUOBI = "TAUN6FwrnwwmaEqYcckffC7wYmbaS6cBiX"


@pytest.fixture
def read(tmp_path):
    archive = FileArchive(tmp_path / "archive", lambda: datetime(2026, 1, 1, tzinfo=UTC))

    def opened(text, chain="ledger", complete="all", first_row=0):
        path = tmp_path / "transfers.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        spec = SourceSpec("transfers-csv", chain, path, "transfers.csv", complete, first_row)
        source = ADAPTERS["transfers-csv"].open(spec, archive, tmp_path)
        return list(source.transactions()), source

    return opened


def table(*rows, header=HEADER):
    return "\n".join((header, *rows)) + "\n"


def test_a_row_is_a_transfer_in_base_units(read):
    (transaction,), source = read(table(ROW))
    (transfer,) = transaction.transfers
    coin = Asset("ledger", "COIN", "COIN", 2)
    assert (transaction.txid, transaction.position, transaction.time, transaction.height) == ("t1", 0, 1600000000, None)
    assert (transfer.index, transfer.kind, transfer.order) == ("0", "token", (1600000000, 0, 0))
    assert transfer.inputs[0].holding == Account("alice", coin)
    assert transfer.outputs[0].holding == Account("bob", coin)
    assert (transfer.value, transfer.asset.name, transfer.asset.decimals) == (100, "COIN", 2)
    assert transaction.source == source.source
    assert source.source.request == "transfers.csv"


def test_columns_are_found_by_name_others_are_ignored_and_a_bom_is_dropped(read):
    text = (
        "\ufeffnote,value,to,from,decimals,asset,time,height,index,txid,chain\r\n"
        "x,7,bob,alice,,COIN,1600000000,5,0,t,ledger\r\n"
    )
    (transaction,), source = read(text)
    assert (transaction.height, transaction.transfers[0].value) == (5, 7)
    assert transaction.transfers[0].order == (5, 0, 0)
    assert source.coverage()[0].height == 5


def test_mint_burn_and_self_transfer(read):
    transactions, _ = read(
        table(
            "ledger,t1,0,,1600000000,COIN,,,bob,1",
            "ledger,t1,1,,1600000000,COIN,,bob,,2",
            "ledger,t1,fee,,1600000000,COIN,,bob,,3",
            "ledger,t1,2,,1600000000,COIN,,bob,bob,4",
            "ledger,t2,fee,,1600000001,COIN,,bob,carol,5",
        )
    )
    kinds = [(t.kind, len(t.inputs), len(t.outputs), t.value) for tx in transactions for t in tx.transfers]
    assert kinds == [("mint", 0, 1, 1), ("burn", 1, 0, 2), ("burn", 1, 0, 3), ("token", 1, 1, 4), ("token", 1, 1, 5)]


def test_an_explicit_zero_address_is_an_ordinary_account(read):
    zero = "0x" + "0" * 40
    (transaction,), _ = read(table(f"ethereum,0x{'a' * 64},0,,1600000000,ETH,,{zero},0x{'b' * 40},1"), "ethereum")
    assert transaction.transfers[0].inputs[0].address == zero
    assert (transaction.transfers[0].asset.contract, transaction.transfers[0].kind) == ("", "native")
    assert transaction.transfers[0].asset.decimals == 18


def test_chain_order_is_height_and_row_or_time_and_row(read):
    rows = [
        "ledger,a,0,9,1600000000,COIN,,x,y,1",
        "ledger,b,0,8,1700000000,COIN,,x,y,1",
        "ledger,c,0,9,1500000000,COIN,,x,y,1",
    ]
    assert [tx.txid for tx in read(table(*rows))[0]] == ["b", "a", "c"]
    untimed = [row.replace(",9,", ",,").replace(",8,", ",,") for row in rows]
    assert [tx.txid for tx in read(table(*untimed))[0]] == ["c", "a", "b"]


def test_rows_of_one_txid_are_one_transaction_wherever_they_stand(read):
    rows = ["ledger,a,0,,1600000000,COIN,,x,y,1", ROW, "ledger,a,1,,1600000000,COIN,,y,z,1"]
    transactions, _ = read(table(*rows), first_row=50)
    assert [(tx.txid, tx.position, [t.order[1] for t in tx.transfers]) for tx in transactions] == [
        ("a", 50, [50, 52]),
        ("t1", 51, [51]),
    ]


def test_an_identical_repeat_is_one_transfer_and_other_indexes_stay_apart(read):
    (transaction,), _ = read(table(ROW, ROW, ROW.replace("t1,0", "t1,1"), ROW.replace(",2,", ",,")))
    assert [transfer.index for transfer in transaction.transfers] == ["0", "1"]


def test_empty_rows_of_a_spreadsheet_are_passed_over(read):
    transactions, _ = read(table("", ",,,,,,,,,", ROW, ",,,,,,,,,"))
    assert [tx.txid for tx in transactions] == ["t1"]


def test_only_rows_of_the_chain_are_taken(read):
    transactions, source = read(table("other,t0,0,1,1500000000,X,,not checked,,no number", ROW))
    assert [tx.txid for tx in transactions] == ["t1"]
    assert transactions[0].position == 1
    assert source.coverage()[0].start == 1600000000


def test_coverage_is_declared_for_the_assets_of_the_file_from_its_first_row_to_its_last(read):
    rows = ["ledger,a,0,7,1600000000,COIN,,x,y,1", "ledger,b,0,9,1600000009,GOLD,,x,y,1"]
    _, source = read(table(*rows), complete=frozenset({"x"}))
    (coverage,) = source.coverage()
    assert (coverage.start, coverage.end, coverage.height, coverage.time) == (7, 9, 9, 1600000009)
    assert coverage.covers("x", "COIN")
    assert coverage.covers("x", "GOLD")
    assert not coverage.covers("y", "COIN")
    assert not coverage.covers("x", "SILVER")
    assert coverage.how == "declared"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2021-08-05T14:03:00Z", 1628172180),
        ("2021-08-05 14:03:00+00:00", 1628172180),
        ("2021-08-05T16:03:00+02:00", 1628172180),
        ("2021-08-05T14:03:00.000Z", 1628172180),
        ("2021-08-05T14:03Z", 1628172180),
        ("1628172180", 1628172180),
        ("2009-01-01T00:00:00Z", 1230768000),
        ("2100-12-31T23:59:59Z", 4133980799),
    ],
)
def test_times_are_unix_seconds_or_iso_8601(read, text, seconds):
    (transaction,), _ = read(table(ROW.replace("1600000000", text)))
    assert transaction.time == seconds


def test_the_largest_value_survives(read):
    (transaction,), _ = read(table(ROW.replace(",100", f",{MAX_VALUE}")))
    assert transaction.transfers[0].value == 2**256 - 1


def test_addresses_and_tokens_of_known_chains_are_normalised(read):
    hexed = "0x0583A68A3BCD86C25AB1BEE482BAC04A216B0261"
    row = f"tron,{'AB' * 32},0,,1600000000,{USDT},,{hexed},{HUOBI},1"
    (transaction,), source = read(table(row), "tron")
    transfer = transaction.transfers[0]
    assert transaction.txid == "ab" * 32
    assert transfer.inputs[0].address.startswith("T")
    assert (transfer.asset.contract, transfer.asset.name, transfer.asset.decimals) == (USDT, "USDT", 6)
    assert source.coverage()[0].contracts == frozenset({USDT})


def test_a_made_up_txid_on_a_known_chain_and_a_free_asset_are_taken(read):
    (transaction,), _ = read(table(f"tron,payment 1,0,,1600000000,points,,{HUOBI},{HUOBI},1"), "tron")
    assert (transaction.txid, transaction.transfers[0].asset.contract) == ("payment 1", "points")


WRONG = [
    ("value", ROW.replace(",100", ",1.5"), "value is '1.5'"),
    ("value", ROW.replace(",100", ",-5"), "value is '-5'"),
    ("value", ROW.replace(",100", ",+5"), "value is '+5'"),
    ("value", ROW.replace(",100", ",1e3"), "value is '1e3'"),
    ("value", ROW.replace(",100", ",1_000"), "value is '1_000'"),
    ("value", ROW.replace(",100", ", 5"), "value is ' 5'"),
    ("value", ROW.replace(",100", ",٣"), "value is '٣'"),
    ("value", ROW.replace(",100", ","), "value is empty"),
    ("value", ROW.replace(",100", f",{MAX_VALUE + 1}"), "the largest that there can be is 2^256-1"),
    ("value", ROW.replace(",100", ",1" + "0" * 5000), "the largest that there can be is 2^256-1"),
    ("decimals", ROW.replace(",2,", ",256,"), "decimals is '256'"),
    ("decimals", ROW.replace(",2,", ",-1,"), "decimals is '-1'"),
    ("decimals", ROW.replace(",2,", ",6.0,"), "decimals is '6.0'"),
    ("time", ROW.replace("1600000000", ""), "time is empty"),
    ("time", ROW.replace("1600000000", "1600000000000"), "is it in milliseconds?"),
    ("time", ROW.replace("1600000000", "1230767999"), "times lie in the years 2009 to 2100"),
    ("time", ROW.replace("1600000000", "4133980800"), "times lie in the years 2009 to 2100"),
    ("time", ROW.replace("1600000000", "2021-08-05T14:03:00"), "it does not say its time zone"),
    ("time", ROW.replace("1600000000", "2021-08-05T14:03:00.5Z"), "times are whole seconds"),
    ("time", ROW.replace("1600000000", "2021-02-30T14:03:00Z"), "there is no such time"),
    ("time", ROW.replace("1600000000", "2021-08-05"), "time is '2021-08-05'"),
    ("time", ROW.replace("1600000000", "1600000000.0"), "time is '1600000000.0'"),
    ("height", ROW.replace(",0,,", ",0,-1,"), "height is '-1'"),
    ("height", ROW.replace(",0,,", ",0,1.0,"), "height is '1.0'"),
    ("index", ROW.replace(",0,", ",,"), "index is empty"),
    ("txid", ROW.replace("t1", " "), "txid is empty"),
    ("asset", ROW.replace("COIN", ""), "asset is empty"),
    ("parties", ROW.replace("alice,bob", ","), "from and to are both empty"),
    ("control", ROW.replace("alice", '"al\nice"'), "it holds a control character"),
    ("chain", ROW.replace("ledger", ""), "chain is empty"),
    ("cells", ROW + ",more", "the row has 11 cells, the header 10"),
    ("cells", "ledger,t1", "the row has 2 cells, the header 10"),
]


@pytest.mark.parametrize(("name", "row", "sentence"), WRONG, ids=[f"{n}-{i}" for i, (n, _, _) in enumerate(WRONG)])
def test_a_wrong_cell_is_refused_with_file_and_line(read, name, row, sentence):
    del name
    good = ROW.replace("t1", "t0")
    with pytest.raises(InputError) as caught:
        read(table(good, row))
    assert caught.value.path == "transfers.csv"
    assert caught.value.line in {3, 4}  # 4 where a cell holds a line end
    assert sentence in str(caught.value)
    assert str(caught.value).startswith("transfers.csv, line ")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (HUOBI, HUOBI[:-1] + "Y", "from is wrong: "),
        (USDT, USDT[:-1] + "u", "asset is wrong: "),
        (HUOBI, "0x12", "from is wrong: "),
    ],
)
def test_a_wrong_address_of_a_known_chain_is_refused(read, old, new, sentence):
    row = f"tron,{'ab' * 32},0,,1600000000,{USDT},6,{HUOBI},,1".replace(old, new)
    with pytest.raises(InputError, match="line 2") as caught:
        read(table(row), "tron")
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        (ROW, ROW.replace(",100", ",101"), "t1 with index 0 stands in line 2 with other contents"),
        (ROW, ROW.replace("bob", "carol"), "t1 with index 0 stands in line 2 with other contents"),
        (ROW, ROW.replace("COIN", "GOLD"), "t1 with index 0 stands in line 2 with other contents"),
        (ROW, ROW.replace("t1,0", "t1,1").replace("1600000000", "1600000001"), "t1 has two times, here and in line 2"),
        (
            ROW.replace(",0,,", ",0,5,"),
            ROW.replace(",0,,", ",1,6,"),
            "t1 has two heights, here and in line 2",
        ),
        (ROW, ROW.replace("t1", "t2").replace(",2,", ",3,"), "COIN has 3 decimals here and 2 in line 2"),
        (ROW.replace(",0,,", ",0,5,"), ROW.replace("t1", "t2"), "line 2 has a height and line 3 has none"),
        (ROW, ROW.replace("t1,0,,", "t2,0,5,"), "line 3 has a height and line 2 has none"),
    ],
)
def test_two_rows_that_contradict_each_other_are_refused_with_both_lines(read, first, second, sentence):
    with pytest.raises(InputError, match="line 3: ") as caught:
        read(table(first, second))
    assert sentence in str(caught.value)


def test_decimals_that_one_row_leaves_out_are_those_of_the_other(read):
    transactions, _ = read(table(ROW.replace(",2,", ",,"), ROW.replace("t1", "t2")))
    assert [tx.transfers[0].asset.decimals for tx in transactions] == [2, 2]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (table(ROW, header=HEADER.replace(",value", "")), "value is missing: the header must hold"),
        (table(ROW, header=HEADER.replace(",from,to", "")), "from, to are missing"),
        (table(ROW + ",1", header=HEADER + ",value"), "the column value stands twice in the header"),
        ("", "line 1: the file is empty, or its first line is"),
        (table(ROW, header=HEADER).replace(",", ";"), "line 1: the file uses semicolons: save it with commas"),
        (table(ROW, header=HEADER).replace(",", "\t"), "line 1: the file uses tabs: save it with commas"),
        (table(), "the file holds no transfer"),
        (table(ROW.replace("ledger", "tron")), "no row is of the chain ledger: the file holds tron"),
        (table(ROW).encode() + b"ledger,\xff", "byte 8 of the line is not UTF-8"),
        (table(ROW, 'ledger,"t2'), "this is no CSV with commas and double quotes"),
        (b"\x1f\x8b\x08\x00broken", "the gzip stream is cut short or damaged"),
    ],
)
def test_a_file_that_is_no_table_is_refused(read, text, sentence):
    with pytest.raises(InputError) as caught:
        read(text)
    assert caught.value.path == "transfers.csv"
    assert sentence in str(caught.value)


def test_a_missing_file_is_refused(tmp_path):
    spec = SourceSpec("transfers-csv", "ledger", tmp_path / "absent.csv", "absent.csv", "all")
    archive = FileArchive(tmp_path / "archive", lambda: datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(InputError, match=r"^absent\.csv: the file cannot be read \(no such file or directory\)"):
        ADAPTERS["transfers-csv"].open(spec, archive, tmp_path)


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path):
    path = tmp_path / "transfers.csv"
    path.write_text(table(ROW))
    spec = SourceSpec("transfers-csv", "ledger", path, "transfers.csv", "all")
    archive = FileArchive(tmp_path / "archive", lambda: datetime(2026, 1, 1, tzinfo=UTC))
    source = ADAPTERS["transfers-csv"].open(spec, archive, tmp_path)
    path.write_text(table(ROW.replace(",100", ",200")))
    with pytest.raises(InputError, match="changed while it was read"):
        list(source.transactions())


def noted(source):
    return [(seen.subject, seen.what, seen.height, seen.value) for seen in source.observations()]


def test_a_memo_is_a_fact_of_its_transfer_and_the_column_may_be_absent(read):
    header = HEADER.replace("chain,", "memo,chain,")
    rows = [
        ROW.replace(",,", ",7,"),
        "ledger,t1,1,7,1600000000,COIN,2,alice,carl,5",
        "ledger,t2,0,7,1600000000,COIN,2,x,y,5",
    ]
    memos = ["12345", '"say ""hi""\n=2"', ""]
    with_memos = [f"{memo},{row}" for memo, row in zip(memos, rows, strict=True)]
    transactions, source = read(table(*with_memos, header=header))
    assert [len(one.transfers) for one in transactions] == [2, 1]
    assert noted(source) == [("t1", "memo of 0", 7, "12345"), ("t1", "memo of 1", 7, r'say "hi"\n=2')]
    assert {seen.source for seen in source.observations()} == {source.source}
    plain, without = read(table(*rows))
    assert [one.transfers for one in plain] == [one.transfers for one in transactions]
    assert noted(without) == []


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([ROW + "," + "9" * 1_001], r"memo is '9+…': it has 1,001 characters, and at most 1,000 are read"),
        ([ROW + ",1", ROW + ",2"], "t1 with index 0 stands in line 2 with other contents"),
    ],
)
def test_a_memo_that_cannot_be_used_is_refused_with_its_line(read, rows, said):
    with pytest.raises(InputError, match=said) as told:
        read(table(*rows, header=f"{HEADER},memo"))
    assert told.value.line == len(rows) + 1


def test_two_columns_of_memos_are_refused(read):
    with pytest.raises(InputError, match="the column memo stands twice in the header: leave one"):
        read(table(ROW + ",1,2", header=f"{HEADER},memo,memo"))


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1).filter(
    lambda text: text == text.strip() != ""
)
ROWS = st.lists(
    st.tuples(TEXT, TEXT, TEXT, TEXT, st.integers(0, MAX_VALUE), st.integers(1_230_768_000, 4_133_980_799)),
    min_size=1,
    unique_by=lambda row: row[0],
)


@given(rows=ROWS)
def test_whatever_text_a_private_ledger_uses_comes_back(rows, tmp_path_factory):
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADER.split(","))
    for txid, sender, receiver, asset, value, time in rows:
        writer.writerow(["ledger", txid, "0", "", time, asset, "", sender, receiver, value])
    folder = tmp_path_factory.mktemp("ledger")
    path = folder / "t.csv"
    path.write_text(out.getvalue(), "utf-8", newline="")
    archive = FileArchive(folder / "archive", lambda: datetime(2026, 1, 1, tzinfo=UTC))
    spec = SourceSpec("transfers-csv", "ledger", path, "t.csv", "all")
    source = ADAPTERS["transfers-csv"].open(spec, archive, folder)
    found = {tx.txid: tx for tx in source.transactions()}
    assert found.keys() == {row[0] for row in rows}
    for txid, sender, receiver, asset, value, time in rows:
        transfer = found[txid].transfers[0]
        assert (transfer.inputs[0].address, transfer.outputs[0].address) == (sender, receiver)
        assert (transfer.asset.contract, transfer.value, found[txid].time) == (asset, value, time)


def test_the_shipped_ledger_is_read_whole(data, tmp_path):
    path = data / "cases" / "tron-usdt" / "transfers.csv"
    archive = FileArchive(tmp_path / "archive", lambda: datetime(2026, 1, 1, tzinfo=UTC))
    spec = SourceSpec("transfers-csv", "tron", path, "t.csv", "all")
    source = ADAPTERS["transfers-csv"].open(spec, archive, tmp_path)
    transactions = list(source.transactions())
    assert len(transactions) == 10_525
    assert transactions == sorted(transactions, key=lambda tx: tx.transfers[0].order)
