"""The story traced by the package, from raw blocks and from a node, against the oracle's ledger: to the satoshi."""

from __future__ import annotations

import pytest

import chaintrace as ct
from tests.nodes import running, story
from tests.oracle.compare import against

METHODS = ("fifo", "lifo", "libr", "haircut")


def traced_from_blocks(folder, blocks, methods=METHODS):
    """The report folder of the case over a file of these blocks."""
    case = story.write_case(folder, "adapter = 'blocks'\npath = 'blk00000.dat'", methods=methods)
    story.write_blk(blocks, case / "blk00000.dat")
    ct.open_case(case).follow()
    return case / "report"


@pytest.mark.parametrize("first", METHODS)
def test_raw_blocks_give_what_was_done(tmp_path, first):
    methods = (first, *(method for method in METHODS if method != first))
    report = traced_from_blocks(tmp_path / "case", story.told().blocks, methods)
    assert against(story.expected(tmp_path / "oracle", methods=methods), report) == []


@pytest.mark.parametrize("double_spend", [False, True], ids=["given back", "double spend"])
def test_raw_blocks_of_a_re_organised_chain_give_what_then_stands(tmp_path, double_spend):
    told = story.told()
    rivals = story.competing(told, double_spend=double_spend)
    report = traced_from_blocks(tmp_path / "case", (*told.blocks, *rivals))
    expected = story.expected(tmp_path / "oracle", (*told.blocks[: story.FORK], *rivals))
    assert against(expected, report) == []


def test_the_comparison_finds_a_single_satoshi(tmp_path):
    report = traced_from_blocks(tmp_path / "case", story.told().blocks)
    expected = story.expected(tmp_path / "oracle")
    key = next(iter(expected["endpoints"]))
    expected["endpoints"][key] += 1
    assert against(expected, report) != []


@pytest.fixture
def allowed(monkeypatch):
    """What a user sets who has a node of his own."""
    monkeypatch.setenv("CHAINTRACE_BITCOIN_CORE_USER", running.USER)
    monkeypatch.setenv("CHAINTRACE_BITCOIN_CORE_PASSWORD", running.PASSWORD)
    monkeypatch.setenv("CHAINTRACE_NETWORK", "own")


def case_of(folder, node):
    """The case of the theft, asked of a node."""
    return story.write_case(folder, f"adapter = 'bitcoin-core'\nurl = '{node.url}'")


@pytest.mark.usefixtures("told", "allowed")
def test_the_node_s_rpc_gives_what_was_done(tmp_path, bcoin):
    case = case_of(tmp_path / "case", bcoin)
    ct.open_case(case).follow()
    assert against(story.expected(tmp_path / "oracle"), case / "report") == []
    assert (case / "report" / "gaps.csv").read_text("utf-8-sig").splitlines()[1:] == []
    assert running.PASSWORD not in "".join(
        path.read_bytes().decode("latin-1") for path in case.rglob("*") if path.is_file()
    )


@pytest.mark.usefixtures("told", "allowed")
def test_the_rpc_and_the_blocks_give_the_same_rows(tmp_path, bcoin):
    case = case_of(tmp_path / "case", bcoin)
    ct.open_case(case).follow()
    blocks = traced_from_blocks(tmp_path / "blocks", story.told().blocks)
    for name in ("endpoints.csv", "credits.csv", "hops.csv", "not_followed.csv", "reconciliation.csv", "methods.csv"):
        assert (case / "report" / name).read_bytes() == (blocks / name).read_bytes()


@pytest.mark.usefixtures("node_programs", "allowed")
@pytest.mark.parametrize("double_spend", [False, True], ids=["given back", "double spend"])
def test_a_case_that_was_traced_before_a_re_organisation_tells_what_then_stands(tmp_path, double_spend):
    told = story.told()
    rivals = story.competing(told, double_spend=double_spend)
    if not double_spend:
        rivals = (*rivals, story.mine(rivals[-1], [told.payments["late"]]))
    with running.bcoin(tmp_path / "node") as node:
        case = case_of(tmp_path / "case", node)
        story.submit(told.blocks, node)
        ct.open_case(case).follow()
        assert against(story.expected(tmp_path / "oracle"), case / "report") == []
        story.submit(rivals, node)
        ct.open_case(case).follow()
    expected = story.expected(tmp_path / "oracle", (*told.blocks[: story.FORK], *rivals))
    assert against(expected, case / "report") == []
