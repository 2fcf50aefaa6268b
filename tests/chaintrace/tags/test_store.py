"""The user's store of tags: what comes in comes out the same, once, whole or not at all, and nothing of others goes."""

from __future__ import annotations

import io
import sqlite3
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.errors import InputError
from chaintrace.tags import read
from chaintrace.tags.claims import grade
from chaintrace.tags.store import TagStore
from chaintrace.tags.store_export import CSV_COLUMNS, write_csv, write_tagpack
from chaintrace.tags.store_import import Declared, import_list

WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
HEADER = "chain,address,label,actor,category,confidence,source,lastmod\n"
HUOBI = "TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VR"
EVM = "0x722122dF12D4e14e13Ac3b6895a86e84145b6967"
GENESIS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"


@pytest.fixture
def store(tmp_path):
    with TagStore(tmp_path / "home" / "tags.sqlite") as opened:
        yield opened


def test_several_runs_may_make_a_store_at_once(tmp_path):
    gate = threading.Barrier(8)

    def opened(_):
        gate.wait()
        with TagStore(tmp_path / "tags.sqlite") as made:
            return made.count()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(opened, range(8))) == [0] * 8


def put(store, path: Path, text: str | bytes, **declared: object):
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return import_list(store, path, Declared(**declared), "somebody", WHEN)


def kept(store) -> set[tuple]:
    return {(tag.chain, tag.address, *tag.claim.cells()) for tag in store.every()}


def test_a_tag_has_every_field_and_who_imported_it_when(store, tmp_path):
    row = f"tron,{HUOBI},Huobi 1,huobi,exchange,service_api,register,2026-01-01\n"
    done = put(store, tmp_path / "a.csv", HEADER + row, fields={"licence": "MIT"})
    assert (done.read, done.kept, done.refused) == (1, 1, 0)
    (tag,) = store.lookup(HUOBI, "tron")
    assert (tag.claim.label, tag.claim.actor, tag.claim.category, tag.claim.confidence) == (
        "Huobi 1",
        "huobi",
        "exchange",
        "service_api",
    )
    assert (tag.claim.level, tag.claim.licence, tag.claim.lastmod, tag.stops) == (70, "MIT", "2026-01-01", True)
    assert (tag.pack.imported_by, tag.pack.imported_at) == ("somebody", "2026-01-02T03:04:05+00:00")
    assert store.lookup(HUOBI, "tron-nile") == ()


def test_one_address_on_two_chains_is_two_tags(store, tmp_path):
    rows = f"ethereum,{EVM},A,,,,s,\nbsc,{EVM.lower()},B,,,,s,\n"
    put(store, tmp_path / "a.csv", HEADER + rows)
    assert [(tag.chain, tag.claim.label) for tag in store.lookup(EVM.lower())] == [("bsc", "B"), ("ethereum", "A")]
    assert [tag.claim.label for tag in store.lookup(EVM.lower(), "bsc")] == ["B"]


def test_the_same_file_twice_is_once_also_under_another_name(store, tmp_path):
    text = HEADER + f"tron,{HUOBI},A,,,,s,\n"
    put(store, tmp_path / "a.csv", text)
    before = kept(store)
    for name in ("a.csv", "copy.csv"):
        assert put(store, tmp_path / name, text).held
    assert kept(store) == before
    assert len(store.packs()) == 1


def test_a_newer_version_replaces_its_own_rows_and_nothing_else(store, tmp_path):
    put(store, tmp_path / "other.csv", HEADER + f"tron,{HUOBI},Other,other,,,s,\n")
    put(store, tmp_path / "a.csv", HEADER + f"tron,{HUOBI},Old,old,,,s,2025-01-01\nbitcoin,{GENESIS},Old,,,,s,\n")
    done = put(store, tmp_path / "a.csv", HEADER + f"tron,{HUOBI},New,new,,,s,2025-02-01\n")
    assert (done.kept, done.replaced, done.conflicting) == (1, 2, 1)
    assert sorted(tag.claim.label for tag in store.every()) == ["New", "Other"]


def test_an_older_version_is_refused_and_nothing_changes(store, tmp_path):
    put(store, tmp_path / "a.csv", HEADER + f"tron,{HUOBI},New,,,,s,2025-02-01\n")
    before = kept(store)
    with pytest.raises(InputError, match="older than that of 2025-02-01"):
        put(store, tmp_path / "a.csv", HEADER + f"tron,{HUOBI},Old,,,,s,2025-01-01\n")
    assert kept(store) == before
    assert put(store, tmp_path / "a.csv", HEADER + f"tron,{HUOBI},Old,,,,s,2025-01-01\n", pack="old").kept == 1


