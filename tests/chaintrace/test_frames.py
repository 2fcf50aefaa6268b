"""Frames and graphs: no value is changed on the way, and nothing heavy is loaded before it is asked for."""

from __future__ import annotations

import subprocess
import sys

from chaintrace import frames
from chaintrace.report import Table, build
from chaintrace.report.columns import TIMES
from tests.chaintrace.report.samples import accounts, outputs


def test_a_frame_keeps_the_columns_and_the_largest_value():
    most = 2**256 - 1
    made = frames.frame(Table("x", ("txid", "value", "amount", "time"), (("t", most, "1.0", "2021-08-05T10:17:00Z"),)))
    assert list(made.columns) == ["txid", "value", "amount", "time"]
    assert made["value"].dtype == object
    assert made["value"].sum() == most
    assert made["amount"][0] == "1.0"
    assert str(made["time"][0]) == "2021-08-05 10:17:00+00:00"


def test_every_table_of_a_report_becomes_a_frame():
    for report in (build(accounts()), build(outputs())):
        for table in report.tables.values():
            made = frames.frame(table)
            assert made.shape == (len(table.rows), len(table.columns))
            assert {str(made[name].dt.tz) for name in table.columns if name in TIMES and len(made)} <= {"UTC"}


def test_a_time_that_is_not_known_is_no_time():
    made = frames.frame(build(outputs()).tables["hops"])
    assert made["time"].isna().tolist() == [True, True, False, False]


def test_the_times_are_those_of_the_output_contract():
    assert frames.TIMES == TIMES


def test_the_graph_has_whole_numbers_and_none_for_what_is_not_known():
    vertices = {"a": {"kind": "address", "confidence": 0, "category": ""}, "b": {"confidence": None}}
    edge = {"value": str(2**256 - 1), "traced_value": "", "hop": "0", "index": "7", "amount": "1.10"}
    graph = frames.flow_graph(vertices, [("a", "b", edge), ("a", "b", edge)])
    assert dict(graph.nodes) == {"a": {"kind": "address", "confidence": 0, "category": None}, "b": {"confidence": None}}
    assert list(graph.edges(keys=True)) == [("a", "b", 0), ("a", "b", 1)]
    assert graph.edges["a", "b", 0] == {
        "value": 2**256 - 1, "traced_value": None, "hop": 0, "index": "7", "amount": "1.10"
    }  # fmt: skip


def test_importing_frames_and_reports_loads_nothing_heavy():
    code = "import sys, chaintrace.frames, chaintrace.report; print(sorted({'pandas', 'networkx'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
