"""Anything wrong in a CSV of transfers, of tags, of victims or in a list of addresses."""

from __future__ import annotations

import gzip

import pytest

from tests.chaintrace.small_case import CASE, TAGS, TRANSFERS, small_case
from tests.faults.running import refused, trace

HEADER, FIRST, SECOND = TRANSFERS.splitlines(keepends=True)
PACKED = gzip.compress(TRANSFERS.encode())
VICTIMS = "chain,txid,index,origin,return_address\n"
VICTIMS_CASE = CASE.replace('chain = "ledger"\ntxid = "t1"\nindex = 0\norigin = "payment"\n', 'path = "victims.csv"\n')
PACK = (
    "title: x\ncreator: y\ntags:\n  - address: shop\n    label: s\n    currency: BTC\n    source: s\n"
    "    category: exchange\n    confidence: ownership\n    lastmod: 2021-01-01\n"
)


def last(cell: str, column: int) -> str:
    """The two transfers with one cell of the second replaced."""
    cells = SECOND.strip().split(",")
    cells[column] = cell
    return HEADER + FIRST + ",".join(cells) + "\n"


def case_with(tmp_path, name: str, content: str | bytes, case: str = CASE):
    folder = small_case(tmp_path / "case", case=case)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return folder


@pytest.mark.parametrize(
    "value",
    [
        "1.0",
        "-1",
        "+1",
        "1e5",
        " 5",
        "5 ",
        "５",
        "²",
        "١",
        "",
        "0x10",
        "1_0",
        "nan",
        "5\u00a0",
        str(2**256),
        "9" * 9999,
    ],
)
def test_a_value_that_is_no_plain_number_of_base_units(tmp_path, value):
    sentence = refused(case_with(tmp_path, "transfers.csv", last(value, 9)))
    assert sentence.startswith("transfers.csv, line 3: value is "), sentence


def test_the_largest_value_is_traced(tmp_path):
    assert trace(case_with(tmp_path, "transfers.csv", last(str(2**256 - 1), 9))).code == 3


@pytest.mark.parametrize(
    "time",
    ["", "0", "-1", "1600000010000", "1600000010.5", "1e9", "1899-01-01T00:00:00Z", "2101-01-01T00:00:00Z", "９",
     "2020-09-13T12:26:50", "2020-09-13T12:26:50.5Z", "2020-02-30T00:00:00Z", "2020-09-13", "9" * 5000,
     "2020-09-13T12:26:50+99:99", "2009-01-01T00:00:00+14:00", "0000-01-01T00:00:00Z"],
)  # fmt: skip
def test_a_time_that_cannot_be(tmp_path, time):
    sentence = refused(case_with(tmp_path, "transfers.csv", last(time, 4)))
    assert sentence.startswith("transfers.csv, line 3: time is "), sentence


@pytest.mark.parametrize("time", ["2020-09-13T12:26:50Z", "2020-09-13T14:26:50+02:00", "2020-09-13 12:26:50Z"])
def test_a_time_that_says_its_zone_is_read(tmp_path, time):
    assert trace(case_with(tmp_path, "transfers.csv", last(time, 4))).code == 0


@pytest.mark.parametrize("decimals", ["256", "-1", "1.5", "x", "3", "９", "9" * 5000])
def test_decimals_that_cannot_be(tmp_path, decimals):
    assert "transfers.csv, line 3: " in refused(case_with(tmp_path, "transfers.csv", last(decimals, 6)))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        *(
            (TRANSFERS.replace(f"{name},", f"{name}s,", 1), f"line 1: {name} is missing")
            for name in HEADER.split(",")[:-1]
        ),
        (HEADER.strip() + ",to\n", "line 1: the column to stands twice"),
        (last("5", 3), "line 3 has a height and line 2 has none"),
        (last("", 2), "line 3: index is empty"),
        (last("a\0b", 8), "line 3: to is 'a\\x00b'"),
        (HEADER + FIRST + "ledger,t2,0,,1600000010,GOLD,2,,,60\n", "line 3: from and to are both empty"),
        (HEADER + FIRST + "ledger,t2\n", "line 3: the row has 2 cells, the header 10"),
        (HEADER + FIRST + SECOND.strip() + ",x\n", "line 3: the row has 11 cells, the header 10"),
        (HEADER + FIRST + FIRST.replace("100", "101"), "line 3: t1 with index 0 stands in line 2 with other contents"),
        (HEADER + FIRST + FIRST.replace("t1,0,,1600000000", "t1,1,,1600000001"), "line 3: t1 has two times"),
        (
            HEADER + FIRST.replace(",,16", ",1,16") + FIRST.replace("t1,0,,16", "t1,1,2,16"),
            "line 3: t1 has two heights",
        ),
        (TRANSFERS.replace(",", ";"), "line 1: "),
        (TRANSFERS.replace(",", "\t"), "line 1: "),
        (FIRST + SECOND, "line 1: "),
        (HEADER, "the file holds no transfer"),
        ("", "transfers.csv"),
        (TRANSFERS.replace("ledger", "other"), "no row is of the chain ledger: the file holds other"),
        (HEADER + FIRST + '"ledger,t2\n', "this is no CSV"),
        (TRANSFERS.replace("shop", "sh\xf6p").encode("latin-1"), "line 3: byte 40 of the line is not UTF-8"),
        (TRANSFERS.encode("utf-16"), "line 1: byte 1 of the line is not UTF-8"),
        (b"\0" * 1000, "line 1: "),
        (PACKED[:-12], "the gzip stream is cut short"),
        (b"\x1f\x8b", "the gzip stream is cut short"),
        (PACKED + b"junk", "line 3: the gzip stream is cut short or damaged"),
        (HEADER + FIRST + '"' + "x" * 1_000_000 + "\n", "this is no CSV"),
    ],
)
def test_transfers_that_are_wrong(tmp_path, content, words):
    sentence = refused(case_with(tmp_path, "transfers.csv", content))
    assert sentence.startswith("transfers.csv"), sentence
    assert words in sentence
    assert "line 0" not in sentence