def test_two_packs_of_one_title_do_not_replace_each_other(store, tmp_path):
    pack = "title: Some TagPack\ncreator: Somebody\ncurrency: BTC\nlabel: %s\ntags:\n- address: %s\n"
    put(store, tmp_path / "one.yaml", pack % ("one", GENESIS))
    assert put(store, tmp_path / "two.yaml", pack % ("two", GENESIS)).replaced == 0
    (tmp_path / "elsewhere").mkdir()
    assert put(store, tmp_path / "elsewhere" / "one.yaml", pack % ("newer", GENESIS)).replaced == 1
    assert sorted(tag.claim.label for tag in store.every()) == ["newer", "two"]


def test_an_import_that_breaks_leaves_what_was_there(store, tmp_path):
    put(store, tmp_path / "a.csv", HEADER + f"tron,{HUOBI},Old,,,,s,\n")
    before = kept(store)
    with pytest.raises(InputError, match=r"a\.csv, line 3: the row is no CSV"):
        put(store, tmp_path / "a.csv", HEADER + f"tron,{HUOBI},New,,,,s,\n" + 'tron,"x"y,Z,,,,s,\n')
    assert kept(store) == before
    assert len(store.packs()) == 1


def test_bad_rows_are_listed_with_their_lines_and_the_good_ones_kept(store, tmp_path):
    rows = [
        f"tron,{HUOBI},Good,,exchange,,s,",
        f"tron,{HUOBI[:-1]}X,Bad sum,,exchange,,s,",
        f"bitcoin,{HUOBI},Other chain,,exchange,,s,",
        f"tron,{HUOBI},Odd,,exchnge,,s,",
        f"tron,{HUOBI},Sure,,,very,s,",
        f"tron,{HUOBI},Good,,exchange,,s,",
        "tron,short",
        f",{HUOBI},No chain,,,,s,",
        f"tron,{HUOBI},,,,,s,",
    ]
    done = put(store, tmp_path / "a.csv", HEADER + "\n".join(rows) + "\n")
    found = {(one.line, one.kind) for one in done.problems if one.kind != "conflict"}
    assert found == {
        *((3, "address"), (4, "address"), (5, "category"), (6, "confidence"), (7, "duplicate")),
        *((8, "field"), (9, "field"), (10, "field")),
    }
    (sure,) = [tag.claim for tag in store.lookup(HUOBI) if tag.claim.label == "Sure"]
    assert (sure.confidence, sure.level, sure.more) == ("unknown", 5, '{"confidence_as_given":"very"}')
    assert "it is an address of tron" in next(one.sentence for one in done.problems if one.line == 4)
    assert "did you mean 'exchange'" in next(one.sentence for one in done.problems if one.line == 5)
    assert "line 2 already" in next(one.sentence for one in done.problems if one.line == 7)
    assert (done.read, done.kept, done.duplicates, done.refused, done.conflicting) == (9, 3, 1, 5, 1)


def test_copies_of_one_list_are_one_source_and_an_explorer_alone_only_claims(tmp_path):
    def grades(*sources: str) -> set[str]:
        with TagStore(tmp_path / f"{abs(hash(sources))}.sqlite") as other:
            for number, source in enumerate(sources):
                put(other, tmp_path / f"{number}.csv", HEADER + f"tron,{HUOBI},Huobi {number},huobi,,,{source},\n")
            found = other.lookup(HUOBI, "tron")
            return {grade(found, tag) for tag in found}

    page = "https://www.example.org/list"
    assert grades(page) == {"attributed"}
    assert grades(page, "http://example.org/list/", f"https://web.archive.org/web/2020/{page}") == {"attributed"}
    assert grades(page, "https://example.org/other") == {"attributed"}
    assert grades(page, "https://example.com/other") == {"corroborated"}
    assert grades("https://github.com/a/b/blob/main/x", "https://github.com/a/b/raw/main/y") == {"attributed"}
    assert grades("https://github.com/a/b", "https://github.com/c/d") == {"corroborated"}
    assert grades("rule deposit_address") == {"claimed"}
    assert grades(page, "rule deposit_address") == {"attributed"}
    assert grades("https://tronscan.org/#/address/x") == {"claimed"}
    assert grades("https://etherscan.io/address/x", "https://bscscan.com/x", "etherscan label cloud") == {"claimed"}
    assert grades("https://tronscan.org/x", page) == {"corroborated"}
    assert grades("https://home.treasury.gov/x", "https://www.treasury.gov/ofac/sdn.xml", "OFAC SDN") == {"attributed"}


