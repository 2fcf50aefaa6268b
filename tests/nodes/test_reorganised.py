"""The node's chain is re-organised while a case follows it: the final report is the one of a fresh case."""

from __future__ import annotations

import re

import pytest

import chaintrace as ct
from tests.nodes import running, story
from tests.oracle.compare import against

pytestmark = pytest.mark.usefixtures("node_programs")


@pytest.fixture(autouse=True)
def _allowed(monkeypatch):
    monkeypatch.setenv("CHAINTRACE_BITCOIN_CORE_USER", running.USER)
    monkeypatch.setenv("CHAINTRACE_BITCOIN_CORE_PASSWORD", running.PASSWORD)
    monkeypatch.setenv("CHAINTRACE_NETWORK", "own")


class Rival:
    """Watches a follow, and gives the node competing blocks when its line of progress comes for the n-th time."""

    def __init__(self, node, blocks, moment):
        self._node, self._blocks, self._left = node, blocks, moment
        self.lines = 0

    def __call__(self, what, _done=0, _total=0):
        if what.startswith("following"):
            self.lines += 1
            self._left -= 1
            if self._left == 0:
                story.submit(self._blocks, self._node)
                assert self._node.tip == self._blocks[-1].hash


def rivals_of(told, *, double_spend, mined):
    """Blocks that take the place of the last one; `mined`: with the payment that was in it."""
    rivals = story.competing(told, double_spend=double_spend)
    return (*rivals, story.mine(rivals[-1], [told.payments["late"]])) if mined else rivals


def case_of(folder, node):
    return story.write_case(folder, f"adapter = 'bitcoin-core'\nurl = '{node.url}'")


NOTE = re.compile(rb"(,\s*)?\"Re-organisation: [^\"]*\"|<p>Re-organisation: [^<]*</p>\n?")
"""What a report says of blocks that left the chain: the one thing that a fresh case cannot know."""


def files(report):
    """Every file of a report, without its notes on blocks that left the chain."""
    return {path.name: NOTE.sub(b"", path.read_bytes()) for path in sorted(report.iterdir())}


def differing(first, second):
    """The names of what is not the same in two reports."""
    one, other = files(first), files(second)
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


@pytest.mark.parametrize("moment", [1, 3, 5])
@pytest.mark.parametrize("kind", ["given back", "pending", "double spend"])
def test_a_re_organisation_under_a_running_follow_leaves_the_report_of_a_fresh_case(tmp_path, kind, moment):
    told = story.told()
    rivals = rivals_of(told, double_spend=kind == "double spend", mined=kind == "given back")
    with running.bcoin(tmp_path / "node") as node:
        story.submit(told.blocks, node)
        rival = Rival(node, rivals, moment)
        case, fresh = case_of(tmp_path / "case", node), case_of(tmp_path / "fresh", node)
        result = ct.open_case(case).follow(observer=rival)
        assert rival.lines >= moment
        ct.open_case(fresh).follow()
    assert differing(case / "report", fresh / "report") == []
    gone = told.blocks[story.FORK].hash
    for name in ("report.html", "trace.json"):
        said = [
            note.decode() for note in re.findall(rb"Re-organisation: [^\"<]*", (case / "report" / name).read_bytes())
        ]
        assert len(said) == 1
        assert re.search(rf"the block {gone} at height {story.FORK + 1} .* on 20\d\d-\d\d-\d\d at ", said[0])
        assert b"Re-organisation" not in (fresh / "report" / name).read_bytes()
    assert any("is no longer part of the chain" in notice for notice in result.notices)
    assert result.complete
    if kind != "pending":
        expected = story.expected(tmp_path / "oracle", (*told.blocks[: story.FORK], *rivals))
        assert against(expected, case / "report") == []