@pytest.mark.parametrize(
    "content",
    [
        TRANSFERS.strip(),
        TRANSFERS.replace("\n", "\r\n"),
        "\ufeff" + TRANSFERS,
        HEADER + FIRST + FIRST + SECOND,
        PACKED,
        TRANSFERS + "other,x,0,,1,2,3,4,5,6\n",
    ],
    ids=["no line end", "CR LF", "byte order mark", "repeat", "gzip", "another chain"],
)
def test_transfers_that_are_right(tmp_path, content):
    assert trace(case_with(tmp_path, "transfers.csv", content)).code == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (TAGS.replace("exchange", "foo"), "line 2: the category 'foo' is unknown"),
        *(
            (TAGS.replace("service_api", sure), f"line 2: the confidence '{sure}'")
            for sure in ("foo", "101", "-1", "1.5")
        ),
        (TAGS.replace("chain,", "chian,"), "line 1: the column"),
        (TAGS + "a,b\n", "line 3: the row has 2 cells"),
        (TAGS.replace("Shop", "\0"), "line 2: the file holds a NUL"),
        (TAGS.replace("Shop", "\xf6").encode("latin-1"), "line 2: the file is not UTF-8"),
        (TAGS.replace("ledger,shop", "tron,TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u"), "line 2: 'TR7NH"),
        ("", "line 1: the column chain is missing"),
    ],
)
def test_tags_that_are_wrong(tmp_path, content, words):
    sentence = refused(case_with(tmp_path, "tags.csv", content))
    assert sentence.startswith("tags.csv"), sentence
    assert words in sentence


@pytest.mark.parametrize(
    "content",
    [
        "",
        "- 1\n",
        "tags: abc\n",
        "tags: [1]\n",
        "\tx: 1\n",
        "[" * 20_000,
        PACK + "\0",
        "&a [*a]\n",
        PACK + "---\n" + PACK,
        'tags: !!python/object/apply:os.system ["exit"]\n',
        PACK.replace("ownership", "foo"),
        "? [a]\n: 1\ntags: []\n",
        "a: &a [x,x]\nb: &b [*a,*a]\ntags: *b\n",
        PACK.encode("utf-16"),
    ],
)
def test_packs_that_are_wrong(tmp_path, content):
    case = CASE.replace("tags.csv", "pack.yaml")
    assert refused(case_with(tmp_path, "pack.yaml", content, case)).startswith("pack.yaml")


@pytest.mark.parametrize("date", ["2021-99-99", "0000-01-01", "1e400", "true", "12:30:45", "1:" + "59:" * 3000 + "59"])
def test_a_pack_with_a_strange_date_is_read(tmp_path, date):
    case = CASE.replace("tags.csv", "pack.yaml")
    assert trace(case_with(tmp_path, "pack.yaml", PACK.replace("2021-01-01", date), case)).code == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "line 1: the header must be"),
        (VICTIMS, "the file names no payment"),
        (VICTIMS + "\n\n", "the file names no payment"),
        (VICTIMS + "ledger,t1\n", "line 2: the row has 2 cells"),
        (VICTIMS + "other,t1,0,a,\n", "line 2: no source holds the chain 'other'"),
        (VICTIMS + "ledger,t1,0,a,\nledger,t1,0,b,\n", "line 3: the seed 't1' index 0 stands twice"),
        (VICTIMS + "ledger,absent,0,a,\n", "line 2: the seed absent is not in the sources"),
        (VICTIMS + f"ledger,absent,{'9' * 5000},a,\n", "line 2: the seed absent is not in the sources"),
        (VICTIMS + "ledger,t1,9,a,\n", "line 2: the seed t1 has no transfer 9"),
        (VICTIMS + "ledger,t1,0,unidentified,\n", "line 2: origin is 'unidentified'"),
        (VICTIMS + 'ledger,t1,0,"a\nb",\n', "line 2: the row needs"),
        (VICTIMS + "ledger,t1,0,a\u202eb,\n", "line 2: the row needs"),
        ((VICTIMS + "ledger,t1,0,\xf6,\n").encode("latin-1"), "the file is no CSV in UTF-8"),
    ],
)
def test_victims_that_are_wrong(tmp_path, content, words):
    sentence = refused(case_with(tmp_path, "victims.csv", content, VICTIMS_CASE))
    assert sentence.startswith("victims.csv"), sentence
    assert words in sentence


@pytest.mark.parametrize(
    ("chain", "address"),
    [
        ("tron", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u"),
        ("ethereum", "0x1234"),
        ("ethereum", "0x52908400098527886E0F7030069857D2E4169Ee8"),
        ("bitcoin", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"),
        ("bitcoin", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"),
        ("bitcoin", "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"),
    ],
)
def test_an_address_with_a_wrong_character(tmp_path, chain, address):
    case = CASE.replace('"ledger"', f'"{chain}"').replace('"t1"', f'"{"ab" * 32}"')
    listed = refused(case_with(tmp_path / "list", "complete.txt", f"# one\n{address}\n", case))
    assert listed.startswith("complete.txt, line 2: ")
    assert address in listed
    row = f"{HEADER}{chain},{'ab' * 32},0,,1600000000,X,2,{address},{address},5\n"
    folder = case_with(tmp_path / "row", "transfers.csv", row, case)
    (folder / "complete.txt").write_text("", "utf-8")
    assert refused(folder).startswith("transfers.csv, line 2: from is wrong")
