"""From tables to clusters to a screening: what is united, what is left alone and why, what is said of a list."""

from __future__ import annotations

import json

import networkx as nx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chaintrace.addresses import script_address
from chaintrace.addresses.bitcoin import address_script
from chaintrace.bulk import clustering, screening
from chaintrace.bulk.inputs import SIGNED, Chain, coinjoins_of
from chaintrace.errors import InputError
from tests.chaintrace.adapters.bitcoin.making import REGTEST, Made, framed, tx, txid
from tests.chaintrace.bulk.test_parsing import long_chain, parsed, silent, table


def pays(byte):
    return b"\x00\x14" + bytes([byte]) * 20


def address(byte):
    return script_address(pays(byte), REGTEST)[1]


ANYBODY = b"\x51\x02\x4e\x73"


@pytest.fixture
def folder(tmp_path):
    """1 and 2 pay together, then 2 and 3; 4, 5 in a coinjoin's shape; 6, 7 beside anchors, which anybody spends."""
    made = Made()
    made.add()
    outputs = [(100 + byte, pays(byte)) for byte in (1, 2, 2, 3, 4, 5, 6, 7)] + [(0, ANYBODY), (0, ANYBODY)]
    first = tx([(made.coinbase_txid(0), 0)], outputs)
    joined = tx([(txid(first), 4), (txid(first), 5)], [(90, pays(8)), (90, pays(9)), (5, pays(4))])
    spends = [
        tx([(txid(first), 0), (txid(first), 1)], [(1, pays(10))]),
        tx([(txid(first), 2), (txid(first), 3)], [(1, pays(10))]),
        joined,
        tx([(txid(first), 6), (txid(first), 8)], [(1, pays(10))]),
        tx([(txid(first), 7), (txid(first), 9), ("cd" * 32, 0)], [(1, pays(10))]),
    ]
    made.add(first, *spends)
    (tmp_path / "blk00000.dat").write_bytes(framed(made.blocks))
    parsed(tmp_path, tmp_path / "chain", slice_bytes=300)
    (tmp_path / "joined").write_text(txid(joined))
    (tmp_path / "first").write_text(txid(spends[0]))
    return tmp_path


def clusters(folder, **options):
    chain = Chain(folder / "chain", **options)
    labels, done = clustering.local_labels(chain, silent)
    clustering.write(chain, labels, folder / "clusters.parquet", silent)
    rows = pq.read_table(folder / "clusters.parquet").to_pylist()
    assert [row["cluster"] for row in rows] == labels.tolist()
    groups = {}
    for row in rows:
        groups.setdefault(row["cluster"], set()).add(row["address"])
    names = {address(byte): byte for byte in range(1, 11)}
    return {frozenset(names[one] for one in group) for group in groups.values() if len(group) > 1}, done


def test_who_spends_together_is_one_cluster_but_never_through_a_coinjoin_or_what_anybody_spends(folder):
    found, done = clusters(folder)
    assert found == {frozenset({1, 2, 3})}
    assert (done.scripts, done.clusters, done.skipped) == (12, 10, 1)
    assert done.transactions == 6
    assert done.left_out == 2 + 2 + 1  # two coinbases, two anchors, one output in no file


def test_through_coinjoins_where_somebody_wants_it(folder):
    found, done = clusters(folder, through_coinjoins=True)
    assert found == {frozenset({1, 2, 3}), frozenset({4, 5})}
    assert done.skipped == 0


def test_what_findings_call_a_coinjoin_is_left_out(folder):
    head = "kind,rule,confidence,subject,object,evidence,text\n"
    lines = f"service,coinjoin_generic,40,{(folder / 'first').read_text()},,[],\nservice,busy,1,abc,,[],\n"
    (folder / "findings.csv").write_text(f"\ufeff{head}{lines}", "utf-8")
    skipped = coinjoins_of(folder / "findings.csv")
    assert len(skipped) == 1
    found, done = clusters(folder, skipped=skipped)
    assert found == {frozenset({2, 3})}
    assert done.skipped == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n", "no columns rule and subject"),
        ("rule,subject\ncoinjoin_x,abc\n", "line 2: the subject of a coinjoin is no txid"),
        (f"rule,subject\ncoinjoin_x,{'g' * 64}\n", "line 2: the subject of a coinjoin is no txid"),
        (f"rule,subject\ncoinjoin_x,{'ab' * 30}{' ' * 4}\n", "line 2: the subject of a coinjoin is no txid"),
        (f'rule,subject\ncoinjoin_x,"{"a" * 200_000}"\n', "cannot be read as CSV"),
        ("", "no columns"),
    ],
)
def test_a_file_that_is_no_csv_of_findings_is_refused(tmp_path, text, words):
    (tmp_path / "f.csv").write_text(text)
    with pytest.raises(InputError, match=words):
        coinjoins_of(tmp_path / "f.csv")


def test_a_long_chain_is_clustered_as_a_graph_library_does_it(tmp_path):
    (tmp_path / "blk00000.dat").write_bytes(framed(long_chain(80, 9).blocks))
    parsed(tmp_path, tmp_path / "chain", slice_bytes=2000)
    types = {row["script_id"]: row["type"] for row in table(tmp_path / "chain", "scripts")}
    like = {row["tx"]: row["coinjoin_like"] for row in table(tmp_path / "chain", "transactions")}
    graph, spent = nx.Graph(), {}
    graph.add_nodes_from(types)
    for row in table(tmp_path / "chain", "inputs"):
        if row["script_id"] is not None and types[row["script_id"]] in SIGNED and not like[row["tx"]]:
            spent.setdefault(row["tx"], []).append(row["script_id"])
    for ids in spent.values():
        nx.add_path(graph, ids)
    expected = {one: min(members) for members in nx.connected_components(graph) for one in members}
    labels, done = clustering.local_labels(Chain(tmp_path / "chain"), silent)
    assert labels.tolist() == [expected[one] for one in range(len(types))]
    assert done.clusters == len(set(expected.values())) < len(types)


