"""Graphs and tables of links: every row of hops is there once, with its digits; another program reads each file."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import networkx as nx
import pytest

from chaintrace.model.chain import Block, OutPoint
from chaintrace.model.trace import Hop
from chaintrace.model.transaction import Leg, Transaction, Transfer
from chaintrace.report import build
from chaintrace.report.foreign import FORMATS
from chaintrace.report.foreign.i2 import CHART, ENTITIES, LINKS, SPECIFICATION
from chaintrace.report.foreign.links import linked
from tests.chaintrace.report.foreign.hostile import large
from tests.chaintrace.report.samples import BTC, T0, accounts, outputs

BOTH = pytest.mark.parametrize("inputs", [accounts(), outputs()], ids=["accounts", "outputs"])
READERS = {"graphml": nx.read_graphml, "gexf": nx.read_gexf}


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def movements(report):
    """What hops.csv says of each row, as text."""
    names = ("chain", "txid", "index", "value", "traced_value", "origin", "rule")
    return sorted(tuple(str(row[name]) for name in names) for row in report.tables["hops"].records())


def moved(several):
    names = ("chain", "txid", "index", "value", "traced_value", "origin", "rule")
    return sorted(tuple(one[name] for name in names) for one in several)


def paid_by(*addresses):
    """The roles in a report of one payment to "1D", with an input of each of these addresses."""
    legs = tuple(Leg(100, OutPoint("bitcoin", "p", at), address, at) for at, address in enumerate(addresses))
    paid = Transfer("utxo", "utxo", BTC, legs, (Leg(100, OutPoint("bitcoin", "s", 0), "1D"),), (9, 1, 0))
    seed = Transaction("bitcoin", "s", Block(9, "b", T0), 1, (paid,))
    senders = ";".join(dict.fromkeys(filter(None, addresses)))
    hop = Hop(1, seed, "s", "0", senders, "1D", BTC, 100, 100, "P", 0, "seed")
    inputs = outputs()
    traces = {name: replace(trace, hops=(hop,)) for name, trace in inputs.traces.items()}
    found = linked(build(replace(inputs, traces=traces)))
    assert found.entities["bitcoin:1D"].role == "payment"
    return {one.name: one.role for one in found.entities.values() if one.name in {*addresses, "s"}}


def test_the_payer_is_the_one_address_that_paid_and_of_several_nobody():
    assert paid_by("1A") == paid_by("1A", "1A") == {"1A": "payer"}
    assert paid_by("1A", "1B") == {"1A": "", "1B": "", "s": ""}
    assert paid_by("1A", "") == {"1A": ""}
    assert paid_by() == {"s": ""}


@BOTH
def test_links_are_the_rows_of_hops_and_inputs_bear_no_value(inputs):
    found = linked(build(inputs))
    transfers = [one for one in found.links if one.kind == "transfer"]
    assert moved([{name: getattr(one, name) for name in one.__slots__} for one in transfers]) == movements(
        build(inputs)
    )
    assert {one.value for one in found.links if one.kind == "input"} <= {""}
    assert {end for one in found.links for end in (one.source, one.target)} <= found.entities.keys()


def test_a_transaction_of_several_inputs_is_an_entity_of_its_own():
    found = linked(build(outputs()))
    assert [(one.source, one.target) for one in found.links if one.kind == "input" and one.txid == "j1"] == [
        ("bitcoin:1A", "bitcoin:transaction:j1"), ("bitcoin:1B", "bitcoin:transaction:j1")
    ]  # fmt: skip
    office = found.entities["bitcoin:1C"]
    assert (office.label, office.confidence, office.role) == ("Office", 60, "endpoint")
    assert [one.kind for one in found.links].count("conversion") == 1


@BOTH
@pytest.mark.parametrize("name", READERS)
def test_graphs_are_read_by_networkx(tmp_path, inputs, name):
    report = build(inputs)
    (file,) = FORMATS[name].write(report, tmp_path)
    graph = READERS[name](tmp_path / file)
    found = linked(report)
    assert set(graph.nodes) == set(found.entities)
    kind = "link_kind" if name == "gexf" else "kind"
    edges = [told for *_, told in graph.edges(data=True)]
    assert moved([told for told in edges if told[kind] == "transfer"]) == movements(report)
    assert len(edges) == len(found.links)


@BOTH
def test_the_notebook_has_an_entity_for_each_end_and_says_how_to_import(tmp_path, inputs):
    report = build(inputs)
    assert FORMATS["i2"].write(report, tmp_path) == (CHART, ENTITIES, LINKS, SPECIFICATION)
    known = {row["Identity"] for row in rows(tmp_path / ENTITIES)}
    links = rows(tmp_path / LINKS)
    assert {row[end] for row in links for end in ("source", "target")} <= known
    assert moved([row for row in links if row["kind"] == "transfer"]) == movements(report)
    told = (tmp_path / SPECIFICATION).read_text("utf-8")
    assert {name for name in (*links[0], *rows(tmp_path / ENTITIES)[0]) if name not in told} <= {
        "chain", "txid", "index", "height", "asset", "contract", "decimals", "origin", "hop", "rule", "description"
    }  # fmt: skip


@BOTH
def test_maltego_has_a_link_a_row_with_both_ends(tmp_path, inputs):
    report = build(inputs)
    FORMATS["maltego"].write(report, tmp_path)
    links = rows(tmp_path / "maltego.csv")
    found = linked(report)
    assert [(row["from_id"], row["to_id"]) for row in links] == [(one.source, one.target) for one in found.links]
    named = [{**row, "chain": row["to_chain"]} for row in links if row["link_kind"] == "transfer"]
    assert moved(named) == movements(report)


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "xlsx"])
def test_no_digit_of_the_largest_value_is_lost(tmp_path, name):
    value = str(2**256 - 1)
    files = FORMATS[name].write(large(int(value)), tmp_path)
    told = "".join((tmp_path / file).read_bytes().decode("utf-8", "replace") for file in files)
    assert any(f"{before}{value}" in told for before in ('"', ">", ","))


@pytest.mark.parametrize("name", FORMATS)
def test_equal_reports_are_equal_bytes_and_one_without_hops_is_written(tmp_path, name):
    written = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        files = FORMATS[name].write(build(outputs()), tmp_path / folder)
        written.append([(tmp_path / folder / file).read_bytes() for file in files])
    assert written[0] == written[1]
    report = build(accounts())
    empty = replace(report, tables={key: replace(table, rows=()) for key, table in report.tables.items()})
    (tmp_path / "empty").mkdir()
    for file in FORMATS[name].write(empty, tmp_path / "empty"):
        content = (tmp_path / "empty" / file).read_bytes()
        assert content or file.endswith(".ftm.json")
        if file.endswith((".json", ".jsonld")) and content and "ftm" not in file:
            json.loads(content)


def test_every_format_is_explained(root):
    page = (root / "docs" / "exports.md").read_text("utf-8")
    rest = page.partition("## What each cannot carry")[2]
    assert [name for name in FORMATS if f"| `{name}` |" not in page] == []
    assert [name for name in FORMATS if name not in rest and name not in {"graphml", "gexf"}] == []
    assert "**graphml, gexf.**" in rest