def test_a_tag_without_a_source_is_said_by_its_list_and_not_by_the_folder_of_a_user(store, tmp_path):
    folder = tmp_path / "etherscan"
    folder.mkdir()
    put(store, folder / "mine.csv", HEADER + f"tron,{HUOBI},Huobi 1,huobi,,,,\n")
    (tag,) = store.lookup(HUOBI, "tron")
    assert (tag.claim.source, tag.claim.source_family) == ("mine.csv", "mine.csv")


def test_a_list_of_addresses_is_what_it_is_declared_to_be(store, tmp_path):
    text = f"# from a hearing\n{EVM}  # the first\n\nnonsense\n"
    fields = {"chain": "ethereum", "label": "Pool", "category": "mixing_service", "source": "order 7"}
    done = put(store, tmp_path / "list.txt", text, fields=fields)
    assert (done.kind, done.kept, [(one.line, one.kind) for one in done.problems]) == ("list", 1, [(4, "address")])
    (tag,) = store.lookup(EVM.lower(), "ethereum")
    assert (tag.claim.label, tag.claim.source, tag.claim.source_family) == ("Pool", "order 7", "order 7")


def test_columns_of_a_strangers_csv_are_named(store, tmp_path):
    text = f"banned,wallet_tag,note\n{EVM},Fake_Phishing1,x\n"
    columns = {"address": "banned", "label": "wallet_tag"}
    put(store, tmp_path / "a.csv", text, fields={"chain": "ETH"}, columns=columns)
    (tag,) = store.lookup(EVM.lower())
    assert (tag.chain, tag.claim.label, tag.claim.more) == ("ethereum", "Fake_Phishing1", '{"note":"x"}')
    with pytest.raises(InputError, match="which the header lacks"):
        put(store, tmp_path / "a.csv", text, columns={"address": "absent"})


def test_the_case_reads_what_the_store_writes(store, tmp_path):
    put(store, tmp_path / "a.csv", HEADER + f"tron,{HUOBI},=Huobi,huobi,exchange,50,register,2026-01-01\n")
    file = io.StringIO()
    assert write_csv(store.every(), file) == 1
    assert "'=Huobi" in file.getvalue()
    (tag,) = read(file.getvalue().encode(), "tags.csv").tags
    assert tag == store.lookup(HUOBI)[0].tag()


TEXT = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(
    [
        "=1+1",
        "'=1",
        "''@x",
        "- x",
        "null",
        "*a",
        "{a: b}",
        "# x",
        '"',
        "\\u0041",
        "0x10",
        "1e9",
        "\ufeffx",
        "\x85x",
        "😀",
    ]
)
MORE = st.recursive(
    TEXT, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=5
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "chain": st.sampled_from(["tron", "TRX", "bitcoin", "USDT", "ethereum", "ledger", "doge"]),
            "address": st.sampled_from([HUOBI, GENESIS, EVM, "x y", "'=a"]),
            "confidence": st.sampled_from(["", "7", "100", "forensic", "service_data"]),
            "valid_to": st.sampled_from(["", "2025-03-21", "2025-03-21T00:00:00Z", "never"]),
            "more": st.dictionaries(TEXT, MORE, max_size=3),
            **dict.fromkeys(("label", "actor", "category", "abuse", "source", "lastmod", "licence"), TEXT),
        }
    ),
    max_size=6,
)


@given(ROWS)
def test_what_is_exported_imports_as_the_same(rows):
    import csv
    import json

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(CSV_COLUMNS)
        for row in rows:
            row["more"] = json.dumps(row["more"]) if row["more"] else ""
            writer.writerow([row.get(column, "") for column in CSV_COLUMNS])
        with TagStore(folder / "a.sqlite") as first:
            put(first, folder / "a.csv", text.getvalue())
            wanted = kept(first)
            for form in ("csv", "yaml"):
                file = io.StringIO()
                number = write_csv(first.every(), file) if form == "csv" else write_tagpack(first.every(), file, "all")
                with TagStore(folder / f"{form}.sqlite") as second:
                    done = put(second, folder / f"b.{form}", file.getvalue())
                    assert (number, done.kept, done.refused) == (len(wanted), len(wanted), 0), done.problems
                    assert kept(second) == wanted


def test_a_file_that_is_no_store_is_said_to_be_none(tmp_path):
    (tmp_path / "tags.sqlite").write_text("something else, long enough to be read as a header of a database file")
    with pytest.raises(InputError, match="no store of tags"):
        TagStore(tmp_path / "tags.sqlite")


def test_a_store_of_a_newer_version_is_left_alone(tmp_path):
    database = sqlite3.connect(tmp_path / "tags.sqlite")
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(InputError, match="newer chaintrace"):
        TagStore(tmp_path / "tags.sqlite")