def test_a_screening_says_of_each_address_what_is_known(folder):
    clusters(folder)
    wrong = address(1)[:-1] + ("q" if address(1)[-1] != "q" else "p")
    asked = ["address", address(3).upper(), address(1), address(5), address(1), "", address(77), wrong, "12cbQLTF"]
    (folder / "asked.txt").write_text("\n".join(asked))
    found = screening.screen(folder / "clusters.parquet", folder / "asked.txt", silent)
    said = [dict(zip(screening.HEADER, map(str, row), strict=True)) for row in found.rows()]
    assert [row["address"] for row in said] == [asked[1], asked[2], asked[3], asked[6], wrong, "12cbQLTF"]
    assert [row["status"] for row in said] == ["known"] * 3 + ["unknown"] + ["invalid"] * 2
    assert said[0]["cluster"] == said[1]["cluster"] != said[2]["cluster"]
    assert [(row["cluster_scripts"], row["cluster_asked"]) for row in said[:3]] == [("3", "2"), ("3", "2"), ("1", "1")]
    assert "no output" in said[3]["note"]
    assert "checksum" in said[4]["note"]
    assert found.counts() == {"known": 3, "unknown": 1, "invalid": 2}


def test_an_address_of_two_scripts_is_said_twice(tmp_path):
    key = b"\x21\x02" + bytes(32)
    bare, hashed = key + b"\xac", script_address(key + b"\xac", REGTEST)[1]
    made = Made()
    made.add(tx([("ab" * 32, 0)], [(1, bare), (2, address_script(hashed, REGTEST))]))
    (tmp_path / "blk00000.dat").write_bytes(framed(made.blocks))
    parsed(tmp_path, tmp_path / "chain")
    chain = Chain(tmp_path / "chain")
    clustering.write(chain, clustering.local_labels(chain, silent)[0], tmp_path / "clusters.parquet", silent)
    (tmp_path / "asked.txt").write_text(hashed)
    found = screening.screen(tmp_path / "clusters.parquet", tmp_path / "asked.txt", silent)
    assert [row[2] for row in found.rows()] == ["p2pk", "p2pkh"]


def test_what_is_no_table_of_clusters_or_no_list_is_refused(folder):
    clusters(folder)
    (folder / "asked.txt").write_text(address(1))
    (folder / "empty.txt").write_text("\n")
    pq.write_table(pa.table({"a": [1]}), folder / "other.parquet")
    for table_file, asked, words in (
        ("asked.txt", "asked.txt", "no Parquet file"),
        ("absent", "asked.txt", "cannot be read .No such file"),
        ("other.parquet", "asked.txt", "no table of clusters"),
        ("clusters.parquet", "empty.txt", "no address is in it"),
        ("clusters.parquet", "clusters.parquet", "cannot be read as text|no address"),
        ("clusters.parquet", "absent", "cannot be read as text"),
    ):
        with pytest.raises(InputError, match=words):
            screening.screen(folder / table_file, folder / asked, silent)


def test_no_byte_of_a_table_can_be_altered_unseen(folder):
    """Each page has a checksum: what comes of a damaged file is the same, or one sentence that says what to do."""
    expected, refused = clusters(folder), 0
    (folder / "asked.txt").write_text("\n".join(address(byte) for byte in range(1, 11)))
    told = [*screening.screen(folder / "clusters.parquet", folder / "asked.txt", silent).rows()]
    tables = [next((folder / "chain" / name).iterdir()) for name in ("inputs", "transactions", "scripts")]
    for path in (*tables, folder / "clusters.parquet"):
        raw = path.read_bytes()
        for at in range(0, len(raw), len(raw) // 25):
            path.write_bytes(raw[:at] + bytes([raw[at] ^ 4]) + raw[at + 1 :])
            try:
                if path in tables:
                    assert clusters(folder) == expected
                else:
                    assert [*screening.screen(path, folder / "asked.txt", silent).rows()] == told
            except InputError as error:
                assert f"{path}: " in str(error) or "the manifest" in str(error)  # noqa: PT017  # both are right
                refused += 1
        path.write_bytes(raw)
    assert refused > 50


def test_a_parsing_that_is_not_finished_or_lost_a_file_is_refused(folder):
    with pytest.raises(InputError, match="no finished parsing"):
        clustering.local_labels(Chain(folder), silent)
    lost = next((folder / "chain" / "transactions").iterdir())
    lost.unlink()
    with pytest.raises(InputError, match="a file of a table is absent"):
        clustering.local_labels(Chain(folder / "chain"), silent)
    with pytest.raises(InputError, match="name a file"):
        clustering.write(Chain(folder / "chain"), clustering.Unions(0).labels(), folder / "chain", silent)
    manifest = folder / "chain" / "bulk.json"
    told = json.loads(manifest.read_text())
    for text, words in (
        (json.dumps({**told, "format": 0}), "of another version"),
        (json.dumps({key: told[key] for key in told if key != "chain"}), "it was altered"),
        (json.dumps({**told, "counts": {}}), "it was altered"),
        ("[]", "it was altered"),
        ("no JSON", "it was altered"),
    ):
        manifest.write_text(text)
        with pytest.raises(InputError, match=words):
            clustering.local_labels(Chain(folder / "chain"), silent)
